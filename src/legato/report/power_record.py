"""Power and work of the joints as `result.json`, the tables and the terminal hold them."""

from typing import TYPE_CHECKING, Any

import numpy as np

from legato.report.gains_record import gains_record
from legato.report.gains_words import gain_lines
from legato.report.words import estimate_text, gap_ms, interval_ms, listed

if TYPE_CHECKING:
    from legato.body.model import Body
    from legato.kinetics.dead_time import DeadTime
    from legato.kinetics.flow import PowerResult
    from legato.kinetics.leaks import Leak
    from legato.kinetics.transfer import Amounts, TransferStep


def power_record(power: "PowerResult | None") -> dict[str, Any] | None:
    """What `result.json` holds of them, estimates still as they are; None where no joint's moment is known."""
    if power is None:
        return None
    return {
        "cutoff_hz": power.cutoff_hz,
        "drives": dict(power.drives),
        "joints": [_joint(power, joint.name, joint.joint, joint.side) for joint in power.joints],
        "transfer": [_step(step) for step in power.steps],
        "leaks": [_leak(leak) for leak in power.leaks],
        "dead_time": [_dead_time(gap) for gap in power.dead_times],
        **gains_record(power),
        "closure": {
            "checks": [
                {
                    "name": c.name,
                    "about": c.about or None,
                    "share": c.share,
                    "holds": c.holds,
                    "reason": c.reason or None,
                }
                for c in power.closure
            ],
            "limit": _limit(),
            "refused": [{"joint": joint or None, "reason": reason} for joint, reason in power.refused.items()],
        },
        "notes": list(power.notes),
    }


def _limit() -> float:
    from legato.kinetics.closure import LIMIT

    return LIMIT


def _joint(power: "PowerResult", name: str, joint: str, side: str) -> dict[str, Any]:
    from legato.kinetics.work import AMOUNTS, set_amount

    mine = [w for w in power.works if w.joint == name]
    phases: list[dict[str, Any]] = []
    for phase in dict.fromkeys(w.phase for w in mine):
        here = [w for w in mine if w.phase == phase]
        phases.append(
            {
                "phase": phase,
                "n": sum(1 for w in here if w.drawn is not None),
                "set": {_key(amount): set_amount(here, amount) for amount in AMOUNTS},
                "per_rep": [
                    {"rep": w.rep, "reason": w.reason or None} | {_key(a): w.amount(a) for a in AMOUNTS} for w in here
                ],
            }
        )
    return {"name": name, "joint": joint, "side": side or None, "phases": phases}


def _key(amount: str) -> str:
    """The name of an amount with its unit."""
    return f"{amount}_w" if amount in ("peak", "lowest") else f"{amount}_j"


def _amounts(told: "Amounts", name: str) -> dict[str, Any]:
    return {
        "set": told.of_set,
        "n": told.n,
        "per_rep": [{"rep": rep, name: value} for rep, value in told.per_rep],
        "reason": told.reason or None,
    }


def _step(step: "TransferStep") -> dict[str, Any]:
    return {
        "from": step.from_link,
        "to": step.to_link,
        "phase": step.phase,
        "energy": _amounts(step.energy, "energy_j"),
        "ratio": _amounts(step.ratio, "ratio"),
    }


def _leak(leak: "Leak") -> dict[str, Any]:
    return {
        "joint": leak.joint,
        "phase": leak.phase,
        "absorbed": _amounts(leak.absorbed, "absorbed_j"),
        "share": _amounts(leak.share, "share"),
        "reversals": leak.reversals,
        "named": leak.named,
        "of_load": leak.of_load,
        "reason": leak.reason or None,
    }


def _dead_time(gap: "DeadTime") -> dict[str, Any]:
    return {
        "from": gap.from_link,
        "to": gap.to_link,
        "set": gap.of_set,
        "n": gap.n,
        "per_rep": [
            {"rep": rep, "gap_s": value, "hard_gap_s": hard, "reason": reason or None}
            for (rep, value, reason), (_, hard, _) in zip(gap.per_rep, gap.hard_per_rep, strict=True)
        ],
        "hard_set": gap.hard,
        "state": gap.state,
        "reason": gap.reason or None,
    }


def dead_time_sentence(gap: "DeadTime") -> str:
    """Whether power rests between two links, in words; empty where it cannot be told."""
    if gap.of_set is None or gap.hard is None:
        return ""
    pair = f"{gap.from_link} and {gap.to_link}"
    found, hard = (f"{gap_ms(gap_of)} ms ({interval_ms(gap_of)})" for gap_of in (gap.of_set, gap.hard))
    together, hard_together = (
        f"{gap_ms(gap_of.scaled(-1.0))} ms ({interval_ms(gap_of.scaled(-1.0))})" for gap_of in (gap.of_set, gap.hard)
    )
    said = {
        "dead time": f"Dead time of {found} from the {gap.from_link} to the {gap.to_link}.",
        "together": f"No dead time: {pair} work together for {together}, above a fifth of their peaks for"
        f" {hard_together}.",
        "faint overlap": f"Only faint power bridges {pair}: they overlap by {together}, but {hard} lie between their"
        " work above a fifth of their peaks.",
        "not-resolvable": f"Whether power rests between {pair} is not resolved: {found}, above a fifth of their peaks"
        f" {hard}.",
    }
    return said[gap.state]


