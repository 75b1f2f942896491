"""Hostile fault files: whatever stands in one, it loads or is refused in one line with file, line and what to do."""

import random
import re
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.errors import BadInput
from legato.faults import faults_of
from legato.faults.checks import wrong_place
from legato.movements import load_movement, movement_ids
from legato.toml_lines import Lines

RICH = """\
# Faults of our gym.
[[faults]]
id = "knee-travel"
name = "Right knee's bend minus the left one's" # a comment
kind = "band"
unit = "deg"
says = '''
One knee
bends further.'''
source = "our gym"
movements = [ # where
  "front-squat",
  "back-squat",
]
needs = "markers on both legs"
never = ["keypoints"]
measure = { signal = "knee_flexion", reading = "peak", side = "difference" }
band = { fault = "outside", least_change = 4.0 }
[[faults.causes]]
cause = "a habit"
tells = "the same with a narrow stance"
asks = "a narrow stance"
[[faults.causes]]
cause = "where the feet stand"
tells = "the first frame"
[faults.for.squat]
says = "One knee bends further in all squats."
measure.signal = "hip_flexion"
measure.reading = "peak"
measure.side = "difference"

[[faults]]
id = "knees-first"
name = "Hips after the knees"
kind = "lead"
unit = "s"
says = "The knees bend first."
source = "our gym"
movements = ["back-squat"]
needs = "markers"
least_reps = 4
lead = { from = { name = "knee", quantity = "knee_flexion_velocity", side = "both" }, to = { name = "hip", \
quantity = "hip_flexion_velocity", side = "both" }, event = "onset" }
[faults.band]
fault = "above"
high = 0.1
source = "our gym"
grade = "ENG"
[[faults.also]]
least = 5.0
source = "our gym"
grade = "ENG"
measure = { signal = "knee_flexion", reading = "above", at = "start", side = "mean", until = { signal = "hip_flexion", \
side = "mean", share = 0.1 } }
[[faults.causes]]
cause = "a cue"
tells = "another cue"

[[faults]]
id = "both-of-ours"
name = "Both"
kind = "band"
unit = "1"
says = "Both at once."
source = "our gym"
movements = ["back-squat"]
needs = "markers"
all_of = ["knee-travel", "knees-first"]
[[faults.causes]]
cause = "a"
tells = "b"
"""

OWN = """\
id = "stop-squat"
name = "Stop squat"
family = "stops"
summary = "Down, a stop, and up."
source = "our gym"
filter_cutoff_hz = 6.0
band_limit_s = 0.25
rate_class = "R1"
sensors = ["markers"]
axes = ["sagittal"]
faults = ["knee-travel", "stack-lost"]
[[drivers]]
signal = "pelvis_height"
away = "down"
least = 0.15
unit = "leg"
why = "ours"
[cycle]
anchor = "far"
[[marks]]
name = "reach"
at = "reach"
[[phases]]
name = "down"
start = "start"
end = "reach"
[[phases]]
name = "rest"
start = "reach"
end = "end"
"""


