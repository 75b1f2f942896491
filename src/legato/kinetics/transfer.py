"""How energy passes along the chain in each phase: legs, pelvis, trunk, arms, load."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from legato.estimate import Estimate
from legato.kinetics.moment_errors import DRAWS
from legato.kinetics.segments import LUMBOSACRAL
from legato.kinetics.work import AMOUNTS, JointWork, Stretch, from_draws, not_below_zero
from legato.recording import STANDARD_GRAVITY, FloatArray
from legato.signals.factors import normal_factor, student_half_width
from legato.signals.filters import derivative, lowpass

LEG_JOINTS = ("ankle", "knee", "hip")

_LEAST_SHARE = 0.05
"""A phase with less than this share of the largest phase's work drives nothing; a ratio is told over what exceeds this
share of its measured value in every draw: else it would be one of errors. [ENG]"""

_MOST_RECTIFIED = 0.1
"""A share is told where what errors add to its positive parts, as they turn about zero, is less than this share of
them. [ENG] Joints that drive stand at 0.01, those that hold at 0.1 to 0.6."""

_ALL = "all joints"
"""The link that stands for everything that was measured."""

_HARDLY = "the joints mostly hold there, so errors make much of the positive work that a share would be taken of"


@dataclass(frozen=True, slots=True)
class Amounts:
    """One number of a phase: of each repetition, and of the set; None with the `reason` where it is not known."""

    per_rep: tuple[tuple[int, Estimate | None], ...]
    of_set: Estimate | None
    n: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TransferStep:
    """What one link of the chain gives to the next in a phase: `energy`, J, its net, and `ratio`, the share of what
    came in and was generated there that is passed on (both positive parts); the rest raises and speeds up the body
    itself, or is absorbed.
    """

    from_link: str
    to_link: str
    phase: str
    energy: Amounts
    ratio: Amounts


@dataclass(frozen=True, slots=True, eq=False)
class _Energy:
    """An energy, J: all draws, shape (draws + 1,), and the SD of what a load's noise adds to it."""

    drawn: FloatArray
    noise_sd: float


@dataclass(frozen=True, slots=True, eq=False)
class LoadPower:
    """Power that a load takes up, W/kg, shape (n,): its `velocity` (n, 3), m/s, times the `pull` (n, 3) that it needs,
    N/kg. `noise_m` is the SD of its path's low-passed noise along each axis, `cutoff_hz` where that ends.
    """

    name: str
    mass_kg: Mapping[int, float]
    velocity: FloatArray
    pull: FloatArray
    noise_m: float
    cutoff_hz: float

    @property
    def per_kg(self) -> FloatArray:
        """The power, W/kg, shape (n,)."""
        return (self.velocity * self.pull).sum(axis=1)

    def drawn_per_kg(self, cut: slice, rows: int, rate_hz: float) -> FloatArray:
        """The power of some frames under draws of its path's noise, W/kg, shape (rows, frames), the first row as
        measured: white noise behind the same low-pass.
        """
        velocity, pull = self.velocity[cut], self.pull[cut]
        ends = round(rate_hz / self.cutoff_hz)
        white = np.random.default_rng(cut.start).standard_normal((len(velocity) + 2 * ends, rows, 3))
        white[:, 0] = 0.0
        white *= self.noise_m / np.sqrt(2.0 * self.cutoff_hz / rate_hz)
        rate = derivative(lowpass(white, rate_hz, self.cutoff_hz), rate_hz)
        inside = slice(ends, ends + len(velocity))
        faster, harder = velocity[:, None] + rate[inside], pull[:, None] + derivative(rate, rate_hz)[inside]
        return np.einsum("nri,nri->rn", faster, harder)


def load_power(
    name: str, place_m: FloatArray, mass_kg: Mapping[int, float], rate_hz: float, cutoff_hz: float
) -> LoadPower:
    """Power of a load from its path, per kg; `mass_kg` is that of every repetition."""
    path = lowpass(place_m, rate_hz, cutoff_hz)
    velocity = derivative(path, rate_hz)
    pull = derivative(velocity, rate_hz) + np.array([0.0, 0.0, STANDARD_GRAVITY])
    # White noise, of which the low-pass leaves its share of the band.
    left = (place_m - path)[np.isfinite(place_m - path).all(axis=1)]
    noise_m = float(left.std(axis=0).mean()) * float(np.sqrt(2.0 * cutoff_hz / rate_hz)) if left.size else 0.0
    return LoadPower(name, mass_kg, velocity, pull, noise_m, cutoff_hz)