def joint_powers(body: "Body", power: "PowerResult | None") -> str | None:
    """`time_s` and of every joint its net power, what it hands on by force and by moment, and what enters the segment
    ahead, W, one row a frame; None where there is none.
    """
    if power is None:
        return None
    told = [joint for joint in power.joints if joint.name not in power.refused and "" not in power.refused]
    if not told:
        return None
    columns, names = [np.asarray(body.times())], ["time_s"]
    for joint in told:
        names += [f"{joint.name}_{what}_w" for what in ("net", "onward_by_force", "onward_by_moment", "into_ahead")]
        columns += [joint.net, joint.handed_by_force, joint.handed_by_moment, joint.into_ahead]
    row = ",".join(["%.6f", *["%.3f"] * (len(columns) - 1)]) + "\n"
    text = "".join([row % tuple(values) for values in np.column_stack(columns).tolist()])
    return ",".join(names) + "\n" + text.replace("nan", "")


def joint_words(name: str) -> str:
    """A joint as people name it: `knee_right` is `right knee`, `lumbosacral` the `lower back`."""
    joint, _, side = name.rpartition("_")
    if name == "lumbosacral":
        return "lower back (L5/S1)"
    return f"{side} {joint}" if side in ("left", "right") else name.replace("_", " ")


def side_of(phase: str) -> str:
    """Whose phase it is where repetitions are of both sides, else empty."""
    end = phase.rpartition("_")[2]
    return end if end in ("right", "left") else ""


def phase_words(phase: str) -> str:
    """A phase as people name it: `push_off` is `push off`, `stance_right` the `right stance`."""
    side = side_of(phase)
    return f"{side} {phase.removesuffix(f'_{side}')}".strip().replace("_", " ")


def power_lines(power: "PowerResult | None") -> list[str]:
    """What the joints generate and hand on in the phases that drive, as the terminal says it; where the movement does
    not say which do (strides), what they generate and absorb in each.
    """
    if power is None:
        return []
    lines: list[str] = []
    if not any(power.drives.values()):
        open_phases = dict.fromkeys(s.phase for s in power.stretches if s.effort is None)
        lines += [line for phase in open_phases for line in _both_ways(power, phase)]
    for phase in (name for name, drives in power.drives.items() if drives):
        lines += [_generated(power, phase), *(_passed(power, step) for step in power.steps if step.phase == phase)]
        lines += leak_sentences(power, phase)
    lines += [dead_time_sentence(gap) for gap in power.dead_times]
    lines += gain_lines(power) + refusal_sentences(power)
    lines += [note[0].upper() + note[1:] + "." for note in power.notes]
    told = "" not in power.refused and any(joint.name not in power.refused for joint in power.joints)
    return [line for line in [*lines, "Every frame stands in tables/joint_powers.csv." if told else ""] if line]


def _generated(power: "PowerResult", phase: str) -> str:
    from legato.kinetics.work import set_amount

    said: list[str] = []
    for joint in power.joints:
        mine = [w for w in power.works if w.joint == joint.name and w.phase == phase]
        found, known = set_amount(mine, "generated"), sum(w.drawn is not None for w in mine)
        if found is not None:
            said.append(f"{joint_words(joint.name)} {estimate_text(found, decimals=0)}{in_reps(known, len(mine))}")
    return f"{phase_words(phase).capitalize()}, generated: {', '.join(said)}." if said else ""


def _both_ways(power: "PowerResult", phase: str) -> list[str]:
    """What the joints of the legs generate and absorb in a phase; of the leg whose phase it is, where it is one's."""
    from legato.kinetics.transfer import LEG_JOINTS
    from legato.kinetics.work import set_amount

    whose = side_of(phase)
    joints = [j.name for j in power.joints if j.joint in LEG_JOINTS and (not whose or j.side == whose)]
    lines: list[str] = []
    for amount in ("generated", "absorbed"):
        found = {n: set_amount([w for w in power.works if w.joint == n and w.phase == phase], amount) for n in joints}
        said = [f"{joint_words(n)} {estimate_text(e, decimals=0)}" for n, e in found.items() if e is not None]
        lines += [f"{phase_words(phase).capitalize()}, {amount}: {', '.join(said)}."] if said else []
    return lines