def refusal(path: Path, content: str | bytes, movement: str = "back-squat") -> str:
    """What is said of a file; empty where it loads. Anything but a `BadInput` of one line fails the test."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    try:
        faults_of(load_movement(movement), path)
    except BadInput as error:
        said = str(error)
        assert said.startswith("ours.toml")
        assert "\n" not in said and len(said) < 700, said
        return said
    return ""


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    return tmp_path / "ours.toml"


@pytest.mark.parametrize("change", [str, lambda t: t.replace("\n", "\r\n"), lambda t: "\ufeff" + t])
def test_a_file_as_any_editor_saves_it_loads(ours: Path, change: "type[str]"):
    assert refusal(ours, change(RICH)) == ""
    found = [f.id for f in faults_of(load_movement("back-squat"), ours)]
    assert {"knee-travel", "knees-first", "both-of-ours"} <= set(found)
    assert found.index("both-of-ours") > max(found.index("knee-travel"), found.index("knees-first"))


def line_of(text: str) -> int:
    return RICH[: RICH.index(text)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("least_reps = 4", "least_reps = true", "least_reps: True does not fit; give a whole number"),
        ("least_reps = 4", "least_reps = -3", "least_reps: -3 does not fit; give a number from 1"),
        ("least_reps = 4", "least_reps = 4.5", "least_reps: 4.5 does not fit; give a whole number"),
        ("least_reps = 4", 'least_reps = "4"', "least_reps: '4' does not fit; give a whole number"),
        ("high = 0.1", "high = true", "band.high: True does not fit; give a number"),
        ("high = 0.1", "high = nan", "band.high: an open end is left out"),
        ("high = 0.1", "high = 0.1\nleast_change = inf", "inf is no number"),
        ("least = 5.0", "least = nan", "nan is no number"),
        ('tells = "another cue"', 'tells = "a\\u001b[31m"', "cannot be printed"),
        ('tells = "another cue"', "tells = 2020-01-01", "causes.tells: what stands there does not fit; give a text"),
        ('tells = "another cue"', "tells = [[1]]", "causes.tells: what stands there does not fit; give a text"),
        ('  "back-squat",\n]', '  "bak-squat",\n]', "nothing is called 'bak-squat' there; did you mean back-squat?"),
        ('never = ["keypoints"]', "never = 3", "never: 3 does not fit; give a list"),
        ('measure.signal = "hip_flexion"', 'measure.signal = "hip_flexon"', "did you mean hip_flexion?"),
        ('measure.side = "difference"', "", "hip_flexion has a right and a left; give side ="),
        ("[faults.for.squat]", "[faults.for.sqat]", "neither a movement nor a family; did you mean squat?"),
        ("says = \"One knee bends further in", "id = \"One knee bends further in", "id is the same in all movements"),
        ('says = "The knees bend first."', "says = 4", "says: 4 does not fit; give a text"),
        ('share = 0.1 } }', 'share = 1.5 } }', "share: 1.5 does not fit; give a number below 1"),
        (', side = "both" }, event', ' }, event', 'hip_flexion_velocity has a right and a left; give side = "both"'),
        ('"knee-travel", "knees-first"]', '"knee-travel", "knees-fist"]', "did you mean knees-first"),
        ("[faults.for.squat]", "[faults.for]\nsquat = 3\n[faults.for.x]", "squat is a table"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_at_its_own_line(ours: Path, old: str, new: str, said: str):
    told = refusal(ours, RICH.replace(old, new, 1))
    assert said in told
    line = int(re.match(r"ours\.toml, line (\d+): ", told)[1])  # pyright: ignore[reportOptionalSubscript]
    assert abs(line - line_of(old)) <= (2 if not new or "\n" in new else 0), told


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n# nothing\n",
        bytes(range(256)) * 20,
        random.Random(1).randbytes(20_000),
        "faults = [1, 2]",
        'faults = "x"',
        '[faults]\nid = "x"',
        "x = " + "[" * 1900 + "]" * 1900,
        RICH + ".".join("a" * 1900) + " = 3\n",
        RICH + "[" + ".".join("a" * 1900) + "]\n",
        RICH.replace("0.1", "0x" + "f" * 3900, 1),
        RICH.replace("0.1", "1" * 3900, 1),
        RICH.replace("needs =", '"' + "x\\n" * 900 + '" = 1\nneeds =', 1),
        RICH.replace("needs =", "x = 1 # " + "y" * 5000 + "\nneeds =", 1),
        RICH.replace("needs =", 'needs = "x"\nneeds =', 1),
        RICH.replace("our gym", "our\0gym", 1),
        RICH.encode("utf-16"),
        RICH.replace("\n", "\r"),
    ],
)
def test_what_is_no_fault_file_is_refused_in_one_line(ours: Path, content: str | bytes):
    assert refusal(ours, content)


def many(count: int, parts: "list[list[int]] | None" = None) -> str:
    """So many faults; `parts` are those that each names."""
    whole = RICH[RICH.index('[[faults]]\nid = "both-of-ours"') :]
    rows = parts or [[]] * count
    made: list[str] = []
    for k, names in enumerate(rows):
        asked = f"all_of = {[f'f{n}' for n in names]}"
        if not names:
            asked = 'measure = { signal = "thorax_pitch", reading = "peak" }\nband = { fault = "above" }'
        text = re.sub("all_of = .*", asked, whole).replace("both-of-ours", f"f{k}")
        made.append(text if names else text.replace('unit = "1"', 'unit = "deg"'))
    return "\n".join(made)


def test_a_huge_file_is_answered_at_once(ours: Path):
    faults_of(load_movement("back-squat"))
    text = many(10_000) + "#" * 10_000_000
    started = time.perf_counter()
    assert "has more than 1 MB" in refusal(ours, text)
    assert time.perf_counter() - started < 1.0


@pytest.mark.parametrize(
    "parts",
    [
        [*([k + 1] for k in range(1500)), []],
        [*([k + 2 - k % 2, k + 3 - k % 2] for k in range(300)), [], []],
    ],
    ids=["chain", "ladder"],
)
def test_faults_of_faults_may_lie_deep(ours: Path, parts: list[list[int]]):
    assert refusal(ours, many(0, parts)) == ""


def test_a_long_circle_is_told_in_one_line(ours: Path):
    said = refusal(ours, many(0, [[(k + 1) % 1500] for k in range(1500)]))
    assert "ours.toml, line 10: f0 needs f1 needs" in said and "a circle; take one of them out" in said


def test_a_circle_through_a_variant_is_refused(ours: Path):
    start = '[[faults]]\nid = "f3"'
    text = many(0, [[1], [2], [3], []])
    assert refusal(ours, text) == ""
    said = refusal(ours, text.replace(start, f'[faults.for.back-squat]\nall_of = ["f0"]\n{start}'))
    assert "f0 needs f1 needs f2 needs f0: a circle" in said


def test_the_lines_are_those_of_the_fields():
    at = Lines("ours.toml", RICH)
    for place, text in (
        (("faults", 0, "movements", 1), '  "back-squat"'),
        (("faults", 0, "causes", 1, "tells"), 'tells = "the first frame"'),
        (("faults", 0, "for", "squat", "measure", "reading"), "measure.reading"),
        (("faults", 0, "for", "squat", "measure"), "measure.signal"),
        (("faults", 1, "lead", "to", "quantity"), "lead = "),
        (
            ("faults", 1, "also", 0, "measure", "until", "share"),
            'measure = { signal = "knee_flexion", reading = "above"',
        ),
        (("faults", 2, "nothing", "there"), '[[faults]]\nid = "both-of-ours"'),
    ):
        assert at(place) == f"ours.toml, line {line_of(text)}", place
    assert at(("nothing",)) == "ours.toml"


VALUES = ["", "=", "x", '"x"', "[]", "[[1]]", "{}", "{ a = 1 }", "3", "-3", "1e400", "nan", "true", "2020-01-01", '""',
          '"\\ud7ff"', "'''", '"""', "[faults]", "[[faults]]", "[[faults.causes]]", "[faults.for.back-squat]", "\x00",
          '["keypoints"]', '"back-squat"', '["both-of-ours"]', "{ signal = 3 }", '{ reading = "peak" }']  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_valid_file_with_one_line_changed_loads_or_is_refused(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
):
    lines: list[str] = list(RICH.split("\n"))
    k = data.draw(st.integers(0, len(lines) - 1))
    key, equals, _ = lines[k].partition(" = ")
    other = lines[data.draw(st.integers(0, len(lines) - 1))]
    word = data.draw(st.one_of(st.sampled_from(VALUES), st.text(max_size=12)))
    lines[k] = data.draw(
        st.sampled_from([word, f"{key}{equals}{word}", other, f"{lines[k]}{word}", f"{lines[k]}\n{other}"])
    )
    refusal(tmp_path_factory.getbasetemp() / "ours.toml", "\n".join(lines).encode("utf-8", "surrogatepass"))