def load_noise(load: LoadPower, stretch: Stretch, start_s: float, rate_hz: float) -> float:
    """SD of the net work on the load in a stretch by the noise of its path, J: of its height and of its speed at both
    ends; 0 where it was not weighed.
    """
    ends = [round((t - start_s) * rate_hz) for t in (stretch.span.start_s, stretch.span.end_s)]
    speeds = [float(np.linalg.norm(load.velocity[k])) for k in ends if 0 <= k < len(load.velocity)]
    # Even up to the cut-off, a noise has this rate.
    rate = 2.0 * np.pi * load.cutoff_hz / np.sqrt(3.0)
    per_kg = load.noise_m * float(np.hypot(np.sqrt(2.0) * STANDARD_GRAVITY, rate * np.linalg.norm(speeds)))
    return load.mass_kg.get(stretch.rep, 0.0) * per_kg


def load_work(load: LoadPower, stretch: Stretch, start_s: float, rate_hz: float) -> tuple[float, float] | None:
    """Net and positive work on the load in a stretch, J; None where it was not seen or not weighed."""
    first, last = (round((t - start_s) * rate_hz) for t in (stretch.span.start_s, stretch.span.end_s))
    power = load.per_kg[max(first, 0) : last + 1]
    mass = load.mass_kg.get(stretch.rep)
    if mass is None or power.size < 3 or not np.isfinite(power).all():
        return None
    return (
        float(mass * np.trapezoid(power, dx=1.0 / rate_hz)),
        float(mass * np.trapezoid(np.maximum(power, 0.0), dx=1.0 / rate_hz)),
    )


def transfer_steps(
    works: Sequence[JointWork],
    stretches: Sequence[Stretch],
    driving: Mapping[str, bool],
    load: Mapping[tuple[int, str], tuple[float, float]],
    load_name: str,
    level: float,
    load_sds: Mapping[tuple[int, str], float] | None = None,
) -> tuple[TransferStep, ...]:
    """What each link passes to the next in every phase, from the legs upward, as far as joints are known.

    Parameters
    ----------
    works
        Of every joint in every stretch.
    stretches
        The phases of all repetitions.
    driving
        Whether a phase drives: ratios are of those only.
    load
        Net and positive work on the load, J, by repetition and phase; empty without one.
    load_name
        What the load is.
    level
        Share of central probability that every interval holds.
    load_sds
        SD of that work by the noise of the load's path, J; 0 where it is not given.
    """
    load_sds = {} if load_sds is None else load_sds
    table = {(w.joint, w.rep, w.phase): w for w in works}
    found: list[TransferStep] = []
    for phase in dict.fromkeys(s.phase for s in stretches):
        passed = {s.rep: _passed(table, s.rep, phase, load, load_name, load_sds) for s in stretches if s.phase == phase}
        for pair in dict.fromkeys(pair for of_rep in passed.values() for pair in of_rep):
            net = {rep: of_rep[pair][0] if pair in of_rep else None for rep, of_rep in passed.items()}
            parts = {rep: of_rep[pair][1:] for rep, of_rep in passed.items() if pair in of_rep}
            if pair[0] == _ALL:
                whole = whole_reps(works, phase)
                parts = {rep: part if rep in whole else (None, None) for rep, part in parts.items()}
            told = _ratio(passed, parts, level) if driving.get(phase) else _not_driving()
            drawn = {rep: None if e is None else e.drawn for rep, e in net.items()}
            sds = {rep: e.noise_sd for rep, e in net.items() if e is not None}
            found.append(TransferStep(*pair, phase, amounts(drawn, level, "J", sds), told))
    return tuple(found)


def _passed(
    table: Mapping[tuple[str, int, str], JointWork],
    rep: int,
    phase: str,
    load: Mapping[tuple[int, str], tuple[float, float]],
    load_name: str,
    load_sds: Mapping[tuple[int, str], float],
) -> dict[tuple[str, str], tuple[_Energy | None, _Energy | None, _Energy | None]]:
    """Net energy that each link passes on to the next, and the positive parts of what it passes on and of what came in
    and was generated there, in one phase of one repetition.
    """
    found: dict[tuple[str, str], tuple[_Energy | None, _Energy | None, _Energy | None]] = {}
    legs = _of_legs(table, rep, phase)
    back = table.get((LUMBOSACRAL, rep, phase))
    entering = offered = into_trunk = None
    if legs is not None:
        net, offered, entering = legs
        found["legs", "pelvis"] = (net, entering, offered)
    if back is not None:
        given, into_trunk = _energy([back], "generated"), _energy([back], "into_ahead")
        found["pelvis", "trunk"] = (_energy([back], "net_into_ahead"), into_trunk, _plus(entering, given))
        offered = _plus(offered, given)
    arms = _of_arms(table, rep, phase)
    if arms is not None:
        net, into_arms, at_shoulders, at_elbows = arms
        found["trunk", "arms"] = (net, into_arms, _plus(into_trunk, at_shoulders))
        offered = _plus(_plus(offered, at_shoulders), at_elbows)
    if (rep, phase) in load:
        sd = load_sds.get((rep, phase), 0.0)
        net, positive = (_Energy(np.full(DRAWS + 1, work), sd) for work in load[rep, phase])
        if arms is not None:
            found["arms", load_name] = (net, positive, _plus(arms[1], arms[3]))
        elif into_trunk is not None:
            found["trunk", load_name] = (net, positive, into_trunk)
        found[_ALL, load_name] = (net, positive, offered)
    return found


