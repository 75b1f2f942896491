"""What a person chooses for a session before it is analysed, from the page's form into its row."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from legato.errors import BadInput
from legato.movements import load_movement, movement_ids
from legato.store import note
from legato.store.rows import AthleteRow, OwnEntryRow, SessionRow
from legato.sync import device_registry
from legato.web.deps import Fields, number_of
from legato.web.known import known_movements
from legato.web.of_athlete import is_name
from legato.web.options import Options, options_of
from legato.web.trial_files import ROLES
from legato.web.units import Units
from legato.web.words import translate as _

NEW_ATHLETE = "new"
_LONGEST_NAME = 200
_MOST_DELAY_MS = 1000.0
_LARGEST_PIXEL_M = 0.999
_MOST_FORCE_N = 20000.0
"""Largest force of a band, N. [ENG] Twice what plates for jumps take."""
_MOST_LOADS = 1000
_HEAVIEST_KG = 2000.0
_BETWEEN_LOADS = re.compile(r"\s*;\s*|,\s+|\s+")


@cache
def _library() -> tuple[tuple[str, str], ...]:
    return tuple(sorted(((name, load_movement(name).name) for name in movement_ids()), key=lambda one: one[1]))


def movement_names(rows: Session) -> tuple[tuple[str, str], ...]:
    """Every movement that can be chosen, id and name, in the order of their names; one's own after them."""
    own = rows.scalars(
        select(OwnEntryRow.entry_id).where(OwnEntryRow.kind == "movement").order_by(OwnEntryRow.entry_id)
    )
    known = dict(_library())
    return _library() + tuple((name, name) for name in own if name not in known)


def save_form(rows: Session, session: SessionRow, sent: Fields) -> None:
    """Put into a session's row what its form says; what the form has no field for stays.

    Raises
    ------
    BadInput
        A field holds what it cannot: the message begins with its name.
    """
    session.name = sent.text("name", _("Name")) or session.name
    session.recorded_on = _day(sent, session.recorded_on)
    movement = sent.text("movement", _("Movement"), 100) or None
    if movement is not None and movement not in known_movements(rows):
        raise BadInput(_("Movement: choose one of the list"))
    session.movement = movement
    _athlete(rows, session, sent)
    for file in session.files:
        file.role = sent.chosen(f"part-{file.id}", ROLES, file.name) or file.role
    session.video_offset_s = _or(
        sent.number("video_offset", _("Start of the video"), -86400.0, 86400.0, "s"), session.video_offset_s
    )
    session.options = _options(sent, session.options).model_dump(mode="json", exclude_defaults=True)
    rows.flush()
    note(rows, "session changed", session.id)


def _or(number: float | None, otherwise: float) -> float:
    return otherwise if number is None else number


def _day(sent: Fields, before: date) -> date:
    typed = sent.text("day", _("Day"), 20)
    if not typed:
        return before
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise BadInput(_("Day: give it as 2026-11-22")) from None
    if not date(1970, 1, 1) <= day <= date.today():
        raise BadInput(_("Day: is in the future, or before 1970; give the day of the recording"))
    return day


def _athlete(rows: Session, session: SessionRow, sent: Fields) -> None:
    """The athlete that was chosen; a name in the field for a new one makes one."""
    chosen = sent.text("athlete", _("Athlete"), 16)
    name = sent.text("new_athlete", _("New athlete"), _LONGEST_NAME)
    if chosen == NEW_ATHLETE or (name and not chosen):
        if not is_name(name):
            raise BadInput(_("New athlete: give a name, or choose somebody of the list"))
        athlete = AthleteRow(name=name)
        rows.add(athlete)
        rows.flush()
        note(rows, "athlete added", athlete.id)
        session.athlete_id = athlete.id
    elif chosen:
        if rows.get(AthleteRow, chosen) is None:
            raise BadInput(_("Athlete: is no longer there; choose another"))
        session.athlete_id = chosen
    else:
        session.athlete_id = None
    rows.flush()
    rows.refresh(session, ["athlete"])


