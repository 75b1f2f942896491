"""Gaps and metrics of a result as FHIR R5 Observations (HL7 FHIR 5.0.0, experimental).

A number is an `Observation` with `valueQuantity` in UCUM units. The ends of its interval are two `component`s, not a
`referenceRange`: that one says what is usual, and holds the band where the number has one. What could not be told has
a `dataAbsentReason` instead of a value.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from legato import __version__
from legato.report.words import event_noun, link_name, percent, quantity_name

_UCUM = "http://unitsofmeasure.org"
_ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
_CODES: Mapping[str, str] = {
    "s": "s", "ms": "ms", "deg": "deg", "rad": "rad", "m": "m", "mm": "mm", "m/s": "m/s", "deg/s": "deg/s",
    "m/s^2": "m/s2", "N": "N", "N/s": "N/s", "N·s": "N.s", "N*s": "N.s", "N·m": "N.m", "N*m": "N.m", "J": "J", "W": "W",
    "W/kg": "W/kg", "kg": "kg", "Hz": "Hz", "%": "%", "1": "1", "m2": "m2", "1/s": "/s", "1/min": "/min", "mV": "mV",
}  # fmt: skip
"""The UCUM code of a unit as results name it; another unit is told as text alone."""
_NOTE = "Experimental. Legato measures technique and performance in sport and training. It is not a medical device."


def observations(
    record: Mapping[str, Any], metrics: Mapping[str, Mapping[str, Any] | None], on: date, athlete: str, result: str
) -> list[dict[str, Any]]:
    """The Observations of a result.

    Parameters
    ----------
    record
        The `result.json`.
    metrics
        The mean of each metric over the set, with its ends and unit; None where it could not be told.
    on
        The day of the recording.
    athlete
        By which id the athlete is known; a name is not given.
    result
        By which id the result is known.
    """
    level = float(record.get("settings", {}).get("level", 0.9))
    movement = str(record["movement"].get("name") or record["movement"]["id"])
    found = [*_gaps(record, level), *(_metric(name, told, level) for name, told in metrics.items())]
    about = {
        "subject": {"identifier": {"system": "urn:legato:athlete", "value": athlete}},
        "effectiveDateTime": on.isoformat(),
        "method": {"text": f"Legato {record.get('legato_version', __version__)}, {movement}"},
    }
    return [
        {
            "resourceType": "Observation",
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:legato:{result}:{one['code']['text']}")),
            "status": "final",
            **one,
            **about,
            "note": [{"text": _NOTE}],
        }
        for one in found
    ]


def bundle(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Observations as one collection."""
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in found],
    }


def _gaps(record: Mapping[str, Any], level: float) -> Iterator[dict[str, Any]]:
    gaps: Sequence[Mapping[str, Any]] = (record.get("chain") or {}).get("gaps", ())
    for gap in gaps:
        what = event_noun(gap["event"], gap.get("quantity", ""))
        text = f"Gap from {link_name(gap['from'])} to {link_name(gap['to'])}, {what}"
        band = gap.get("band_s")
        usual = [] if not band or band == [None, None] else [_range(band, "s")]
        yield _of(text, gap.get("set"), level, gap.get("reason") or "could not be resolved") | (
            {"referenceRange": usual} if usual else {}
        )


def _metric(name: str, told: Mapping[str, Any] | None, level: float) -> dict[str, Any]:
    said = quantity_name(name)
    return _of(f"{said[0].upper()}{said[1:]} ({name}), mean of the set", told, level, "was not measured")


def _of(text: str, told: Mapping[str, Any] | None, level: float, reason: str) -> dict[str, Any]:
    if told is None:
        absent = {"coding": [{"system": _ABSENT, "code": "not-performed"}], "text": reason}
        return {"code": {"text": text}, "dataAbsentReason": absent}
    unit = str(told.get("unit", ""))
    ends = [
        {"code": {"text": f"{end} end of the {percent(level)} interval"}, "valueQuantity": _quantity(told[key], unit)}
        for end, key in (("Lower", "low"), ("Upper", "high"))
    ]
    return {"code": {"text": text}, "valueQuantity": _quantity(told["value"], unit), "component": ends}


def _range(band: Sequence[float | None], unit: str) -> dict[str, Any]:
    ends = {name: _quantity(end, unit) for name, end in zip(("low", "high"), band, strict=True) if end is not None}
    return ends | {"text": "the band that the movement's file names for this gap"}


def _quantity(value: float, unit: str) -> dict[str, Any]:
    coded = {"system": _UCUM, "code": _CODES[unit or "1"]} if (unit or "1") in _CODES else {}
    return {"value": value, "unit": unit or "1", **coded}