def _ratio(reps: Iterable[int], parts: Mapping[int, tuple[_Energy | None, _Energy | None]], level: float) -> Amounts:
    """The share that is passed on in each repetition and in the set, or why it is told of none."""
    known = {rep: (a, b) for rep, (a, b) in parts.items() if a is not None and b is not None}
    if known and any(_rectified([pair[k].drawn for pair in known.values()]) > _MOST_RECTIFIED for k in (0, 1)):
        return Amounts(tuple((rep, None) for rep in reps), None, 0, _HARDLY)
    shares = {rep: over(known[rep][0].drawn, known[rep][1].drawn) if rep in known else None for rep in reps}
    sds = {rep: share_noise(a.drawn, b.drawn, a.noise_sd, b.noise_sd) for rep, (a, b) in known.items()}
    return amounts(shares, level, "", sds)


def _rectified(drawn: Sequence[FloatArray]) -> float:
    """What errors add on average to the mean of positive parts, as a share of it; they did so once already."""
    mean: FloatArray = np.mean(np.vstack(drawn), axis=0)
    measured = float(mean[0])
    return (float(mean[1:].mean()) - measured) / measured if measured > 0.0 else 0.0


def _not_driving() -> Amounts:
    return Amounts((), None, 0, "told of phases that drive only")


def amounts(
    drawn: Mapping[int, FloatArray | None],
    level: float,
    unit: str,
    sds: Mapping[int, float] | None = None,
    *,
    positive: bool = False,
) -> Amounts:
    """A number of each repetition and of the set from draws that all repetitions share, shape (draws + 1,) each.

    `sds`: of the noise that each repetition has of its own besides. In a set it shows in the repetitions' spread, which
    never tells less. `positive`: of what cannot be negative, as shares (without a unit) never can.
    """
    share = unit == ""
    positive |= share
    factor = normal_factor(level)
    halves = {rep: factor * (0.0 if sds is None else sds.get(rep, 0.0)) for rep in drawn}
    known = {rep: d for rep, d in drawn.items() if d is not None}
    told = {
        rep: _told(from_draws(d, level, unit, positive=positive).widened(halves[rep]), share)
        for rep, d in known.items()
    }
    per_rep = tuple((rep, told.get(rep)) for rep in drawn)
    if not known:
        return Amounts(per_rep, None, 0, "not known in any repetition")
    spread = float(np.linalg.norm([halves[rep] for rep in known])) / len(known)
    if len(known) > 1:
        spread = max(spread, student_half_width(np.array([d[0] for d in known.values()]), level))
    of_set = from_draws(np.mean(list(known.values()), axis=0), level, unit, positive=positive).widened(spread)
    if share and of_set.low > 1.0:
        reason = "more is passed on than came in: joints that were not measured generate it"
        return Amounts(tuple((r, None) for r in drawn), None, 0, reason)
    return Amounts(per_rep, _told(of_set, share), len(known))


def none_below_zero(told: Amounts) -> Amounts:
    """Amounts of what cannot be negative."""
    per_rep = tuple((rep, None if e is None else not_below_zero(e)) for rep, e in told.per_rep)
    return replace(told, per_rep=per_rep, of_set=None if told.of_set is None else not_below_zero(told.of_set))


def _told(found: Estimate, share: bool) -> Estimate:
    return not_below_zero(found) if share else found


def drives(
    works: Sequence[JointWork],
    stretches: Sequence[Stretch],
    load: Mapping[tuple[int, str], tuple[float, float]],
) -> dict[str, bool]:
    """Whether each phase drives: the joints give more than they take, or more than they take goes to the load (by
    joints that were not measured), and the movement does not say otherwise.
    """
    gained: dict[str, tuple[float, float]] = {}
    for phase in dict.fromkeys(s.phase for s in stretches):
        here = [w.drawn[0] for w in works if w.phase == phase and w.drawn is not None]
        gains, losses = (float(sum(row[AMOUNTS.index(name)] for row in here)) for name in ("generated", "absorbed"))
        lifted = sum(net for (_, of_phase), (net, _) in load.items() if of_phase == phase)
        gained[phase] = (max(gains, lifted), losses)
    most = max((gains for gains, _ in gained.values()), default=0.0)
    found: dict[str, bool] = {}
    for phase, (gains, losses) in gained.items():
        said = {s.effort for s in stretches if s.phase == phase} - {None}
        # A dip is part of what drives, but takes energy; a phase of which nothing is said must clearly give.
        enough = gains > (1.0 if said else 2.0) * losses and gains > _LEAST_SHARE * most
        found[phase] = said != {"return"} and enough
    return found


