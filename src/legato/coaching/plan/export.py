"""A plan for other programs: a calendar (ICS) and a table (CSV)."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from legato.coaching.blocks import Block, BlockSpec, blocks
from legato.coaching.model import Level
from legato.coaching.plan.model import Day, Entry, Plan, Primed, Week
from legato.coaching.plan.request import Request
from legato.coaching.plan.rules import Asked
from legato.coaching.plan.solve import Clash
from legato.coaching.safety.gates import session_rules
from legato.errors import BadInput

COLUMNS = (
    "date", "week", "block", "deload", "order", "exercise", "name", "level", "sets", "reps", "dose", "tempo", "load_kg",
    "load_share", "cue", "why", "keep_to",
)  # fmt: skip

_SEQUENCE_FROM = datetime(2026, 1, 1, tzinfo=UTC)
"""The moment from which SEQUENCE counts in seconds. [ENG] Before any plan; it stays below 2^31 until 2094."""


def entry_words(entry: Entry) -> str:
    """`Dowel hinge 3 × 5, tempo 3-1-2-0`."""
    load = f" at {load}" if (load := load_words(entry)) else ""
    own = f" ({said})" if (said := own_words(entry)) else ""
    return f"{entry.name}{own} {entry.dose}{load}" + (f", tempo {entry.tempo}" if entry.tempo else "")


def own_words(entry: Entry) -> str:
    """`your own, grade D, not tried by Legato`, of a coach's own drill; empty for others."""
    if entry.own is None:
        return ""
    return f"your own, {'default' if entry.own == 'ENG' else f'grade {entry.own}'}, not tried by Legato"


def load_words(entry: Entry) -> str:
    """`62.5 kg`, or what share of the load that is used now; empty where nothing is to be said."""
    if entry.load_kg is not None:
        return f"{entry.load_kg:g} kg" if entry.load_kg else ""
    return f"about {100 * entry.load_share:.0f} % of the load you use now" if entry.load_share < 1.0 else ""


def clash_words(clash: Clash) -> str:
    """What cannot be kept together, and what giving up helps."""
    first, last = clash.weeks.start + 1, clash.weeks.stop
    which = f"week {first}" if first == last else f"weeks {first} to {last}"
    after = f", after week {first - 1} as it is" if clash.settled else ""
    rules = _names(clash.rules)
    kept = f" with what is never given up ({rules})" if rules else ""
    wishes = _names(clash.wishes)
    if not clash.wishes:
        return f"no plan: in {which}{after}, these cannot all be kept: {rules}"
    said = f"no plan: in {which}{after}, these cannot all be kept{kept}: {wishes}."
    if not clash.sure:
        return f"{said} Some of them may have no part in it: there was no time to try each"
    if len(clash.enough) == len(clash.wishes):
        return f"{said} Give up any one of them, or ask for less of it"
    if clash.enough:
        return f"{said} To give up one of these, or ask for less of it, is enough: {_names(clash.enough)}"
    return f"{said} Give up one of them, or ask for less of it; something else clashes too, and is told then"


def _names(asked: Sequence[Asked]) -> str:
    return "; ".join(one.words for one in asked)


def plan_csv(plan: Plan, stops: Sequence[str] = (), words: Callable[[str], str] = str) -> str:
    """A row an exercise and day, with a comma between columns; `stops`: why nothing of it is to be done as it stands,
    first among what each row keeps to; `words`: what each text is put through, as in `plan_ics`.
    """
    stop = [f"STOP: {one}" for one in stops]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for week, day in _days(plan):
        for k, e in enumerate(day.entries, start=1):
            load = "" if e.load_kg is None else f"{e.load_kg:g}"
            why = "; ".join(filter(None, (own_words(e), e.why)))
            table.writerow(
                (
                    day.on.isoformat(), week.number, week.block or "", "yes" if week.deload else "no", k, e.id, e.name,
                    e.level, e.sets, "" if e.reps is None else e.reps, e.dose, e.tempo, load,
                    f"{e.load_share:g}" if e.lift else "", words(e.cue), words(why),
                    words("; ".join([*stop, *e.provisos])),
                )
            )  # fmt: skip
    return text.getvalue()


def plan_ics(
    plan: Plan,
    at: time | None = None,
    stops: Sequence[str] = (),
    words: Callable[[str], str] = str,
    *,
    whose: str = "",
    revised: datetime | None = None,
) -> str:
    """A calendar with an event a session, RFC 5545; sessions that left the plan since it was made are cancelled.

    An event keeps its UID, and SEQUENCE rises with the seconds: what was written last counts, of whichever plan. An
    event without a time of day leaves the day free for others.

    Parameters
    ----------
    plan
        The plan.
    at
        The local time of day at which sessions begin; whole days where it is not told.
    stops
        Why no session is to be done as it stands; each event says so first.
    words
        What each text is put through, so that it names the buttons of a page in place of commands.
    whose
        Who the plan is of, else the `code` of the athlete in its request: their sessions have UIDs of their own, and
        that of a later plan on a day takes the place of an earlier one. Where neither is told, UIDs are those of the
        plan's first day.
    revised
        When it is written; now where it is not told.

    Raises
    ------
    BadInput
        The package for calendars is not installed.
    """
    try:
        from icalendar import Calendar, Event
    except ModuleNotFoundError:
        raise BadInput("calendars need the package icalendar: pip install 'legato[plan]'") from None
    calendar: Any = Calendar()
    calendar.add("prodid", "-//Legato//plan//EN")
    calendar.add("version", "2.0")
    changed = revised or datetime.now(UTC)
    sequence = int((changed - _SEQUENCE_FROM).total_seconds())
    own = whose or plan.request.athlete.code or str(plan.request.start)

    def added(on: date, minutes: int, summary: str) -> Any:
        event: Any = Event()
        name = hashlib.sha256(f"{own} {on}".encode()).hexdigest()[:24]
        event.add("uid", f"{name}@legato")
        event.add("dtstamp", changed)
        event.add("sequence", sequence)
        start = on if at is None else datetime.combine(on, at)
        event.add("dtstart", start)
        event.add("dtend", start + (timedelta(days=1) if at is None else timedelta(minutes=minutes)))
        event.add("summary", words(summary))
        if at is None:
            event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
        return event

    for week, day in _days(plan):
        event = added(day.on, day.minutes, f"{'STOP: ' if stops else ''}{title(week, day)}")
        said = [f"STOP: {one}." for one in stops]
        event.add("description", words("\n".join([*said, *_day_words(plan, week, day)])))
    for on in plan.gone:
        added(on, 1, "No session: it left the plan").add("status", "CANCELLED")
    return str(calendar.to_ical().decode("utf-8"))