WORDS = re.findall(r"[\w.-]+|[\[\]{}=,\"']", RICH)


@settings(max_examples=100, deadline=None)
@given(where=st.integers(0, len(RICH) - 1), count=st.integers(0, 30), word=st.sampled_from(WORDS))
def test_a_valid_file_with_some_signs_changed_loads_or_is_refused(
    where: int, count: int, word: str, tmp_path_factory: pytest.TempPathFactory
):
    refusal(tmp_path_factory.getbasetemp() / "ours.toml", RICH[:where] + word + RICH[where + count :])


@settings(max_examples=100, deadline=None)
@given(st.recursive(
    st.one_of(st.integers(-9, 9), st.sampled_from(['"a b"', "'a = 3'", '"]"', "'#'", "1.5", "true", '"""x\n[a]\n"""'])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda xs: "[\n" + " , # x\n".join(map(str, xs)) + "\n]"),
        st.lists(inner, max_size=3).map(lambda xs: "{" + ", ".join(f"k{i} = {x}" for i, x in enumerate(xs)) + "}"),
    ),
    max_leaves=8,
))  # fmt: skip
def test_the_lines_after_any_value_are_right(value: object):
    text = f"a = {value}\nb = 1\n[[c]]\nd = {value} # x\n[[c]]\nd.e = {value}\nf = 1\n"
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return  # an inline table may not run over lines
    lines = text.split("\n")
    at = Lines("x", text)
    assert at(("b",)) == f"x, line {lines.index('b = 1') + 1}"
    assert at(("c", 1, "f")) == f"x, line {lines.index('f = 1') + 1}"
    second = len(lines) - lines[::-1].index("[[c]]")
    assert at(("c", 1)) == f"x, line {second}"
    assert at(("c", 1, "d", "e")) == f"x, line {second + 1}"


