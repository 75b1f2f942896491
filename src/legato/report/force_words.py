"""What the report says of force plates: the headline where there is nothing else, and the lines for a terminal."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from legato.estimate import Estimate
from legato.forces.analyse import NO_SEARCH
from legato.report.alike import told_once
from legato.report.force_tasks import target_text, task_lines
from legato.report.jump_feet import feet_text
from legato.report.words import estimate_text, percent, plural, rep_number, sentence

if TYPE_CHECKING:
    from legato.analysis import Analysis
    from legato.forces.analyse import ForcesResult, RepRise
    from legato.forces.jump_model import Jump, Rebound
    from legato.forces.rfd import BestTries, ForceRise, Window

_NO_BODY = "Plates alone show no joint, so how the body moved is not judged."

_MOST_LINES = 12
"""Jumps or pulls that a terminal lists."""

_TOLD = (0.0, 0.2)
"""Window of the rate of force development that a headline tells, s after the onset."""


def only_force(analysis: "Analysis") -> bool:
    """Whether the recording holds force and nothing that shows how the body moved."""
    return analysis.body.source == "force"


def told_by_force(analysis: "Analysis") -> bool:
    """Whether force is what the movement is about: pulls against what does not move."""
    return analysis.movement.cycle.anchor == "pull" and analysis.forces is not None and bool(analysis.forces.rises)


def force_headline(analysis: "Analysis") -> str:
    """The first two lines where force heads the page: what was measured, then its timing and how sure that is."""
    first, second = _headline(analysis)
    level = percent(analysis.settings.level)
    told = [second, f"± and ranges are {level} intervals.", _NO_BODY if only_force(analysis) else ""]
    return f"{first}\n{' '.join(text for text in told if text)}"


def cut_jumps_fact(analysis: "Analysis") -> str:
    """`3 jumps (jump 1: its start was not seen)` where force shows jumps alone; empty where all are whole."""
    cut = [rep for rep in analysis.reps if not rep.complete]
    if not only_force(analysis) or not _jumps(analysis) or not cut or not all(rep.reason for rep in cut):
        return ""
    told = "; ".join(f"jump {rep_number(rep.index)}: {rep.reason}" for rep in cut)
    return f"{plural(len(analysis.reps), 'jump')} ({told})"


def jumps_sentence(analysis: "Analysis") -> str:
    """How high the jump went, or the highest of them, where plates stand beside motion; empty where there is none."""
    forces = analysis.forces
    if forces is None or forces.jumps is None or not forces.jumps.jumps or only_force(analysis):
        return ""
    return _jump_headline(forces.jumps.jumps)[0]


def _headline(analysis: "Analysis") -> tuple[str, str]:
    forces = analysis.forces
    if forces is not None and forces.rises:
        return _pull_headline(forces)
    if forces is not None and forces.jumps is not None and forces.jumps.jumps and _jumps(analysis):
        return _jump_headline(forces.jumps.jumps)
    if forces is not None and forces.jumps is not None and forces.jumps.rebounds and _jumps(analysis):
        return _rebound_headline(forces.jumps.rebounds)
    if forces is not None and (tasks := task_lines(forces)):
        told = target_text(forces.target) if forces.target is not None else tasks[0]
        rest = " ".join(sentence(task) for task in tasks if task != told)
        return sentence(told), rest
    if forces is None or forces.total is None:
        return "Nobody stands on a plate.", ""
    unmarked = "" if any(rep.complete for rep in analysis.reps) else sentence(analysis.reps[0].reason)
    return sentence(share_text(forces)), unmarked


def _jumps(analysis: "Analysis") -> bool:
    return analysis.movement.cycle.anchor == "flight"


def force_notes(analysis: "Analysis") -> list[str]:
    """What the forces remark on the whole trial; why no jump was looked for only where jumps were asked for."""
    notes = () if analysis.forces is None else analysis.forces.notes
    return [note for note in notes if _jumps(analysis) or not note.startswith(NO_SEARCH)]


def _jump_headline(jumps: "Sequence[Jump]") -> tuple[str, str]:
    best = max(jumps, key=lambda jump: jump.height_flight_m.value)
    others = [jump.height_flight_m.high for jump in jumps if jump is not best]
    sure = not others or best.height_flight_m.low > max(others)
    leads = sure and _leads_by_impulse(best, jumps)
    named = f"Jump {jumps.index(best) + 1}"
    if others:
        highest = ", the highest" if leads else ", the highest by flight" if sure else ", the highest by value"
        named += f" of {len(jumps)}{highest}"
    told = [
        *timing_texts(best)[: 3 if best.kind == "drop" else 2],
        *([] if best.height_impulse_m is not None else [_why_no_impulse(best)]),
    ]
    doubt = ""
    if not leads:
        by = "By impulse which" if sure else "Which"
        doubt = f" {by} jump is the highest is not resolvable: their intervals overlap."
    return f"{named}: {heights_text(best)}.", f"{sentence('; '.join(told))}{doubt}"


def _leads_by_impulse(best: "Jump", jumps: "Sequence[Jump]") -> bool:
    """Whether no other jump's height by impulse reaches the one that is told first."""
    own = None if best.kind == "drop" else best.height_impulse_m
    others = [jump.height_impulse_m for jump in jumps if jump is not best and jump.kind != "drop"]
    return own is None or all(own.low > other.high for other in others if other is not None)