def _of_legs(
    table: Mapping[tuple[str, int, str], JointWork], rep: int, phase: str
) -> tuple[_Energy | None, _Energy | None, _Energy | None] | None:
    """Net energy into the pelvis, what the legs generate and what enters the pelvis; both legs' or none:
    what one leg gives says nothing of the whole.
    """
    sides = [side for side in ("right", "left") if (f"hip_{side}", rep, phase) in table]
    works = [table.get((f"{joint}_{side}", rep, phase)) for side in sides for joint in LEG_JOINTS]
    if len(sides) < 2 or any(w is None or w.drawn is None for w in works):
        return None
    hips = [w for w in works if w is not None and w.joint.startswith("hip")]
    return _energy(hips, "net_into_ahead"), _energy(works, "generated"), _energy(hips, "into_ahead")


def _of_arms(
    table: Mapping[tuple[str, int, str], JointWork], rep: int, phase: str
) -> tuple[_Energy | None, _Energy | None, _Energy | None, _Energy | None] | None:
    """Net energy into both arms, what enters them, and what shoulders and elbows generate."""
    shoulders, elbows = (
        [table.get((f"{joint}_{side}", rep, phase)) for side in ("right", "left")] for joint in ("shoulder", "elbow")
    )
    if any(w is None or w.drawn is None for w in (*shoulders, *elbows)):
        return None
    return (
        _energy(shoulders, "net_into_ahead"),
        _energy(shoulders, "into_ahead"),
        _energy(shoulders, "generated"),
        _energy(elbows, "generated"),
    )


def total(works: Sequence[JointWork | None], name: str) -> FloatArray:
    """All draws of an amount over several joints."""
    found = np.zeros(DRAWS + 1)
    for work in works:
        told = column(work, name)
        found += np.nan if told is None else told
    return found


def column(work: JointWork | None, name: str) -> FloatArray | None:
    """All draws of an amount; None where it is not known."""
    return None if work is None or work.drawn is None else work.drawn[:, AMOUNTS.index(name)]


def _energy(works: Sequence[JointWork | None], name: str) -> _Energy | None:
    """An amount over several joints, whose draws hold all their errors; None where one is not known."""
    if any(work is None or work.drawn is None for work in works):
        return None
    return _Energy(total(works, name), 0.0)


def _plus(a: _Energy | None, b: _Energy | None) -> _Energy | None:
    if a is None or b is None:
        return None
    return _Energy(a.drawn + b.drawn, float(np.hypot(a.noise_sd, b.noise_sd)))


def whole_reps(works: Sequence[JointWork], phase: str) -> list[int]:
    """Repetitions in which every joint is known that is known in any: work that was not seen does not count as none."""
    joints: dict[int, set[str]] = {}
    for work in works:
        if work.phase == phase and work.drawn is not None:
            joints.setdefault(work.rep, set()).add(work.joint)
    every = {joint for known in joints.values() for joint in known}
    return [rep for rep, known in joints.items() if known == every]


def generated_by_all(works: Sequence[JointWork], phase: str, reps: Sequence[int]) -> Estimate | None:
    """What all measured joints generate in a phase, J, as the mean of those of these repetitions in which all of them
    are known; None where none is.
    """
    whole = {rep for rep in whole_reps(works, phase) if rep in reps}
    here = [w for w in works if w.phase == phase and w.rep in whole and w.drawn is not None]
    of_reps = {rep: [w for w in here if w.rep == rep] for rep in dict.fromkeys(w.rep for w in here)}
    drawn = {rep: total(mine, "generated") for rep, mine in of_reps.items()}
    found = amounts(drawn, here[0].level, "J", positive=True).of_set if here else None
    return None if found is None else not_below_zero(found)


def over(a: FloatArray | None, b: FloatArray | None) -> FloatArray | None:
    """A share, draw by draw; None where there is too little to take it of."""
    if a is None or b is None or float(b[0]) <= 0.0 or float(b.min()) <= _LEAST_SHARE * float(b[0]):
        return None
    return a / b


def share_noise(a: FloatArray | None, b: FloatArray | None, a_sd: float, b_sd: float) -> float:
    """SD of a share by the noise of both its parts, as if each had its own; 0 where there is nothing to take it of."""
    if a is None or b is None or float(b[0]) <= 0.0:
        return 0.0
    return float(np.hypot(a_sd, float(a[0]) / float(b[0]) * b_sd)) / float(b[0])
