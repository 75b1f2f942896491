"""The page of an audit stands alone, says every finding, and lets nothing of a log through as markup."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from legato.coaching.audit.audit import Audit, audit_log
from legato.coaching.audit.dose import Measurement
from legato.coaching.audit.imported import Around, Imported, LogSet, Said
from legato.coaching.audit.names import exercise_names
from legato.estimate import Estimate
from legato.report.audit_page import VERDICTS, audit_html

from .test_browser import Browser

MONDAY = date(2026, 1, 5)


@pytest.fixture(scope="module")
def found() -> Audit:
    """A year of two lifts, with a name that is markup, days around, measurements and a row that was left out."""
    names = ("Squat", "Bench Press (Barbell)", "<script>alert(1)</script> of a very long name that goes on and on")
    days = [MONDAY + timedelta(days=7 * week + 2 * k) for week in range(50) for k in range(3)]
    sets = [LogSet(k, on, names[k % 3], reps=5.0, weight_kg=60.0 + k, rpe=8.0) for k, on in enumerate(days * 3)]
    log = Imported(
        ("a log & more.csv",), len(sets), tuple(sorted(sets, key=lambda one: one.on)),
        {on: Around(7.5, 3.0, None, 5.0) for on in days},
        (Said("a log & more.csv", 7, "reps: '<b>' is no number", "row"),),
        repeated=3, no_sets=2, unread=("title",),
    )  # fmt: skip
    measured = [
        Measurement(MONDAY + timedelta(days=28 * k), Estimate.symmetric(10.0 + k % 3, 0.5, "cm")) for k in range(1, 12)
    ]
    return audit_log(log, exercise_names(), 0, measured=("height", measured))


@pytest.fixture(scope="module")
def browser(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    opened = Browser(chromium, tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


def test_every_finding_stands_there_and_markup_of_the_log_does_not(found: Audit):
    page = audit_html(found)
    for one in found.findings:
        assert one.title in page
        assert VERDICTS[one.verdict] in page
    assert "<script" not in page
    assert "<b>&#x27;" not in page and "'<b>'" not in page
    assert "a log &amp; more.csv, line 7" in page
    assert "http" not in page.replace("http-equiv", "")


def test_what_stops_the_plan_stands_above_the_findings(found: Audit):
    page = audit_html(found, ("pain: stop, <see> somebody",))
    assert page.index("<b>STOP</b> Pain: stop, &lt;see&gt; somebody.") < page.index("<h2>Findings")
    assert "STOP" not in audit_html(found)


def test_the_page_without_sets_or_days_is_whole():
    log = Imported(("log.csv",), 1, (), {MONDAY: Around(7.0)}, ())
    page = audit_html(audit_log(log, exercise_names(), 12))
    assert "The days around" in page
    assert page.rstrip().endswith("</html>")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("dark", [False, True])
def test_the_page_fits_its_window(browser: Browser, found: Audit, tmp_path: Path, width: int, dark: bool):
    (tmp_path / "audit.html").write_text(audit_html(found), "utf-8")
    browser.open(tmp_path / "audit.html", (width, 900), dark)
    assert browser.value("document.documentElement.scrollWidth") <= width
    assert not browser.errors()
    assert not browser.requests()