def beyond_measured(power: "PowerResult", phase: str) -> str:
    """What is said of a load that takes more than all measured joints generate: they cannot have passed it on; empty
    where it does not.
    """
    from legato.kinetics.transfer import generated_by_all, whole_reps

    step = next((s for s in power.steps if (s.from_link, s.phase) == ("all joints", phase)), None)
    energy = None if step is None else step.energy.of_set
    if step is None or energy is None:
        return ""
    whole = whole_reps(power.works, phase)
    taken = [(rep, value) for rep, value in step.energy.per_rep if value is not None and rep in whole]
    gained = generated_by_all(power.works, phase, [rep for rep, _ in taken])
    if gained is None or float(np.mean([value.value for _, value in taken])) <= gained.value:
        return ""
    others = ["lower back"] if "lumbosacral" in power.refused else []
    others += [joint_words(j.name) for j in power.joints if j.joint != "lumbosacral" and j.name in power.refused]
    others += [] if any(joint.joint == "shoulder" for joint in power.joints) else ["arms"]
    named = f" (the {listed(others)})" if others else ""
    given = estimate_text(gained, decimals=0) + in_reps(len(taken), len(step.energy.per_rep))
    return (
        f"The {step.to_link} takes {estimate_text(energy, decimals=0)}; the measured joints generate"
        f" {given}: the rest came from joints that were not measured{named} or from the"
        " body's own motion."
    )


def in_reps(known: int, of: int) -> str:
    """In how many repetitions a number is known, where not in all: ` (in 1 of 5 reps)`."""
    return f" (in {known} of {of} reps)" if 0 < known < of else ""


def worth_a_share(step: "TransferStep") -> bool:
    """Whether a share is told beside an energy: not where that may be none at all."""
    energy = step.energy.of_set
    return step.ratio.of_set is not None and energy is not None and not energy.low <= 0.0 <= energy.high


def _passed(power: "PowerResult", step: "TransferStep") -> str:
    energy, ratio = step.energy.of_set, step.ratio.of_set if worth_a_share(step) else None
    if energy is None:
        return ""
    if step.from_link == "all joints" and (said := beyond_measured(power, step.phase)):
        return said
    whole = (
        "what all measured joints generate"
        if step.from_link == "all joints"
        else "what comes in and is generated there"
    )
    if step.from_link == "legs":
        whole = "what the legs generate"
    reps = len(step.energy.per_rep)
    given = f"{estimate_text(energy, decimals=0)}{in_reps(step.energy.n, reps)}"
    share = "" if ratio is None else f", {estimate_text(ratio.scaled(100.0, '%'), decimals=0)} of {whole}"
    share += in_reps(step.ratio.n, reps) if share and step.ratio.n < step.energy.n else ""
    start = "From all measured joints" if step.from_link == "all joints" else f"From {step.from_link}"
    return f"{start} to {step.to_link}: {given}{share}."


def leak_sentences(power: "PowerResult", phase: str) -> list[str]:
    """Which joints take energy while the phase drives, in words."""
    mine = [leak for leak in power.leaks if leak.phase == phase]
    if not mine:
        return []
    shown = phase_words(phase)
    named = [leak for leak in mine if leak.named]
    whole = "what all measured joints generate"
    if mine[0].of_load:
        whole = f"what the {power.load_name} takes"
    if mine[0].reason:
        return [f"No leak is named in the {shown}: {mine[0].reason}."]
    if not named:
        most = [leak.share.of_set.high for leak in mine if leak.share.of_set is not None]
        share = f"{max(1.0, 100.0 * max(most)):.0f} % of {whole}" if most else ""
        bound = f"; none absorbs more than {share}" if most else ""
        return [f"No joint surely leaks in the {shown}{bound}."]
    said: list[str] = []
    for leak in sorted(named, key=lambda x: -(x.absorbed.of_set.value if x.absorbed.of_set else 0.0)):
        assert leak.absorbed.of_set is not None
        assert leak.share.of_set is not None
        share = estimate_text(leak.share.of_set.scaled(100.0, "%"), decimals=0)
        turns = f", its power reversing {_times(leak.reversals)}" if leak.reversals else ""
        said.append(
            f"Leak in the {shown}: the {joint_words(leak.joint)} absorbs"
            f" {estimate_text(leak.absorbed.of_set, decimals=0)}, {share} of {whole}{turns}."
        )
    return said


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def refusal_sentences(power: "PowerResult") -> list[str]:
    """What is refused because it does not close, and what could not be checked."""
    if "" in power.refused:
        return [f"Powers are not told: {power.refused['']}."]
    by_reason: dict[str, list[str]] = {}
    for joint, reason in power.refused.items():
        by_reason.setdefault(reason, []).append(joint_words(joint))
    lines = [f"Not told of the {listed(joints)}: {reason}." for reason, joints in by_reason.items()]
    lines += [f"Not checked on the whole body: {c.reason}." for c in power.closure if c.share is None and not c.about]
    return lines
