"""What is said for a command line is said in the words of the pages."""

import re

import pytest
from fastapi.routing import APIRoute

from legato.coaching.safety.permit import in_force
from legato.coaching.situation import Situation
from legato.messages import BY_HAND
from legato.report.fixes import FIRST_SCREENED, SCREENED
from legato.report.tied import tied
from legato.store.rows import AthleteRow
from legato.web.app import PAGES
from legato.web.app_words import in_app
from legato.web.render import environment

from .athletes import TODAY


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (str(in_force(Situation(TODAY))), "no screening was answered; answer it first: “Screening”"),
        (FIRST_SCREENED, "permits it: “Screening”, then “Plan”."),
        (SCREENED, "bars; “Plan” looks at pain, mobility and equipment too."),
        ("then `legato plan log PLAN --looked-at DAY`, and", "then “Somebody qualified looked at a pain”, and"),
        ("smaller; `legato plan update` takes it in", "smaller; “Make anew” takes it in"),
        ("read it: `legato assess sheet mobility-screen`, given as --sheet; the", "read it: “Mobility screen”; the"),
        ("is missing (`--baseline result.json`).", "is missing (“Earlier session”)."),
        ("missing (<code>--baseline result.json</code>).", "missing (<code>“Earlier session”</code>)."),
        (tied(f"or {BY_HAND}."), "or mark them by hand: “Correct by hand”, “Add one that was missed”."),
        (tied("as the --athlete file says"), "as the athlete's profile says"),
        ("see <code>legato screen</code>", "see “Screening”"),
        ("warm up, `legato drills wu-gym`", None),
        ("`a` and `legato frob`", "`a` and `legato frob`"),
    ],
)
def test_commands_are_named_as_pages_and_buttons(said: str, told: str | None):
    if told is None:
        from legato.coaching.catalogue import warm_ups

        said, told = (f"warm up, `legato drills {next(iter(warm_ups()))}`", next(iter(warm_ups().values())).name)
        assert told in in_app(said) and "`" not in in_app(said)
    else:
        assert told in in_app(said)


def test_no_reason_of_the_gate_speaks_of_a_command():
    from legato.coaching.catalogue import drills
    from legato.coaching.safety.permit import permitted
    from legato.coaching.situation import Screening

    passed = Screening(TODAY, TODAY, passed=True)
    said = {
        reason
        for drill in drills().values()
        for step in drill.steps
        for reason in permitted(drill, step, Situation(TODAY, passed)).reasons
    }
    assert any("`" in reason for reason in said)
    for reason in said:
        assert not re.search(r"`|--[a-z]", in_app(reason)), reason


def shown(text: str, **about: object) -> str:
    return environment().from_string("{{ text | linked }}").render(text=text, **about)


def test_pages_that_a_text_names_are_links():
    told = 'see “<a href="/assessment">Assessment</a>” &amp; &lt;b&gt;'
    assert shown("see `legato assess sheet squat` & <b>") == told
    said = "answer it first: `legato screen`"
    assert shown(said) == "answer it first: “Screening”", "whose, is not known"
    assert 'href="/athletes/0a/screening">Screening</a>”' in shown(said, athlete=AthleteRow(id="0a", name="x"))


def test_every_place_is_a_page():
    from legato.web.app_words import _places

    paths = {route.path for router in PAGES for route in router.routes if isinstance(route, APIRoute)}
    fixed = {path.replace("{athlete}", "{athlete_id}") for path in _places("en").values()}
    assert fixed - {"/assessment/mobility-screen"} <= paths
