"""Moments of trunk and arms as `result.json`, the tables and the terminal hold them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from legato.report.kinetics_record import by_side, of_reps
from legato.report.whole_body_words import checked, moment_words, untold
from legato.report.words import estimate_text, sentence

if TYPE_CHECKING:
    from legato.estimate import Estimate
    from legato.kinetics.lumbar import Meeting
    from legato.kinetics.whole_body import WholeBody
    from legato.recording import FloatArray


def whole_body_record(whole: "WholeBody | None") -> dict[str, Any] | None:
    """What `result.json` holds of them, estimates still as they are; None where the movement says nothing of loads or
    no trunk was measured.
    """
    if whole is None:
        return None
    return {
        "mass_seen": whole.seen,
        "load_shown_by": whole.shown_by or None,
        "moments": [
            {
                "name": name,
                "per_rep": [
                    {"rep": m.rep, "peak": m.peak, "time_s": m.time_s, "reason": m.reason or None}
                    for m in whole.per_rep
                    if m.name == name
                ],
            }
            for name in dict.fromkeys(m.name for m in whole.per_rep)
        ],
        "meeting": [_meeting(meeting) for meeting in whole.meetings],
        "notes": list(whole.notes),
    }


def _meeting(meeting: "Meeting") -> dict[str, Any]:
    return {
        "rep": meeting.rep,
        "force_rms": meeting.force_rms,
        "force_peak": meeting.force_peak,
        "moment_rms": meeting.moment_rms,
        "moment_peak": meeting.moment_peak,
        "limit_n_m": meeting.limit_n_m,
        "holds": meeting.holds,
        "state": meeting.state,
        "reason": meeting.reason or None,
    }


def whole_body_columns(whole: "WholeBody | None") -> "dict[str, FloatArray]":
    """Moment about its axis in each frame, N·m, by the name of its column."""
    if whole is None:
        return {}
    from legato.kinetics.whole_body import name_of

    found = {name_of(joint): joint.about_axis for joint in whole.arms}
    for joint, way in ((whole.above, "from above"), (whole.below, "from ground")):
        if joint is not None:
            found[name_of(joint, way)] = joint.about_axis
    return found


def whole_body_lines(whole: "WholeBody | None", sides: "Mapping[int, str] | None" = None) -> list[str]:
    """The largest moments as the terminal says them, once a side where repetitions are of both `sides` (by number),
    whether both ways meet, and what is not known.
    """
    if whole is None:
        return []
    lines: list[str] = []
    for name in dict.fromkeys(m.name for m in whole.per_rep):
        said: list[str] = []
        turned = _turned([m.peak for m in whole.per_rep if m.name == name])
        for whose, group in by_side([m for m in whole.per_rep if m.name == name], sides):
            told = sorted((m.peak.scaled(-1.0) if turned else m.peak for m in group if m.peak is not None), key=_size)
            if told:
                said.append(f"{estimate_text(told[len(told) // 2], decimals=0)}{of_reps(len(told), whose)}")
        lines += [f"{moment_words(name, turned=turned)}: up to {'; '.join(said)}"] if said else []
    lines += [*untold(whole.per_rep), *checked(whole)]
    return [*lines, *(f"{sentence(note)}" for note in whole.notes)]


def _turned(peaks: "Sequence[Estimate | None]") -> bool:
    """Whether every largest moment is the one the other way: then it bears that name and no minus."""
    known = [peak.value for peak in peaks if peak is not None]
    return bool(known) and max(known) < 0.0


def _size(estimate: "Estimate") -> float:
    return abs(estimate.value)