def _options(sent: Fields, before: dict[str, Any]) -> Options:
    """The options as they stand after the form."""
    given = with_loads(before, sent)
    asked = sent.form
    if "rate" in asked:
        given["rate_hz"] = sent.number("rate", _("Rate"), 0.1, 1e6, "Hz")
    if "offset" in asked:
        given["offset_s"] = sent.number("offset", _("Offset"), -86400.0, 86400.0, "s")
    if "tempo" in asked:
        given["tempo"] = sent.text("tempo", _("Tempo"), 20) or None
    if "stop_loss" in asked:
        given["stop_loss_pct"] = sent.number("stop_loss", _("Velocity loss"), 0.1, 99.0, "%")
    if "emg_amplitude" in asked:
        given["emg_amplitude"] = sent.text("emg_amplitude", _("EMG amplitude"), 20) or None
    if "metres_per_pixel" in asked:
        given["metres_per_pixel"] = sent.number("metres_per_pixel", _("Metres a pixel"), 1e-6, _LARGEST_PIXEL_M, "m")
    if "band_low" in asked:
        given["foot_band_n"] = _foot_band(sent)
    if "research_asked" in asked:
        given["research"] = sent.ticked("research")
    if "baseline" in asked:
        given["baseline_session"] = sent.text("baseline", _("Earlier session"), 16) or None
    devices, delays = dict(given.get("devices") or {}), dict(given.get("delays_s") or {})
    for kind in ("emg", "imu"):
        if f"device-{kind}" in asked:
            devices.pop(kind, None)
            if device := sent.chosen(f"device-{kind}", tuple(device_registry()), _("Device")):
                devices[kind] = device
        if f"delay-{kind}" in asked:
            delays.pop(kind, None)
            delay = sent.number(f"delay-{kind}", _("Delay"), -_MOST_DELAY_MS, _MOST_DELAY_MS, "ms")
            if delay is not None:
                delays[kind] = delay / 1000.0
    return options_of(given | {"devices": devices or None, "delays_s": delays or None})


def _foot_band(sent: Fields) -> tuple[float, float] | None:
    """The band for the force of the feet, N; None where neither of its ends is given."""
    called = _("Band of the feet")
    low, high = (sent.number(name, called, 0.0, _MOST_FORCE_N, "N") for name in ("band_low", "band_high"))
    if low is None and high is None:
        return None
    if low is None or high is None or low >= high:
        raise BadInput(_("%(field)s: give its lower and its upper end, the lower first") % {"field": called})
    return low, high


def with_loads(options: Mapping[str, Any], sent: Fields) -> dict[str, Any]:
    """Options with the load of all repetitions, or that of each, as the form has it; one that was shown and not changed
    stays what it was, to the gram.
    """
    if "load" not in sent.form or (typed := sent.text("load", _("Load"), 4000)) == loads_shown(options, sent.units):
        return dict(options)
    loads = loads_kg(typed, sent.units)
    others = {name: value for name, value in options.items() if name not in ("load_kg", "loads_kg")}
    if not loads:
        return others
    return others | ({"load_kg": loads[0]} if len(loads) == 1 else {"loads_kg": loads})


def loads_shown(options: Mapping[str, Any], units: Units) -> str:
    """The value of the load's field."""
    one = options.get("load_kg")
    return " ".join(units.field_of(kg) for kg in options.get("loads_kg") or ([] if one is None else [one]))


def loads_kg(typed: str, units: Units) -> list[float]:
    """The load of all repetitions, or of each in turn, from `60`, `62,5` or `60 70 80`, typed in the reader's unit.

    Raises
    ------
    BadInput
        One is no load.
    """
    found: list[float] = []
    for part in _BETWEEN_LOADS.split(typed.strip()) if typed.strip() else []:
        found.append(units.kg(number_of(part.rstrip(",;"), _("Load"))))
        if not 0.0 <= found[-1] < _HEAVIEST_KG:
            raise BadInput(
                _("Load: “%(typed)s” is no load; give one, or one for each repetition: 60 70 80") % {"typed": part}
            )
    if len(found) > _MOST_LOADS:
        raise BadInput(_("%(field)s: has too many numbers") % {"field": _("Load")})
    return found
