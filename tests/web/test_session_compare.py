"""Two sessions side by side: numbers with their intervals, one rule for days, two athletes as no one who changed."""

import json
import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from legato.compare import compare_results, read_result
from legato.compare.baseline import baseline_of_days
from legato.movements.catalogue import load_movement
from legato.report.comparison import (
    by_chance,
    change_cell,
    change_sentence,
    compared,
    row_name,
    set_apart,
    times_in_seconds,
)
from legato.store import Catalogue, keep_file
from legato.store.rows import AthleteRow, ResultRow, SessionRow
from legato.web import overlay
from legato.web.pieces import Name, of_result

from .sessions import FIRST, SECOND, THIRD, coach, demo_folder, library

__all__ = ["coach", "demo_folder", "library"]

KNOWN = '<th scope="col" class="num">smallest detectable</th>'


def text_of(html: str) -> str:
    """What is read of a page, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def result_of(rows: object, path: str) -> ResultRow:
    return rows.get_one(SessionRow, path.rpartition("/")[2]).results[-1]  # type: ignore[attr-defined]


def test_the_page_and_the_line_say_what_the_command_says(coach: TestClient, library: Catalogue):
    with library.session() as rows:
        sessions = rows.query(SessionRow).order_by(SessionRow.recorded_on).all()
        results = [read_result(of_result(library, one.results[-1], "result.json")) for one in sessions]
    known, why = baseline_of_days(results[:3])
    found = compare_results(results[2], results[3], baseline=known)["gaps"][0]
    unit, first, second, difference = set_apart(found, seconds=False)
    assert not why and found["outcome"] == "better" and "±" in first and "±" in second
    page, line = (text_of(coach.get(f"{SECOND}/{name}").text) for name in ("compare", "compare/line"))
    assert f"Better: pelvis → thorax, peak, from {first} to {second} {unit}" in page and "Target: 0 ms and up" in page
    assert f"{first} → {second} {unit}" in line
    for text in (page, line):
        assert difference in text and change_sentence(found)[1:] in text
    # The same mean and interval as on the session's own page.
    with library.session() as rows:
        gap = result_of(rows, SECOND).summary["gaps"][0]["set"]
    assert f"{1000 * gap['value']:.0f} ± {500 * (gap['high'] - gap['low']):.0f}" == second


def test_a_program_gets_the_record_that_the_page_shows(coach: TestClient, library: Catalogue):
    path, other = f"/api/v1{SECOND}/compare", FIRST.rpartition("/")[2]
    with library.session() as rows:
        sessions = rows.query(SessionRow).order_by(SessionRow.recorded_on).all()
        results = [read_result(of_result(library, one.results[-1], "result.json"), one.name) for one in sessions]
    known, _why = baseline_of_days(results[:3])
    for tick in (False, True):
        told = coach.get(path, params={"with": other, "same_placement": tick}).json()
        found = compare_results(results[2], results[3], baseline=known, same_placement=tick)
        assert told == json.loads(json.dumps(found)) and told["gaps"][0]["outcome"] == "better"
    # As on the page: from the other's side the earlier one is first all the same, and two days tell nothing.
    back = coach.get(f"/api/v1/sessions/{other}/compare", params={"with": SECOND.rpartition("/")[2]}).json()
    assert back["first"] == told["first"]
    few = coach.get(path, params={"with": other, "days": [one.id for one in sessions[:2]]}).json()
    assert few["baseline_days"] is None
    assert coach.get(path, params={"with": "nobody"}).status_code == 404
    assert coach.get(path).status_code == 422


def test_a_session_that_is_not_among_those_offered_is_compared_all_the_same(
    coach: TestClient, library: Catalogue, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(overlay, "_MOST_OTHERS", 1)
    first = FIRST.rpartition("/")[2]
    with library.session() as rows:
        rows.add(AthleteRow(id="b" * 16, name="Ben"))
        rows.flush()
        rows.get_one(SessionRow, first).athlete_id = "b" * 16
        # Two that are newer: one of nobody, and one of which nothing was analysed.
        rows.get_one(SessionRow, THIRD.rpartition("/")[2]).athlete_id = None
        rows.add(SessionRow(name="Left", recorded_on=date.today()))
    assert coach.get(f"/api/v1{SECOND}/compare", params={"with": first}).json()["one_athlete"] is False
    page = coach.get(f"{SECOND}/compare?with={first}").text
    assert f'<option value="{first}" selected' in page and f'<option value="{THIRD.rpartition("/")[2]}"' in page


def test_each_number_has_one_word_for_its_change(coach: TestClient):
    other = FIRST.rpartition("/")[2]
    record = coach.get(f"/api/v1{SECOND}/compare", params={"with": other}).json()
    page = coach.get(f"{SECOND}/compare?with={other}").text
    told = re.findall(r'data-of="change">([^<]+)<', page)
    assert told == [change_cell(row) for row in compared(record)] and "better" in told
    assert page.count('data-of="smallest detectable"') == len(told) and 'data-of="detectable"' not in page


def test_home_and_the_athlete_s_page_lead_to_the_comparison(coach: TestClient):
    for path in ("/", "/athletes/de30000000000000"):
        text = coach.get(path).text
        assert text.count(">Compare with the one before<") == 4 and f'href="{SECOND}/compare"' in text
        assert 'href="/sessions/de3000000000000a/compare"' not in text


def test_the_timeline_of_both_has_the_gap_s_own_interval(library: Catalogue):
    """What the repetitions are lined up at is the gap's first event, so the lane of its second is that gap."""
    with library.session() as rows:
        result = result_of(rows, SECOND)
    gap = result.summary["gaps"][0]
    lane = next(one for one in of_result(library, result, "session.json")["lanes"] if one["link"] == gap["to"])
    assert {end: lane[end] for end in ("value", "low", "high")} == pytest.approx(
        {end: gap["set"][end] for end in ("value", "low", "high")}
    )