@pytest.mark.parametrize("name", movement_ids())
def test_the_librarys_faults_name_phases_and_marks_that_their_movements_have(name: str):
    movement = load_movement(name)
    assert not [(f.id, wrong) for f in faults_of(movement) if (wrong := wrong_place(f, movement)) is not None]


def test_a_coachs_own_movement_may_be_named(tmp_path: Path):
    library, ours = tmp_path / "movements", tmp_path / "ours.toml"
    library.mkdir()
    (library / "stop-squat.toml").write_text(OWN, "utf-8")
    movement = load_movement("stop-squat", library)
    text = RICH[: RICH.index('[[faults]]\nid = "knees-first"')].replace("faults.for.squat", "faults.for.stops")
    text = text.replace('  "front-squat",\n  "back-squat",', '  "stop-squat",')
    ours.write_text(text, "utf-8")
    found = faults_of(movement, ours, library)
    assert [f.id for f in found] == ["knee-travel", "stack-lost"]
    assert found[0].says == "One knee bends further in all squats."
    with pytest.raises(BadInput, match=r"ours.toml, line 12: nothing is called 'stop-squat' there"):
        faults_of(movement, ours)
    ours.write_text(text.replace('reading = "peak", side', 'within = "rst", reading = "peak", side', 1), "utf-8")
    assert faults_of(movement, ours, library)  # the family's own measure stands in its place
    ours.write_text(text.replace("measure.reading", 'measure.within = "rst"\nmeasure.reading', 1), "utf-8")
    with pytest.raises(BadInput, match=r"ours.toml, line 28: stop-squat has no phase called rst; did you mean rest?"):
        faults_of(movement, ours, library)


def test_a_fault_that_no_movement_looks_for_is_refused(tmp_path: Path):
    library, ours = tmp_path / "movements", tmp_path / "ours.toml"
    library.mkdir()
    (library / "stop-squat.toml").write_text(OWN, "utf-8")
    text = re.sub(r"movements = \[[^]]*\]\n", "", RICH[: RICH.index('[[faults]]\nid = "knees-first"')])
    ours.write_text(text, "utf-8")
    with pytest.raises(BadInput, match=r"ours.toml, line 2: no movement looks for 'knee-travel'; add movements ="):
        faults_of(load_movement("back-squat"), ours)
    assert faults_of(load_movement("stop-squat", library), ours, library)[0].id == "knee-travel"
    with pytest.raises(BadInput, match=r"stop-squat.toml: field faults: no fault is called 'knee-travel'"):
        faults_of(load_movement("stop-squat", library), (), library)


def test_two_files_with_one_id_name_the_other(tmp_path: Path):
    for name in ("ours.toml", "theirs.toml"):
        (tmp_path / name).write_text(RICH, "utf-8")
    with pytest.raises(BadInput, match=r"theirs.toml, line 3: ours.toml already has a fault called 'knee-travel'"):
        faults_of(load_movement("back-squat"), [tmp_path / "ours.toml", tmp_path / "theirs.toml"])