def _rebound_headline(rebounds: "Sequence[Rebound]") -> tuple[str, str]:
    best = max(rebounds, key=lambda one: one.height_flight_m.value)
    named = f"Rebound {rebounds.index(best) + 1} of {len(rebounds)}, the highest by value"
    strength = best.reactive_strength_m_s
    told = f"Contact {estimate_text(best.contact_time_s)}" + (
        f"; RSI {estimate_text(strength)}." if strength is not None else "."
    )
    return f"{named}: {height_text(best.height_flight_m)} by flight.", told


def _pull_headline(forces: "ForcesResult") -> tuple[str, str]:
    tries = [(one, one.rise) for one in forces.rises if one.rise is not None]
    if not tries:
        why = "; ".join(dict.fromkeys(one.reason for one in forces.rises))
        unknown = "how fast the force rises is not resolvable"
        held = [(one.rep, one.hold.peak_n) for one in forces.holds if one.hold is not None]
        if not held:
            return f"{plural(len(forces.rises), 'pull')} found; {unknown} in any.", sentence(why)
        rep, peak = max(held, key=lambda pair: pair[1].value)
        named = f"Pull {rep_number(rep)}{_most(len(forces.rises))}"
        return f"{named}: {estimate_text(peak)} above the stand over 0.5 s; {unknown}.", sentence(why)
    told: BestTries | ForceRise
    if forces.best is not None:
        told, named = forces.best, f"Mean of the best {len(forces.best.kept)} of {forces.best.n_tries} pulls"
    else:
        one, told = max(tries, key=lambda pair: pair[1].peak_force_n.value)
        named = f"Pull {rep_number(one.rep)}{_most(len(forces.rises))}"
    window = next((w for w in told.windows if (w.start_s, w.end_s) == _TOLD), None)
    rise = "" if window is None else f", {estimate_text(window.rate_n_s)} {_window_words(window)}"
    refused = [f"pull {rep_number(r.rep)}: {r.reason}" for r in forces.rises if r.rise is None]
    more = f" Not resolvable: {'; '.join(refused)}." if refused else ""
    steepest = f"Steepest 20 ms: {estimate_text(told.peak_rate_n_s)}.{more}"
    return f"{named}: {estimate_text(told.peak_force_n)} above the stand{rise}.", steepest


def _most(count: int) -> str:
    """That a pull has the most force of so many."""
    return f" of {count}, the one with the most force" if count > 1 else ""


def _window_words(window: "Window") -> str:
    return f"in the first {1000.0 * window.end_s:.0f} ms"


def heights_text(jump: "Jump") -> str:
    """`0.314 ± 0.003 m by impulse, 0.315 ± 0.002 m by flight`."""
    flight = f"{height_text(jump.height_flight_m)} by flight"
    if jump.kind == "drop":
        return flight
    if jump.height_impulse_m is None:
        return f"{flight}; by impulse not resolvable"
    return f"{height_text(jump.height_impulse_m)} by impulse, {flight}"