def test_another_athlete_s_session_differs_and_nobody_changed(coach: TestClient, library: Catalogue):
    with library.session() as rows:
        rows.add(AthleteRow(id="b" * 16, name="Ben & Co"))
        rows.flush()
        rows.get_one(SessionRow, FIRST.rpartition("/")[2]).athlete_id = "b" * 16
    page = coach.get(f"{SECOND}/compare?with={FIRST.rpartition('/')[2]}&same_placement=1").text
    read = text_of(page.partition('id="choose"')[0])
    assert "Ben &amp; Co · Demo athlete" in read and "Differs; between two athletes this is no change" in read
    assert "These are" not in read and "neither of them better or worse" in read
    for word in (
        "Then",
        "Now",
        "then and now",
        "goes from",
        "changed",
        "better:",
        "worse:",
        "not known",
        "→ 35",
        "→ ok",
    ):
        assert word not in read, word
    assert "same_placement" not in page and KNOWN not in page


def test_of_sessions_without_an_athlete_nothing_is_said_of_a_change(coach: TestClient, library: Catalogue):
    with library.session() as rows:
        for row in rows.query(SessionRow):
            row.athlete_id = None
    read = text_of(coach.get(f"{SECOND}/compare?with={FIRST.rpartition('/')[2]}").text.partition('id="choose"')[0])
    assert "Whose sessions these are is not told" in read and "goes from" not in read and "Then" not in read
    assert "Against" not in coach.get(f"{SECOND}/compare/line").text


@pytest.mark.parametrize(("days", "known"), [("abc", True), ("aab", False), ("aabc", True)])
def test_the_smallest_detectable_change_takes_three_days_not_sessions(
    coach: TestClient, library: Catalogue, days: str, known: bool
):
    """As on the athlete's page: two sessions of one day are one."""
    with library.session() as rows:
        sessions = rows.query(SessionRow).order_by(SessionRow.recorded_on, SessionRow.created_at).all()
        kept, begin = sessions[-len(days) :], sessions[0].recorded_on
        for one in sessions[: -len(days)]:
            rows.delete(one)
        for one, day in zip(kept, days, strict=True):
            one.recorded_on = begin + timedelta(days="abc".index(day))
        athlete = kept[0].athlete_id
    compare, overview = coach.get(f"{THIRD}/compare").text, coach.get(f"/athletes/{athlete}").text
    assert (KNOWN in compare) == known
    # Of what findings are judged by not each was measured on three days.
    overview = overview.partition("What findings are judged by")[0]
    assert ("Smallest detectable change: unknown" not in overview) == known
    if not known:
        assert "it takes 3 days of the athlete, done alike: 1 day more" in compare


def test_days_that_are_ticked_are_used_each_once(coach: TestClient, library: Catalogue):
    with library.session() as rows:
        ids = [one.id for one in rows.query(SessionRow).order_by(SessionRow.recorded_on)]
    ask = f"{SECOND}/compare?with={FIRST.rpartition('/')[2]}"
    assert KNOWN not in coach.get(f"{ask}&days={ids[0]}&days={ids[1]}").text
    text = coach.get(f"{ask}&days={ids[0]}&days={ids[1]}&days={ids[4]}").text
    assert (
        KNOWN in text
        and text.count('name="days"') == 5
        and len(re.findall(r'name="days" value="\w+" checked', text)) == 3
    )
    with library.session() as rows:
        rows.get_one(SessionRow, ids[1]).recorded_on = rows.get_one(SessionRow, ids[0]).recorded_on
    text = text_of(coach.get(f"{ask}&days={ids[0]}&days={ids[1]}&days={ids[2]}&days={ids[4]}").text)
    read_from = text.partition("from day to day is read from ")[2].partition(".")[0]
    assert len(set(read_from.split(", "))) == 3 == len(read_from.split(", ")), "of two on one day the last"


