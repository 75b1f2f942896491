"""Forms of plans: what is asked for, and what was done, as `legato plan` takes them from its files."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, get_args

from legato.coaching.catalogue import drills
from legato.coaching.lifts import lifts
from legato.coaching.log import Session
from legato.coaching.model import BARE, LEVELS, Drill, Equipment
from legato.coaching.plan.done import DoneOn, session_of
from legato.coaching.plan.model import Day, Plan
from legato.coaching.plan.request import WEEKDAYS, Request
from legato.coaching.priming.catalogue import protocols
from legato.coaching.safety import mobility_gates
from legato.coaching.situation import Pain
from legato.errors import BadInput
from legato.store.rows import AthleteRow
from legato.toml_files import table_of
from legato.toml_lines import Place
from legato.web.athlete_now import age_of, as_young
from legato.web.deps import Fields
from legato.web.words import translate as _

EQUIPMENT = tuple(one for one in get_args(Equipment) if one not in BARE)
"""What a person may have."""

LIFTS, DRILLS = 5, 3
"""Rows for lifts and for drills of one's own choice that the form begins with. [ENG]"""
_MOST_ROWS = 30


def known_of(athlete: AthleteRow, plan: Plan | None, today: date) -> dict[str, Any]:
    """What an empty form begins with: the last plan's request where there is one."""
    monday = today + timedelta(days=(7 - today.weekday()) % 7)
    if plan is None:
        days = ("mon", "wed", "fri")
        return {"start": monday, "weeks": 8, "days": days, "minutes": 60, "age_years": age_of(athlete, today)}
    asked, standing = plan.request, as_young(plan.athlete, athlete, today)
    known: dict[str, Any] = {
        "start": monday,
        "weeks": asked.weeks,
        "days": asked.days,
        "minutes": asked.minutes,
        "rest_days": asked.rest_days,
        "mobility": asked.mobility,
        "blocks": asked.blocks,
        "goal": asked.goal,
        "priming": asked.priming,
        "age_years": "" if standing.age_years is None else f"{standing.age_years:g}",
        "base_weeks": "" if standing.base_weeks is None else f"{standing.base_weeks:g}",
        "supervised": standing.supervised,
        "guardian": standing.guardian,
        "hinge_gate": standing.hinge_gate,
        "equipment": standing.equipment,
        **{f"mobility-{gate}": "yes" if met else "no" for gate, met in standing.mobility.items()},
    }
    for k, lift in enumerate(asked.lifts):
        best = standing.maxima_kg.get(lift.id)
        told = {"id": lift.id, "sets": lift.sets, "reps": lift.reps, "days": lift.days, "load": lift.load_kg}
        known |= {f"lift-{k}-{name}": value for name, value in (told | {"best": best}).items()}
    own = [one for one in asked.drills if not one.fault]
    for k, drill in enumerate(own):
        known |= {
            f"drill-{k}-{name}": value for name, value in drill.model_dump(include={"id", "level", "days"}).items()
        }
    return known | {"lifts": max(LIFTS, len(asked.lifts) + 1), "drills": max(DRILLS, len(own) + 1)}


def typed_of(sent: Fields) -> dict[str, Any]:
    """What was typed, to show it again."""
    typed: dict[str, Any] = {name: str(value) for name, value in sent.form.items()}
    return typed | {name: tuple(sent.texts(name)) for name in ("days", "equipment")} | {"again": True}


def choices(own: Sequence[Drill]) -> dict[str, Any]:
    """What the form's lists hold; drills of one's own first."""
    mine = {one.id: _("%s (your own)") % one.name for one in own}
    return {
        "weekdays": WEEKDAYS,
        "gear": EQUIPMENT,
        "levels": LEVELS,
        "gates": mobility_gates(),
        "known_lifts": {name: one.name for name, one in sorted(lifts().items(), key=lambda pair: pair[1].name)},
        "known_drills": mine | {one.id: one.name for one in sorted(drills().values(), key=lambda one: one.name)},
        "own_drills": own,
        "protocols": {name: one.name for name, one in protocols().items()},
    }


def request_of(sent: Fields, own: Sequence[Drill] = ()) -> Request:
    """A plan's request from its form, which may name drills of one's `own`.

    Raises
    ------
    BadInput
        A field does not fit; which one is named.
    """
    asked: dict[str, Any] = {
        "start": _day(sent, "start", _("First day")).isoformat(),
        "weeks": sent.whole("weeks", _("Weeks"), 1, 26) or 8,
        "days": [day for day in WEEKDAYS if day in sent.texts("days")],
        "minutes": sent.whole("minutes", _("Minutes of a session"), 10, 240) or 60,
        "rest_days": sent.whole("rest_days", _("Rest days"), 1, 6) or 2,
        "mobility": sent.whole("mobility", _("Mobility"), 2, 3) or 2,
        "blocks": sent.ticked("blocks"),
        "goal": sent.text("goal"),
        "priming": sent.text("priming"),
        "not_on": _days(sent),
        "athlete": _standing(sent),
        "lifts": _lifts(sent),
        "drills": _drills(sent, {**drills(), **{one.id: one for one in own}}),
    }
    if not asked["days"]:
        raise BadInput(_("Free days: none is ticked; tick those that are free"))
    return table_of(Request, asked, _where, "plan")


def pain_of(sent: Fields) -> Pain | None:
    """Pain as told of today; None where none is."""
    from legato.coaching.plan.asked import told_pain

    during = sent.number("pain", _("Pain"), 0, 10)
    return told_pain(during, sent.ticked("worse_next_morning"), sent.ticked("below_the_knee"))