def height_text(height: Estimate | None, *, with_unit: bool = True) -> str:
    """A height in whole tenths of a millimetre at the finest, a dash where there is none."""
    return estimate_text(height, with_unit=with_unit)


def contraction(jump: "Jump") -> Estimate | None:
    """Time from the onset to take-off, s; None where the onset was not seen."""
    return None if jump.onset_s is None else jump.take_off_s.minus(jump.onset_s)


def strength_name(jump: "Jump") -> str:
    """What its reactive strength is called: over the contact of a drop jump `RSI`, else over the contraction."""
    return "RSI" if jump.contact_time_s is not None and jump.onset_s is None else "RSI modified"


def timing_texts(jump: "Jump") -> list[str]:
    """Times of a jump in words, the one before take-off first."""
    told: list[str] = []
    if (time := contraction(jump)) is not None:
        told.append(f"contraction {estimate_text(time)}")
    elif jump.contact_time_s is not None:
        told.append(f"contact {estimate_text(jump.contact_time_s)}")
    if jump.kind == "drop" and jump.drop_height_m is not None:
        told.append(f"fall from {height_text(jump.drop_height_m)}")
    if jump.reactive_strength_m_s is not None:
        told.append(f"{strength_name(jump)} {estimate_text(jump.reactive_strength_m_s)}")
    told.append(f"flight {estimate_text(jump.flight_time_s)}")
    if jump.landing_peak_n is not None:
        told.append(f"landing peak {estimate_text(jump.landing_peak_n)}")
    return told


def _why_no_impulse(jump: "Jump") -> str:
    why = [reason for reason in jump.reasons if "landing" not in reason]
    return f"no height by impulse: {'; '.join(why) or 'the push could not be read'}"


def plate_name(forces: "ForcesResult", index: int) -> str:
    """`plate 1, right foot`, as far as the foot is known."""
    plate = next(p for p in forces.plates if p.index == index)
    feet = sorted({stand.foot for stand in forces.stands if stand.plate == index and stand.foot})
    if not feet or plate.name.endswith(feet[0]):
        return plate.name
    if feet == ["both"] or set(feet) >= {"left", "right"}:
        return f"{plate.name}, both feet" if feet == ["both"] else f"{plate.name}, each foot in turn"
    return f"{plate.name}, {feet[0]} foot"


def plate_notes(forces: "ForcesResult") -> list[str]:
    """What is odd about the plates, those that share a reason together, without what the load share says already."""
    said = [(plate.name, reason) for plate in forces.plates for reason in plate.reasons]
    said += [(plate.name, clipped) for plate in forces.plates if (clipped := _clipped(len(plate.clipped)))]
    names = {plate.index: plate.name for plate in forces.plates}
    why = forces.load_share.reason
    untold = (stand for stand in forces.stands if stand.reason and not stand.foot and stand.reason not in why)
    stands = dict.fromkeys((names[stand.plate], stand.reason) for stand in untold)
    return [f"{_listed(names)}: {reason}" for names, reason in told_once([*said, *stands])]


def _clipped(spans: int) -> str:
    return f"its channel stood at its limit {'once' if spans == 1 else f'{spans} times'}" if spans else ""


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def share_text(forces: "ForcesResult") -> str:
    """How the feet share the load, or why that cannot be told."""
    share = forces.load_share
    if share.left is None or share.right is None:
        return f"load share not resolvable: {share.reason}"
    left, right = (estimate_text(side.scaled(100.0, "%")) for side in (share.left, share.right))
    over = f" (n = {share.n})" if share.n > 1 else ""
    one = [rep.rep for rep in share.per_rep if rep.left is not None]
    if share.n == 1 and len(one) == 1:
        over = f" (of repetition {rep_number(one[0])})"
    reason = f"; {share.reason}" if share.reason else ""
    return f"load on the left foot {left}, on the right {right}{over}{reason}"