def told_anew(library: Catalogue, path: str, file: Name = "result.json", **parts: Any) -> None:
    """Another file for a session's newest result, with these parts of it laid over its own."""
    with library.session() as rows:
        row = result_of(rows, path)
        record: dict[str, Any] = dict(of_result(library, row, file))
        for name, part in parts.items():
            record[name] = {**record[name], **part} if isinstance(part, dict) else part
        saved = library.files.save_bytes(json.dumps(record).encode())
        keep_file(rows, saved)
        row.files = {**row.files, file: saved.sha256}


def test_what_was_not_done_alike_stands_beside_the_finding_and_in_the_line(coach: TestClient, library: Catalogue):
    alike = "The two were not done alike"
    pages = [f"{SECOND}/compare", f"{SECOND}/compare/line"]
    assert not any(alike in coach.get(path).text for path in pages)
    told_anew(library, SECOND, settings={"loads_kg": [2.0] * 6, "baseline": "f" * 64})
    for path in pages:
        above = text_of(coach.get(path).text.partition('id="numbers"')[0])
        assert "what differs may come of that: loads, kg: none → 2." in above and "Better" in above.title()


def test_a_leg_of_another_length_is_told_above_and_no_change_is(coach: TestClient, library: Catalogue):
    told_anew(library, SECOND, body={"lengths": {"leg": {"value": 0.95, "low": 0.94, "high": 0.96, "unit": "m"}}})
    page, line = (text_of(coach.get(f"{SECOND}/{name}").text) for name in ("compare", "compare/line"))
    for text in (page, line):
        assert "cm more than in the first set" in text and "this may be another person" in text
        assert "better" not in text.lower() and "differs; whether the athlete changed is not told" in text.lower()
    assert "In doubt: pelvis → thorax" in page
    overview = text_of(coach.get("/athletes/de30000000000000").text)
    assert "otherwise than the first: the leg measures" in overview and "in doubt" in overview


def test_a_tick_that_the_distances_refute_is_told_above_and_changes_no_number(coach: TestClient, library: Catalogue):
    names = ("pelvis", "thorax", "thigh_right", "upper_arm_right")
    ask, tick = f"{SECOND}/compare?with={FIRST.rpartition('/')[2]}", "&same_placement=1"

    def numbers(path: str) -> str:
        return text_of(coach.get(path).text.partition('id="numbers"')[2].partition("<ul")[0])

    for off_m, seen in ((0.012, "the recordings say otherwise"), (0.002, "as where they stayed on")):
        for path, off in ((FIRST, 0.0), (SECOND, off_m)):
            placed = {n: {"markers": list("abc"), "distances_m": [0.1 + off, 0.2 - off, 0.3 + off]} for n in names}
            told_anew(library, path, body={"placement": placed})
        page = text_of(coach.get(ask + tick).text)
        above = page.partition("Numbers side by side")[0]
        assert (seen in above) == (off_m > 0.01) and seen in page
        assert (numbers(ask + tick) == numbers(ask)) == (off_m > 0.01)


def test_findings_stand_in_the_table_with_what_the_command_says(coach: TestClient, library: Catalogue):
    with library.session() as rows:
        records = [of_result(library, result_of(rows, path), "result.json") for path in (FIRST, SECOND)]
    known = {row["name"]: row for row in compare_results(*map(read_result, records))["findings"]}
    numbered = {f["name"] for record in records for f in record["findings"] if f["measured"]}
    assert known and set(known) <= numbered
    table = coach.get(f"{SECOND}/compare?with={FIRST.rpartition('/')[2]}").text.partition('id="numbers"')[2]
    cells = {
        unescape(text_of(head)): [unescape(text_of(cell)) for cell in re.findall(r"<td[^>]*>(.*?)</td>", rest)]
        for head, rest in re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', table)
    }
    for row in known.values():
        assert tuple(cells[row_name(row)][:4]) == set_apart(row, seconds=times_in_seconds([*known.values()]))


def test_two_timelines_at_other_instants_are_not_laid_over_each_other(coach: TestClient, library: Catalogue):
    page = coach.get(f"{SECOND}/compare").text
    assert "data-alike" in page and "lined up at different instants" not in page
    told_anew(library, FIRST, "session.json", aligned="start of the rep")
    page = coach.get(f"{SECOND}/compare").text
    assert "data-overlay=" in page and "data-alike" not in page and "lined up at different instants" in page


