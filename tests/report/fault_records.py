"""Invented findings to report on, as the judge would give them."""

from dataclasses import replace
from typing import Any

from legato.analysis import Analysis
from legato.estimate import Estimate
from legato.faults import Fault, Finding, faults_of
from legato.faults.judge import edges_words, in_words
from legato.faults.model import Measured
from legato.movements import load_movement

SQUAT = {fault.id: fault for fault in faults_of(load_movement("back-squat"))}
HINGE = {fault.id: fault for fault in faults_of(load_movement("hip-hinge"))}


def finding(fault: Fault, value: float, half: float, band: Any, verdict: Any = "fault", **changes: Any) -> Finding:
    """A finding of three repetitions about `value`, with the reason that the judge gives."""
    unit = fault.unit
    rows = tuple(Measured(k, Estimate.symmetric(value + 0.1 * (k - 1) * half, half, unit)) for k in range(3))
    measured = Estimate.symmetric(value, half, unit)
    name = f"{fault.name[0].lower()}{fault.name[1:]}"
    where = (
        "there is no band yet" if band is None else f"the whole interval lies above {edges_words(band, unit, measured)}"
    )
    made = Finding(
        fault=fault,
        side="",
        verdict=verdict,
        measured=measured,
        band=band,
        band_from="own",
        band_source="the athlete's own, 5 reps of one earlier set",
        band_grade="",
        per_rep=rows,
        n=3,
        reps=(0, 1, 2),
        asks=tuple(cause.asks for cause in fault.causes if cause.asks),
        why=f"{name} {in_words(measured, band)}: {where}",
    )
    return replace(made, **changes)


def refused(fault: Fault, why: str, resolve: str = "") -> Finding:
    return Finding(
        fault, "", "not-resolvable", None, None, "", "", "", (), 0, (), why, resolve or fault.needs, refused=True
    )


def with_findings(analysis: Analysis) -> Analysis:
    """Every fault of a squat in turn found, refused and not resolvable for want of a band."""
    found: list[Finding] = []
    for k, fault in enumerate(SQUAT.values()):
        if k % 3 == 0:
            found.append(finding(fault, 17.4, 2.1, (-2.74, 7.26)))
        elif k % 3 == 1:
            found.append(refused(fault, "keypoints of one camera cannot show it"))
        else:
            found.append(finding(fault, 17.4, 2.1, None, "not-resolvable", resolve="give a --baseline", reps=()))
    return replace(analysis, findings=tuple(found))