def no_jumps_text(forces: "ForcesResult") -> list[str]:
    """Each stretch off the plates that is no jump, and why."""
    if forces.jumps is None or forces.total is None:
        return []
    start_s = forces.total.start_s
    told = [
        f"no jump at {n.start_s + start_s:.2f}\u2013{n.end_s + start_s:.2f} s: {n.reason}" for n in forces.jumps.refused
    ]
    return [*told, *forces.jumps.cut]


def plates_fact(analysis: "Analysis") -> str | None:
    """How many plates there are and how often they were read; None where there is none."""
    if analysis.forces is None or not analysis.forces.plates:
        return None
    plates = analysis.forces.plates
    rates = " and ".join(f"{rate:g}" for rate in sorted({round(plate.rate_hz, 1) for plate in plates}))
    empty = sum(1 for plate in plates if not plate.stood_on)
    rate = "" if only_force(analysis) else f" at {rates} Hz"
    return f"{len(plates)}{rate}{f', {empty} not stood on' if empty else ''}"


def force_lines(analysis: "Analysis") -> list[str]:
    """The forces as lines for a terminal; none where there is no plate."""
    forces = analysis.forces
    if forces is None:
        return []
    stood_on = [plate_name(forces, plate.index) for plate in forces.plates if plate.stood_on]
    lines = [f"stood on: {'; '.join(stood_on)}"] if stood_on else []
    lines += plate_notes(forces)
    if forces.total is not None:
        lines.append(share_text(forces))
    jumps = () if forces.jumps is None else forces.jumps.jumps
    lines += _few([_jump_lines(k, jump) for k, jump in enumerate(jumps)], "jump")
    rebounds = () if forces.jumps is None else forces.jumps.rebounds
    lines += _few([[rebound_text(k, one)] for k, one in enumerate(rebounds)], "rebound")
    lines += _few([_pull_lines(one) for one in forces.rises], "pull")
    return [*lines, *task_lines(forces), *no_jumps_text(forces), *force_notes(analysis)]


def _few(entries: Sequence[Sequence[str]], noun: str) -> list[str]:
    lines = [line for entry in entries[:_MOST_LINES] for line in entry]
    more = len(entries) - _MOST_LINES
    return lines if more <= 0 else [*lines, f"{plural(more, f'more {noun}')} in the report and in result.json"]


def _jump_lines(index: int, jump: "Jump") -> list[str]:
    kind = "" if jump.kind == "unknown" else f" ({jump.kind})"
    told = f"jump {rep_number(index)}{kind}: {heights_text(jump)}; {', '.join(timing_texts(jump))}"
    feet = feet_text(jump)
    return [told, *_indented([feet] if feet else []), *_indented(jump.reasons)]


def rebound_text(index: int, one: "Rebound") -> str:
    """`rebound 2: contact 0.199 s, RSI 1.30 m/s, flight 0.460 s, 0.2596 m by flight`."""
    told = [f"contact {estimate_text(one.contact_time_s)}"]
    if one.drop_height_m is not None:
        told.append(f"after a fall from {height_text(one.drop_height_m)}")
    if one.reactive_strength_m_s is not None:
        told.append(f"RSI {estimate_text(one.reactive_strength_m_s)}")
    told.append(f"flight {estimate_text(one.flight_time_s)}, {height_text(one.height_flight_m)}")
    return f"rebound {rep_number(index)}: {', '.join(told)}"


def _pull_lines(one: "RepRise") -> list[str]:
    if one.rise is None:
        return [f"pull {rep_number(one.rep)}: not resolvable: {one.reason}"]
    rise = one.rise
    told = [f"{1000 * w.start_s:.0f}\u2013{1000 * w.end_s:.0f} ms {estimate_text(w.rate_n_s)}" for w in rise.windows]
    told.append(f"steepest 20 ms {estimate_text(rise.peak_rate_n_s)}")
    peak = f"peak {estimate_text(rise.peak_force_n)} above the stand"
    return [f"pull {rep_number(one.rep)}: {peak}; {', '.join(told)}", *_indented(rise.reasons)]


def _indented(reasons: Iterable[str]) -> list[str]:
    return [f"  {sentence(reason)}" for reason in reasons]