def test_no_mean_is_drawn_of_an_event_that_few_repetitions_were_timed_in(coach: TestClient, library: Catalogue):
    with library.session() as rows:
        lanes = of_result(library, result_of(rows, FIRST), "session.json")["lanes"]
    pages = [f"{SECOND}/compare", f"{SECOND}?beneath={FIRST.rpartition('/')[2]}"]
    drawn = ['class="both-mark then"', 'class="ghost peak"']
    before = [coach.get(path).text.count(mark) for path, mark in zip(pages, drawn, strict=True)]
    told_anew(
        library, FIRST, "session.json", lanes=[lane | {"n": 3 if lane["link"] == "hand" else 4} for lane in lanes]
    )
    for path, mark, count in zip(pages, drawn, before, strict=True):
        text = coach.get(path).text
        assert "timed in 3 of 6: no mean" in text and text.count(mark) == count - 1 > 0


def test_a_session_is_held_against_the_last_that_has_a_number_in_common(coach: TestClient, library: Catalogue):
    with library.session() as rows:
        middle = result_of(rows, FIRST)
        gaps = [gap | {"set": None} for gap in middle.summary["gaps"]]
        middle.summary = middle.summary | {"gaps": gaps, "metrics": {}}
    assert "Against Baseline throws, second day" in text_of(coach.get(f"{SECOND}/compare/line").text)
    assert coach.get("/").text.count(">Compare with the one before<") == 3
    with library.session() as rows:
        for session in rows.query(SessionRow):
            if not SECOND.endswith(session.id):
                of = session.results[-1]
                of.summary = of.summary | {"gaps": gaps, "metrics": {}}
    assert "Against" not in coach.get(f"{SECOND}/compare/line").text
    assert "Compare with the one before" not in coach.get("/").text


def test_an_edited_movement_is_told_beside_the_finding(coach: TestClient, library: Catalogue):
    with library.session() as rows:
        told = of_result(library, result_of(rows, SECOND), "result.json")["movement"]["checksum"]
    # The throwing side was found; the entry is the library's all the same.
    assert told == load_movement("throw").checksum
    told_anew(library, SECOND, movement={"checksum": "0" * 8})
    assert f"the movement's entry: {told} → 00000000." in unescape(text_of(coach.get(f"{SECOND}/compare/line").text))


def test_what_cannot_be_compared_is_called_by_its_name(coach: TestClient, library: Catalogue):
    told_anew(library, SECOND, reps=[], chain=None, findings=[])
    read = text_of(coach.get(f"{SECOND}/compare").text)
    assert "Session 1: throws before the drills and Session 2: throws after four weeks of drills cannot be" in read
    told_anew(library, SECOND, movement={"id": "javelin-throw"})
    with library.session() as rows:
        one, two = (result_of(rows, path).session.name for path in (FIRST, SECOND))
    assert f"{two}: is of javelin-throw, and {one} of throw" in text_of(coach.get(f"{SECOND}/compare").text)


def test_without_a_gap_in_both_the_heading_counts_what_differs_and_chance_stands_beside(
    coach: TestClient, library: Catalogue
):
    told_anew(library, SECOND, chain=None)
    with library.session() as rows:
        one, two = (read_result(of_result(library, result_of(rows, p), "result.json")) for p in (FIRST, SECOND))
    record = compare_results(one, two)
    every = compared(record)
    differ = [row for row in every if row["shown"] != "no"]
    page = text_of(coach.get(f"{SECOND}/compare?with={FIRST.rpartition('/')[2]}").text)
    assert (
        f"{len(differ)} of {len(every)} numbers differ between the two sets" in page and by_chance(len(every)) in page
    )
    surest = max(differ, key=lambda row: abs(row["difference"]["value"]) / (
        row["difference"]["high"] - row["difference"]["low"]
    ))  # fmt: skip
    listed = page.partition("What differs most surely:")[2].partition("chance alone")[0]
    assert listed.strip().lower().startswith(row_name(surest).lower())
    assert set_apart(surest, seconds=times_in_seconds(every))[3] in listed


def test_a_fault_found_anew_stands_above_the_sessions_and_heads_a_page_without_a_gap(
    coach: TestClient, library: Catalogue
):
    anew = "Found in the second and not in the first:"
    with library.session() as rows:
        row = result_of(rows, SECOND)
        findings = [dict(one) for one in row.summary["findings"]]
        findings[-1] |= {"verdict": "fault", "name": "Turn <too far>"}
        row.summary = row.summary | {"findings": findings}
    page = text_of(coach.get(f"{SECOND}/compare").text)
    assert -1 < page.find("Better: pelvis") < page.find(anew) < page.find("Then: ") and "Turn &lt;too far&gt;: " in page
    told_anew(library, SECOND, chain=None)
    page = text_of(coach.get(f"{SECOND}/compare").text)
    assert f"{anew} Turn &lt;too far&gt;" in page and page.count(anew) == 2
