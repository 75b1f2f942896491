"""The bar as plain records, for `result.json`."""

import math
from typing import Any

from legato.bar.means import MEAN_FROM_M_S
from legato.bar.model import BarRep, BarResult, Tempo


def bar_record(found: BarResult | None) -> dict[str, Any] | None:
    """What `result.json` holds of it, estimates still as they are."""
    if found is None:
        return None
    loss, profile = found.loss, found.profile
    return {
        "source": found.source,
        "stream": found.stream,
        "mean_from_m_s": None if found.source == "rep-table" else MEAN_FROM_M_S,
        "reps": [_rep(rep) for rep in found.reps],
        "velocity_loss_pct": None if loss is None else loss.last,
        "velocity_loss": None
        if loss is None
        else {
            "fastest": loss.fastest,
            "largest_pct": loss.largest,
            "largest_between": list(loss.largest_between),
            "per_rep": [{"rep": rep, "loss_pct": lost} for rep, lost in loss.per_rep],
            "at_loss_pct": loss.at_loss_pct,
            "passed_at": loss.passed_at,
            "probability": loss.probability,
            "passed_between": list(loss.passed_between),
            "taken_off_m_s": loss.taken_off,
        },
        "velocity_loss_reason": found.loss_reason or None,
        "detectable_change_m_s": found.detectable_change,
        "list_titles": list(found.titles) or None,
        "profile": None
        if profile is None
        else {
            "points": [{"load_kg": load, "velocity_m_s": velocity} for load, velocity in profile.points],
            "intercept_m_s": profile.intercept,
            "slope_m_s_per_kg": profile.slope,
            "residual_sd_m_s": profile.residual_sd,
            "v1rm_m_s": profile.v1rm,
            "v1rm_source": profile.v1rm_source,
            "one_rm": profile.one_rm,
            "reason": profile.reason or None,
        },
        "profile_reason": found.profile_reason or None,
        "asked_tempo": found.asked_tempo or None,
        "tempo": [
            {
                "rep": part.rep,
                "part": part.part,
                "measured": part.measured,
                "band_s": list(part.band_s),
                "verdict": part.verdict,
                "reason": part.reason or None,
            }
            for part in found.tempo
        ],
        "notes": list(found.notes),
    }


def _rep(rep: BarRep) -> dict[str, Any]:
    return {
        "rep": rep.rep,
        "start_s": None if math.isnan(rep.start_s) else rep.start_s,
        "end_s": None if math.isnan(rep.end_s) else rep.end_s,
        "mean_velocity": rep.mean_velocity,
        "mean_velocity_from_rest_m_s": rep.from_rest,
        "mean_propulsive_velocity": rep.mean_propulsive_velocity,
        "peak_velocity": rep.peak_velocity,
        "peak_time_s": rep.peak_time_s,
        "range": rep.range,
        "mean_power": rep.mean_power,
        "peak_power": rep.peak_power,
        "load_kg": rep.load_kg,
        "tempo": None if rep.tempo is None else _tempo(rep.tempo),
        "sticking": None
        if rep.sticking is None
        else {
            "start_s": rep.sticking.start_s,
            "end_s": rep.sticking.end_s,
            "duration": rep.sticking.duration,
            "drop": rep.sticking.drop,
        },
        "set": rep.set,
        "forward_drift": rep.forward_drift,
        "loop": rep.loop,
        "tilt": rep.tilt,
        "reason": rep.reason or None,
    }


def _tempo(tempo: Tempo) -> dict[str, Any]:
    return {
        "code": tempo.code,
        "eccentric": tempo.eccentric_s,
        "bottom": tempo.bottom_s,
        "concentric": tempo.concentric_s,
        "top": tempo.top_s,
    }