def done_of(sent: Fields, day: Day | None) -> Session:
    """What was done on a day, from its form; exercises without sets were not done.

    Raises
    ------
    BadInput
        Nothing was done, or a field does not fit.
    """
    on = _day(sent, "on", _("Day"))
    named = {entry.id: entry.name for entry in day.entries} if day else {}
    done: list[dict[str, Any]] = []
    for name, called in named.items():
        sets = sent.whole(f"{name}-sets", _("%s, sets") % called, 0, 50)
        if not sets:
            continue
        about = {
            "id": name,
            "sets": sets,
            "reps": sent.number(f"{name}-reps", _("%s, repetitions") % called, 0, 500),
            "load_kg": sent.mass_kg(f"{name}-load", _("%s, load") % called, 0, 700),
            "rpe": sent.number(f"{name}-rpe", _("%s, effort") % called, 0, 10),
            "pain": sent.number(f"{name}-pain", _("%s, pain") % called, 0, 10),
            "worse_next_morning": sent.ticked(f"{name}-morning"),
            "below_the_knee": sent.ticked(f"{name}-knee"),
            "note": sent.text(f"{name}-note", _("%s, note") % called, 300),
        }
        done.append({field: value for field, value in about.items() if value is not None})
    around = {
        "sleep_h": sent.number("sleep_h", _("Sleep"), 0, 24),
        "soreness": sent.number("soreness", _("Soreness"), 0, 10),
        "readiness": sent.number("readiness", _("Readiness"), 0, 10),
        "breathing_min": sent.number("breathing_min", _("Breathing"), 0, 600),
        "note": sent.text("note", _("Note"), 500),
    }
    if not done:
        raise BadInput(_("Nothing was done: tell the sets of at least one exercise"))
    told = {field: value for field, value in around.items() if value is not None}
    return session_of(table_of(DoneOn, {"on": on.isoformat(), "done": done, **told}, _where, "session"))


def _standing(sent: Fields) -> dict[str, Any]:
    gates = {gate: sent.chosen(f"mobility-{gate}", ("yes", "no"), gate.replace("-", " ")) for gate in mobility_gates()}
    best: dict[str, float] = {}
    for k in range(_MOST_ROWS):
        name, kg = sent.text(f"lift-{k}-id"), sent.mass_kg(f"lift-{k}-best", _("Best of a lift"), 1, 700)
        if name and kg is not None:
            best[name] = kg
    told: dict[str, Any] = {
        "age_years": sent.number("age_years", _("Age"), 6, 110),
        "base_weeks": sent.number("base_weeks", _("Weeks of regular training"), 0, 5200),
    }
    return {name: value for name, value in told.items() if value is not None} | {
        "guardian": sent.ticked("guardian"),
        "supervised": sent.ticked("supervised"),
        "hinge_gate": sent.ticked("hinge_gate"),
        "equipment": [one for one in EQUIPMENT if one in sent.texts("equipment")],
        "mobility": {gate: met == "yes" for gate, met in gates.items() if met},
        "maxima_kg": best,
    }


def _lifts(sent: Fields) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for k in range(_MOST_ROWS):
        if not (name := sent.chosen(f"lift-{k}-id", tuple(lifts()), _("Lift"))):
            continue
        called = lifts()[name].name
        one: dict[str, Any] = {
            "id": name,
            "sets": sent.whole(f"lift-{k}-sets", _("%s, sets a week") % called, 1, 30) or 4,
            "reps": sent.whole(f"lift-{k}-reps", _("%s, repetitions") % called, 1, 30) or 5,
            "days": sent.whole(f"lift-{k}-days", _("%s, days a week") % called, 1, 4) or 2,
        }
        load = sent.mass_kg(f"lift-{k}-load", _("%s, load") % called, 0, 600)
        found.append(one if load is None else one | {"load_kg": load})
    return found


def _drills(sent: Fields, known: Mapping[str, Drill]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for k in range(_MOST_ROWS):
        if not (name := sent.chosen(f"drill-{k}-id", tuple(known), _("Drill"))):
            continue
        one: dict[str, Any] = {"id": name, "level": sent.chosen(f"drill-{k}-level", LEVELS, _("Level")) or LEVELS[0]}
        days = sent.whole(f"drill-{k}-days", _("%s, days a week") % known[name].name, 1, 6)
        found.append(one if days is None else one | {"days": days})
    return found


def _day(sent: Fields, name: str, called: str) -> date:
    return day_of(sent.text(name, called, 20), called)


def day_of(text: str, called: str) -> date:
    """A day as a form gives it.

    Raises
    ------
    BadInput
        It is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(
            _("%(field)s: “%(typed)s” is no day; write it as 2026-11-30") % {"field": called, "typed": text}
        ) from None


def _days(sent: Fields) -> list[str]:
    told = sent.text("not_on", _("Days that are not free"), 1000).replace(",", " ").split()
    return [day_of(one, _("Days that are not free")).isoformat() for one in told]


_NAMES: Mapping[str, str] = {
    "lifts": "Lifts",
    "drills": "Drills",
    "days": "Free days",
    "not_on": "Days that are not free",
}


def _where(place: Place) -> str:
    """Where in the form a field stands."""
    first = str(place[0]) if place else ""
    return _(_NAMES[first]) if first in _NAMES else _("The form")
