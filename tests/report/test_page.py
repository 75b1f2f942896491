"""The page as text: self-contained, small, safe against names in files, and honest about what is missing."""

import base64
import dataclasses
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import numpy as np
import pytest

from legato.chain.model import ChainResult
from legato.recording import InputFile
from legato.report import report_html
from legato.report.page import report_page, report_pieces
from legato.signals import timing

SHEET = files("legato.report").joinpath("assets")

VOID = {"meta", "link", "input", "br", "img", "hr"}


class Checker(HTMLParser):
    """Holds that every element is closed, and gathers ids, addresses and the text shown."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in ("src", "href", "action", "xlink:href") and value:
                self.addresses.append(value)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.text.append(data)


def checked(page: str) -> Checker:
    checker = Checker()
    checker.feed(page)
    checker.close()
    assert checker.open == []
    return checker


def data_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="legato-data">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


def unpacked(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), dtype="<i2")


@pytest.mark.parametrize("name", ["squat", "throw", "press"])
def test_the_page_is_well_formed_self_contained_and_small(name: str, request: pytest.FixtureRequest):
    page = report_html(request.getfixturevalue(name))
    found = checked(page)
    assert len(found.ids) == len(set(found.ids))
    assert all(address.startswith(("#", "data:")) for address in found.addresses)
    assert all(address[1:] in found.ids for address in found.addresses if address.startswith("#"))
    assert not re.search(r"(https?:)?//[a-z0-9-]+\.[a-z]", page.replace("http://www.w3.org", ""))
    assert len(page.encode()) < 3_000_000
    assert "$" not in "".join(found.text)


def test_names_from_files_are_never_markup(throw: Any):
    nasty = '</script><img src=x onerror="alert(1)">${title}'
    file = InputFile(f"a/{nasty}.c3d", "ab" * 32, "c3d", ("markers",))
    points = throw.body.points | {nasty: throw.body.points["head"]}
    throw = dataclasses.replace(
        throw, body=dataclasses.replace(throw.body, points=points, marker_set=nasty, notes=(nasty,))
    )
    throw = dataclasses.replace(throw, recording=dataclasses.replace(throw.recording, inputs=(file,)))
    throw = dataclasses.replace(throw, notes=(nasty,))
    page = report_html(throw)
    checked(page)
    assert "<img" not in page
    assert page.count("<script") == 2
    assert nasty in data_of(page)["points"]


def test_the_headline_is_the_first_heading(throw: Any):
    text = " ".join(checked(report_html(throw)).text)
    assert "The thorax peaks 38\u00a0ms before the pelvis" in text
    assert text.index("the order is wrong") < text.index("Chain timeline")


def test_sources_grades_hashes_and_versions_are_on_the_page(throw: Any):
    text = " ".join(checked(report_html(throw)).text)
    for expected in ("Serrien 2018, review of 14", "ab" * 32, "0.1.0", "set.c3d", "90\u00a0%"):
        assert expected in text, expected
    assert "trials/day" not in text
    assert "SACR: never seen in this recording" in text
    assert "two peaks of equal height" in text


def test_every_chart_has_a_table_behind_it(squat: Any):
    page = report_html(squat)
    assert page.count("<figure>") == page.count("</div></details></figure>")
    assert page.count('<div class="one"') == page.count("Table (every frame is in")


def test_marks_and_gaps_say_that_they_are_timed_with_their_own_filters(throw: Any):
    page = report_html(throw)
    said = "A gap is timed with one filter for both links"
    # Once under the timeline, once in the table of each gap.
    assert page.count(said) == 1 + len(throw.chain.gaps)
    assert page.index(said) < page.index("Gaps between links")


def test_an_order_says_how_many_reps_it_counts_and_what_its_agreement_means(throw: Any):
    text = " ".join(checked(report_html(throw)).text)
    assert "4 of 5 whole reps" in text
    assert "In order, of those 4" in text
    assert "1 = always, \u22121 = reversed" in text


def test_an_order_of_too_few_reps_has_no_share(throw: Any):
    order = dataclasses.replace(throw.chain.order, n=1)
    throw = dataclasses.replace(throw, chain=dataclasses.replace(throw.chain, order=order))
    text = " ".join(checked(report_html(throw)).text)
    assert "1 of 5 whole reps" in text
    assert "Too few to say how often the order is kept." in text
    assert "In order, of those" not in text
    assert "Kendall" not in text


def test_events_that_lean_on_filled_samples_are_counted(throw: Any):
    filled = {name: np.zeros_like(mask) for name, mask in throw.body.filled.items()}
    throw = dataclasses.replace(throw, body=dataclasses.replace(throw.body, filled=filled))
    assert "No judged event leans on filled samples." in report_html(throw)
    link = throw.chain.links[0]
    events = (dataclasses.replace(link.per_rep[0], time_s=None, reason=timing.FILLED), *link.per_rep[1:])
    links = (dataclasses.replace(link, per_rep=events), *throw.chain.links[1:])
    page = report_html(dataclasses.replace(throw, chain=dataclasses.replace(throw.chain, links=links)))
    assert "1 event refused for leaning on filled samples" in page
    assert "No judged event leans" not in page


def test_phases_are_listed_in_the_order_of_time(make_throw: Callable[..., Any], throw: Any):
    # The first rep lacks its first phase, as it does where an optional phase has no length.
    first = throw.reps[0].model_copy(update={"phases": throw.reps[0].phases[1:]})
    text = " ".join(checked(report_html(make_throw(reps=(first, *throw.reps[1:])))).text)
    assert text.index("phase: forward") < text.index("phase: follow")


def test_the_replay_holds_the_points_to_the_millimetre(throw: Any):
    data = data_of(report_html(throw))
    step = round(data["dt"] * throw.body.rate_hz)
    xyz = unpacked(data["xyz"]).reshape(data["n"], len(data["points"]), 3)
    wrist, pelvis = (data["points"].index(name) for name in ("wrist_right", "pelvis"))
    true = throw.body.points["wrist_right"] - throw.body.points["pelvis"]
    # Two rounded numbers are subtracted, so 1 mm at most is lost.
    assert np.abs(xyz[:, wrist] - xyz[:, pelvis] - 1000.0 * true[::step]).max() <= 1.0 + 1e-6
    assert 1.0 / data["dt"] >= 30.0
    assert data["heading"] == pytest.approx(0.0, abs=0.7)


def test_missing_points_stay_missing_in_the_replay(throw: Any):
    points = {name: xyz.copy() for name, xyz in throw.body.points.items()}
    points["wrist_right"][:500] = np.nan
    points["wrist_left"][:] = np.nan
    throw = dataclasses.replace(throw, body=dataclasses.replace(throw.body, points=points))
    data = data_of(report_html(throw))
    xyz = unpacked(data["xyz"]).reshape(data["n"], len(data["points"]), 3)
    assert "wrist_left" not in data["points"]
    assert (xyz[0, data["points"].index("wrist_right")] == -32768).all()


def test_a_recording_of_angles_only_has_no_skeleton_and_says_so(make_throw: Callable[..., Any], throw: Any):
    body = dataclasses.replace(throw.body, points={}, segments={}, bones=(), source="angles")
    page = report_html(make_throw(body=body))
    text = " ".join(checked(page).text)
    assert "There is no skeleton to replay" in text
    assert "made by another program" in text
    assert "<canvas" not in page


def test_a_chain_that_was_not_measured_leaves_a_page_that_says_so(make_throw: Callable[..., Any]):
    for chain in (None, ChainResult((), (), None)):
        text = " ".join(checked(report_html(make_throw(chain=chain))).text)
        assert "No link of the chain was measured" in text


def test_a_chain_of_refusals_only_still_shows_why(throw: Any):
    links = tuple(
        dataclasses.replace(
            link,
            per_rep=tuple(
                dataclasses.replace(e, time_s=None, value=None, reason="marker noise hides it") for e in link.per_rep
            ),
        )
        for link in throw.chain.links
    )
    throw = dataclasses.replace(throw, chain=dataclasses.replace(throw.chain, links=links))
    text = " ".join(checked(report_html(throw)).text)
    assert "not resolvable in any rep" in text
    assert "marker noise hides it" in text
    assert "Time from the rep's release" in text


def test_reps_that_are_incomplete_are_marked(make_throw: Callable[..., Any], throw: Any):
    first = throw.reps[0].model_copy(update={"complete": False, "reason": "the recording starts inside it"})
    text = " ".join(checked(report_html(make_throw(reps=(first, *throw.reps[1:])))).text)
    assert "Rep 1 is incomplete and not judged: the recording starts inside it" in text
    assert "4 whole reps, 1 incomplete" in text


def test_many_reps_and_a_long_recording_stay_small(make_throw: Callable[..., Any], throw: Any):
    body = throw.body
    times = 40
    points = {name: np.tile(xyz, (times, 1)) for name, xyz in body.points.items()}
    angles = {name: np.tile(x, times) for name, x in body.angles.items()}
    filled = {name: np.tile(x, times) for name, x in body.filled.items()}
    long = dataclasses.replace(
        body, n_frames=body.n_frames * times, points=points, angles=angles, filled=filled
    )  # ten minutes
    page = report_html(make_throw(body=long))
    assert len(page.encode()) < 6_000_000


def test_a_movement_without_a_chain_has_no_empty_card_for_it(squat: Any):
    bare = squat.movement.model_copy(update={"chain": (), "gaps": ()})
    page = report_html(dataclasses.replace(squat, movement=bare, chain=None))
    checked(page)
    assert "Chain timeline" not in page
    assert 'href="#chain"' not in page
    assert "No order of its links is sourced, so none is expected." in page
    assert 'href="#angles">Skip to the angles' in page


def test_a_reason_that_several_share_stands_once(squat: Any):
    reason = "marker noise hides it"
    links = tuple(
        dataclasses.replace(
            link, per_rep=tuple(dataclasses.replace(e, time_s=None, value=None, reason=reason) for e in link.per_rep)
        )
        for link in squat.chain.links
    )
    chain = dataclasses.replace(squat.chain, links=links, gaps=())
    page = report_html(dataclasses.replace(squat, chain=chain))
    quality = page[page.index('<section id="quality">') : page.index('<section id="methods">')]
    assert quality.count(reason) == 1
    assert quality.count("reps 1, 2") >= len(links)


def test_loads_stand_with_their_reps(squat: Any):
    loads = tuple(60.0 + 10.0 * k for k in range(len(squat.reps)))
    page = report_html(dataclasses.replace(squat, settings=dataclasses.replace(squat.settings, loads_kg=loads)))
    assert '<th scope="row">load&nbsp;<small>kg</small></th><td>60</td><td>70</td>' in page
    assert f"<td>60 to {loads[-1]:g} kg</td>" in page
    assert "<td>not given</td>" in report_html(squat)


def test_a_movement_without_windows_is_not_said_to_have_all_of_them_judged(press: Any):
    judged = "Every window of this movement is judged."
    assert all(w.gap is not None for w in press.chain.windows) or judged not in report_html(press)
    only = dataclasses.replace(press.chain, windows=tuple(w for w in press.chain.windows if w.gap is not None))
    assert judged in report_html(dataclasses.replace(press, chain=only))
    none = dataclasses.replace(press.chain, windows=())
    assert judged not in report_html(dataclasses.replace(press, chain=none))
    assert judged not in report_html(dataclasses.replace(press, chain=None))


def test_what_is_missing_for_one_reason_is_one_line(squat: Any):
    body = dataclasses.replace(
        squat.body, missing=("hip_flexion: no side view", "knee_flexion: no side view", "marker A")
    )
    page = report_html(dataclasses.replace(squat, body=body))
    assert "<li>hip flexion, knee flexion: no side view</li>" in page
    assert "<li>marker A</li>" in page


def test_a_window_of_muscles_without_a_source_is_not_asked_for_where_no_emg_was_recorded(squat: Any):
    page = report_html(squat)
    assert {w.id for w in squat.movement.windows} >= {"w-pec", "w-brace"} and not squat.recording.of_kind("emg")
    assert "pectoralis major" not in page and "Trunk EMG onset" in page


def test_every_section_below_the_replay_has_its_place_on_a_phone():
    """A section without an order would stand before the chain and the replay there."""
    sheet = SHEET.joinpath("report.css").read_text(encoding="utf-8")
    page = SHEET.joinpath("report.html").read_text(encoding="utf-8")
    placed = dict(re.findall(r"#(\w+) \{ order: (\d+);", sheet))
    # The pages of several activities, of a trial and of several trials are their own, without a replay.
    rooms = [path for path in files("legato.report").iterdir() if path.name.endswith(".py")]
    rooms = [path for path in rooms if not path.name.startswith(("across", "trial_", "pooled_"))]
    made = "".join(path.read_text(encoding="utf-8") for path in rooms)
    assert set(re.findall(r'section id="(\w+)"', page + made)) <= set(placed)
    replay = int(placed["replay"])
    assert int(placed["chain"]) < replay < min(int(placed[name]) for name in ("angles", "power", "trunk", "forces"))


@pytest.mark.parametrize("name", ["squat", "throw"])
def test_the_page_is_made_of_its_pieces(name: str, request: pytest.FixtureRequest):
    analysis = request.getfixturevalue(name)
    pieces = json.loads(json.dumps(report_pieces(analysis)))
    page = report_html(analysis)
    assert report_page(analysis, pieces) == page
    for piece in ("headline", "sure", "chain", "reps", "quality", "methods"):
        assert pieces[piece] and pieces[piece] in page
    assert json.loads(pieces["references"]) == data_of(page)["references"]