def warm_up_words(plan: Plan) -> str:
    """What is done before a session."""
    if plan.warm_up:
        return f"warm up, `legato drills {plan.warm_up}`"
    return "warm up easily; each of Legato's warm-ups holds something that is left out here"


def primed_words(primed: Primed) -> str:
    """What the sessions of a week begin with after the warm-up."""
    begins = f"{primed.name} (`legato priming {primed.id}`, about {primed.minutes:g} min)"
    keep = f" (keep to: {'; '.join(primed.provisos)})" if primed.provisos else ""
    return f"after the warm-up, {begins}: {'; '.join(primed.parts)}{keep}; then rest {primed.rest}"


PRIMED = (
    "Priming comes after the warm-up; what both hold is done once. Neither is counted in the minutes of a session."
    " Whether priming works for you only a trial tells (`legato trial`)."
)
"""Said with every plan that primes."""


def _day_words(plan: Plan, week: Week, day: Day) -> Iterator[str]:
    yield f"First: {warm_up_words(plan)}."
    if week.primed is not None:
        yield f"Then {primed_words(week.primed)}. {PRIMED}"
    for entry in day.entries:
        yield f"{entry_words(entry)}. {entry.cue}"
    if any(entry.tempo for entry in day.entries):
        yield TEMPO
    yield from (f"Keep to: {said.rstrip('.')}." for said in kept_to(day.entries))


def title(week: Week, day: Day) -> str:
    """`Week 3, align: 45 min, form check`."""
    check = ", form check" if day.form_check else ""
    return f"{week_title(week)}: {day.minutes} min{check}"


def week_title(week: Week) -> str:
    """`Week 4, prime, a week of less`."""
    return f"Week {week.number}{f', {week.block}' if week.block else ''}{', a week of less' if week.deload else ''}"


def block_words(plan: Plan, block: Block) -> str:
    """What a block asks of the drills and lifts that a plan has in it: `Drills: slow, without load, ... Lifts: ...`."""
    entries = [e for week in plan.weeks if week.block == block for day in week.days for e in day.entries]
    loaded: dict[str, Level] = {e.name: e.level for e in entries if not e.lift and e.level in ("loaded", "explosive")}
    spec, said = blocks()[block], list[str]()
    if any(not e.lift for e in entries):
        said.append(f"Drills: {_drills_in(spec, loaded)}.")
    if any(e.lift for e in entries):
        share, sets = spec.load.value, spec.sets.value
        load = f"{100 * share:.0f} % of the load asked for" if share < 1.0 else "the whole load asked for"
        said.append(f"Lifts: {load}{f', about {100 * sets:.0f} % of the sets before' if sets < 1.0 else ''}.")
    return " ".join(said)


def _drills_in(spec: BlockSpec, loaded: Mapping[str, Level]) -> str:
    """How drills are done, where they are otherwise than the block means too."""
    if spec.highest.level in ("hold", "dynamic"):
        return f"{spec.means}; but for {', '.join(loaded)}, whose lowest version is that" if loaded else spec.means
    if spec.highest.level not in loaded.values():
        return f"as before; none of this plan's is {'fast' if spec.highest.level == 'explosive' else 'loaded'} in it"
    return spec.means


def week_words(week: Week) -> str:
    """What differs in a week from the others of its block; empty where nothing does."""
    less = "fewer hard sets than in a full week" if week.deload else ""
    return less if week.block is not None else f"as asked{f', with {less}' if less else ''}"


def kept_to(entries: Sequence[Entry]) -> tuple[str, ...]:
    """What is kept to in some sessions, each once: that of their exercises alone, then that of every session."""
    rules = session_rules()
    own = dict.fromkeys(said for entry in entries for said in entry.provisos)
    return (*(one for one in own if not any(one.lower() in rule.lower() for rule in rules)), *rules)


TEMPO = "Tempo is seconds down, held, up, held."


LOADS = (
    "Loads go up only with the log: `legato plan log`, then `legato plan update`. By itself no plan gives more load"
    " than was asked for. Sets of lifts grow by themselves: a tenth at most from full week to full week, and up to"
    " three tenths more than was asked for."
)


def notes_of(request: Request, weeks: Sequence[Week]) -> tuple[str, ...]:
    """What holds for a whole plan, in words."""
    primes = any(week.primed for week in weeks)
    return (*((LOADS,) if request.lifts else ()), *((PRIMED,) if primes else ()))


def _days(plan: Plan) -> Iterator[tuple[Week, Day]]:
    for week in plan.weeks:
        for day in week.days:
            yield week, day
