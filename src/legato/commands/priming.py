"""`legato priming`: what may be done before a test so that it goes better, when, and what is known of it."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from legato.commands.options import JsonOut
from legato.commands.output import write_json
from legato.commands.screen import screening_that_passes
from legato.commands.terminal import say, say_pair
from legato.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from legato.coaching.priming.model import Protocol, Region
    from legato.coaching.situation import Screening, Situation


def priming(
    protocol: Annotated[str | None, typer.Argument(help="Show this one in full.", show_default=False)] = None,
    test_at: Annotated[
        str | None, typer.Option("--test-at", metavar="TIME", help="When the test begins, as 18:30: what comes before.")
    ] = None,
    region: Annotated[str, typer.Option(metavar="upper|lower", help="Which limbs the test asks for.")] = "lower",
    screening: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The athlete's screening.json; a schedule needs it.")
    ] = None,
    request: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A plan's request: where the athlete stands, what there is.")
    ] = None,
    pain: Annotated[
        float | None, typer.Option(min=0, max=10, help="Pain today, 0 to 10; a schedule needs it, and 0 is an answer.")
    ] = None,
    plan: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The athlete's plan.json: its request, and pain in its log.")
    ] = None,
    own: Annotated[
        list[Path] | None, typer.Option("--own", metavar="FILE", help="TOML with protocols of your own.")
    ] = None,
    json_out: JsonOut = None,
) -> None:
    """List what primes and what is known of it, show one, or the minutes before a test."""
    from legato.coaching.priming.catalogue import load_protocol, protocols
    from legato.report.priming_words import protocol_lines

    if region not in ("upper", "lower"):
        raise BadInput(f"--region {region!r:.40}: give upper (arms) or lower (legs)")
    if test_at is not None and (protocol is None or screening is None):
        raise BadInput("--test-at goes with a protocol and --screening, without which nothing is scheduled")
    if test_at is not None and pain is None:
        raise BadInput("--test-at goes with --pain, today's pain from 0 to 10: --pain 0 where there is none")
    if test_at is None and any(one is not None for one in (screening, request, pain, plan)):
        raise BadInput("--screening, --request, --plan and --pain go with --test-at, the minutes before a test")
    if request is not None and plan is not None:
        raise BadInput("give --plan or --request; a plan holds its request")
    if protocol is None:
        _list(protocols(own or ()), json_out)
        return
    one = load_protocol(protocol, own or ())
    if test_at is None:
        if json_out is not None:
            write_json(one.model_dump(mode="json"), json_out)
        if json_out != "-":
            for k, line in enumerate(protocol_lines(one)):
                say(line, hang=2 if k else 0)
        return
    from legato.coaching.priming.schedule import schedule
    from legato.report.priming_words import schedule_lines, schedule_record

    assert screening is not None
    at = time_of(test_at)
    passed = screening_that_passes(screening, json_out)
    if passed is None:
        raise typer.Exit(3)
    situation = situation_on(passed, request, at, pain=pain, plan=plan)
    limbs: Region = "upper" if region == "upper" else "lower"
    days = [schedule(one, at, limbs, situation, primed=primed) for primed in (True, False)]
    if json_out is not None:
        write_json([schedule_record(day) for day in days], json_out)
    if json_out != "-":
        for k, line in enumerate(schedule_lines(one, days)):
            say(line, hang=8 if k else 2)


def time_of(text: str) -> datetime:
    """A time of today, or of the day that is told. Raises `BadInput`."""
    for form in ("%H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"):
        try:
            found = datetime.strptime(text, form)
        except ValueError:
            continue
        now = datetime.now()
        return found.replace(year=now.year, month=now.month, day=now.day) if form == "%H:%M" else found
    raise BadInput(f"--test-at {text!r:.40}: give a time as 18:30, or with its day as 2026-11-24T18:30")


def situation_on(
    screening: "Screening", request: Path | None, at: datetime, *, pain: float | None = None, plan: Path | None = None
) -> "Situation":
    """The athlete on a day, as the screening, a plan (with its log) or a plan's request, and today's pain tell."""
    from legato.coaching.plan.kept import read_plan, read_request
    from legato.coaching.plan.request import Standing
    from legato.coaching.plan.situation import situation_of
    from legato.coaching.situation import Pain

    told = None if pain is None else Pain(pain)
    if plan is not None:
        found = read_plan(plan)
        told = told or found.pain_told
        log, start, own = found.log, found.request.start, found.versions()
        return situation_of(found.athlete, screening, at.date(), pain=told, sessions=log, start=start, own=own)
    standing = Standing() if request is None else read_request(request).athlete
    return situation_of(standing, screening, at.date(), pain=told)


def _list(known: "Mapping[str, Protocol]", json_out: str | None) -> None:
    if json_out is not None:
        write_json([one.model_dump(mode="json") for one in known.values()], json_out)
    if json_out == "-":
        return
    from legato.report.drill_words import graded

    column = max(len(name) for name in known) + 2
    for name, one in known.items():
        say_pair(name, f"{one.name} ({graded(one.grade)}){': not offered' if one.refused else ''}", column)
    typer.echo("")
    say("Priming is a definition of ours. Whether one works for an athlete, randomised pairs tell: `legato trial`.")
