"""The movement library reads whole, says what is wrong with a user's file, and invents no order."""

import re
import tomllib
from importlib import resources
from pathlib import Path

import pytest

from legato.errors import BadInput
from legato.movements import load_movement, movement_ids
from legato.movements.names import quantities, signals

FIRST_SET = {
    "back-squat",
    "front-squat",
    "goblet-squat",
    "sit-to-stand",
    "deadlift",
    "hip-hinge",
    "box-lift",
    "bench-press",
    "countermovement-jump",
    "throw",
    "tennis-serve",
    "gait",
}


def test_the_first_set_is_there_and_every_file_is_valid() -> None:
    ids = movement_ids()
    assert set(ids) >= FIRST_SET
    assert list(ids) == sorted(ids)
    for name in ids:
        assert load_movement(name).id == name


@pytest.mark.parametrize("name", sorted(FIRST_SET))
def test_every_expected_order_has_a_source_and_a_grade(name: str) -> None:
    movement = load_movement(name)
    assert movement.source
    for gap in movement.gaps:
        assert gap.source
        assert gap.band == "own" or gap.grade is not None
    for driver in movement.drivers:
        assert "[ENG]" in driver.why


@pytest.mark.parametrize("name", ["bench-press", "gait"])
def test_where_no_order_is_sourced_none_is_expected(name: str) -> None:
    movement = load_movement(name)
    assert movement.expected_order == ()
    # A gap that a text asks for without a source is told as a position only, never as a fault.
    assert all(gap.band == "own" or gap.grade == "N" for gap in movement.gaps)


def test_distal_links_of_a_throw_are_listed_but_not_judged() -> None:
    for name in ("throw", "tennis-serve"):
        movement = load_movement(name)
        assert [link.name for link in movement.chain] == ["pelvis", "thorax", "upper_arm", "forearm", "hand"]
        assert [(gap.from_link, gap.to_link, gap.event) for gap in movement.gaps] == [("pelvis", "thorax", "peak")]
        assert movement.filter_cutoff_hz == 20.0
        assert movement.band_limit_s == 0.045


def test_lifts_and_throws_name_the_rates_that_timing_needs() -> None:
    rates = {need.sensor: need.rate_hz for need in load_movement("back-squat").sensor_needs}
    assert rates["markers"] == 100.0
    assert rates["keypoints"] == 60.0
    throw = {need.sensor: need.rate_hz for need in load_movement("throw").sensor_needs}
    assert throw == {"markers": 200.0, "imu": 200.0}


def test_windows_named_by_id_are_put_in_full() -> None:
    windows = {w.id: w for w in load_movement("back-squat").windows}
    assert windows["w-pec"].band_s == (0.080, 0.120)
    assert windows["w-pec"].grade == "N"
    assert windows["w-pec"].least_reps == 8
    assert windows["w-bottom"].band_fraction == (-0.02, 0.02)


@pytest.mark.parametrize("name", ["Back squat", "back squat", "BACK-SQUAT"])
def test_the_printed_name_is_taken_too(name: str) -> None:
    assert load_movement(name).id == "back-squat"
    assert {load_movement(load_movement(i).name).name for i in movement_ids()} == {
        load_movement(i).name for i in movement_ids()
    }


def test_an_unknown_id_names_its_nearest_neighbours() -> None:
    with pytest.raises(BadInput, match="did you mean back-squat"):
        load_movement("backsquat")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("walking", "gait"),
        ("Run", "sprint"),
        ("CMJ", "countermovement-jump"),
        ("squat", "back-squat or front-squat or goblet-squat"),
        ("mid-thigh_pull", "imtp"),
        ("press", "bench-press or leg-press or pallof-press or push-press"),
        ("deadlfit", "deadlift"),
    ],
)
def test_what_people_call_a_movement_leads_to_its_id(said: str, meant: str) -> None:
    with pytest.raises(BadInput, match=f"^--movement {said}: no such movement; did you mean {re.escape(meant)}\\?$"):
        load_movement(said)


def test_other_names_lead_to_movements_and_are_no_ids() -> None:
    text = (resources.files("legato.movements") / "other_names.toml").read_text(encoding="utf-8")
    names: dict[str, list[str]] = tomllib.loads(text)["names"]
    for said, ids in names.items():
        # As the words are compared: lower case, without hyphens.
        assert said == said.lower() and "-" not in said and said.replace(" ", "-") not in movement_ids()
        assert ids and set(ids) <= set(movement_ids())


def test_a_word_that_is_like_no_movement_gets_the_whole_list() -> None:
    with pytest.raises(BadInput, match=r"known are .*gait.*tennis-serve"):
        load_movement("zzz")


def _copy(folder: Path, name: str, change: tuple[str, str] = ("", "")) -> None:
    import legato.movements

    text = (Path(legato.movements.__file__).parent / "library" / f"{name}.toml").read_text(encoding="utf-8")
    assert change[0] in text
    folder.joinpath(f"{name}.toml").write_text(text.replace(*change, 1), encoding="utf-8")


def test_a_users_file_takes_the_place_of_the_built_in_one(tmp_path: Path) -> None:
    _copy(tmp_path, "back-squat", ('name = "Back squat"', 'name = "My squat"'))
    assert load_movement("back-squat", tmp_path).name == "My squat"
    assert load_movement("back-squat").name == "Back squat"


def test_a_new_movement_of_the_users_own_needs_no_code(tmp_path: Path) -> None:
    _copy(tmp_path, "goblet-squat", ('id = "goblet-squat"', 'id = "pistol-squat"'))
    (tmp_path / "goblet-squat.toml").rename(tmp_path / "pistol-squat.toml")
    assert "pistol-squat" in movement_ids(tmp_path)
    assert load_movement("pistol-squat", tmp_path).family == "squat"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('family = "squat"', 'family = "squat"\nfilter_cutoff_hz = -6.0'), "filter_cutoff_hz"),
        (('family = "squat"', 'family = "squat"\ncolour = "red"'), "colour"),
        (('windows = ["w-bottom"', 'windows = ["w-nothing"'), "windows"),
        (('grade = "C"\njudged_event', 'grade = "Z"\njudged_event'), "grade"),
        (('from = "hip"', 'from = "elbow"'), "names a link that the chain lacks"),
        (('id = "back-squat"', 'id = "other"'), "rename the file other.toml"),
        (('id = "back-squat"', "id = "), "not valid TOML"),
    ],
)
def test_an_invalid_file_is_refused_in_one_line_that_names_file_and_field(
    tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    _copy(tmp_path, "back-squat", change)
    with pytest.raises(BadInput) as refusal:
        load_movement("back-squat", tmp_path)
    text = str(refusal.value)
    assert text.startswith("back-squat.toml: ")
    assert told in text
    assert "\n" not in text


def test_a_library_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such folder"):
        movement_ids(tmp_path / "nowhere")


OWN_FILE = """
id = "box-squat"
name = "Box squat"
family = "squat"
summary = "Down to a box and up."
source = "no order is sourced"
"""


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("", 'views = ["side"]\n'), "field views is not known here; did you mean view?"),
        (("squat\"\nsummary", "sqat\"\nsummary"), "field family: no family is called 'sqat'; did you mean squat?"),
        (("", '[[drivers]]\nsignal = "pelvis_hight"\naway = "down"\nleast = 0.1\nunit = "leg"\nwhy = "us"\n'),
         "[[drivers]] number 1, field signal: no body has 'pelvis_hight'; did you mean pelvis_height?"),
        (("", ('[[chain]]\nname = "hip"\nquantity = "hip_flexion_velocity"\n'
              '[[chain]]\nname = "knee"\nquantity = "knee_extention_velocity"\n')),
         "[[chain]] number 2, field quantity: no body has 'knee_extention_velocity'; did you mean knee_extension_"),
        (("", '[[more_metrics]]\nname = "turn"\nkind = "peak"\nsignal = "hip_aduction"\n'),
         "field signal: no body has 'hip_aduction'; did you mean hip_adduction?"),
        (('id = "box-squat"', 'id = "boxsquat"'), "make it 'box-squat' or rename the file boxsquat.toml"),
        (("", '[[drivers]]\nsignal = "pelvis_height"\naway = "down"\nleast = 0.1\nunit = "leg"\n'),
         "[[drivers]] number 1, field why is missing; add it"),
        (("", '[[phases]]\nname = "down"\nstart = "start"\nend = "turning"\n'),
         "the mark 'turning', which is not defined"),
        (("", '[[gaps]]\nfrom = "hip"\nto = "knee"\nevent = "onset"\nphase = "rep"\nband = "order"\nsource = "us"\n'),
         '[[gaps]] number 1: an expected order needs a grade; without a source use band = "own"'),
        (("", 'windows = ["w-nothing"]\n'), "names 'w-nothing', which is no window; known are w-pec"),
    ],
)  # fmt: skip
def test_a_coachs_own_file_is_refused_with_what_where_and_what_to_do(
    tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    text = OWN_FILE + change[1] if not change[0] else OWN_FILE.replace(change[0], change[1], 1)
    (tmp_path / "box-squat.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as refusal:
        load_movement("box-squat", tmp_path)
    assert str(refusal.value).startswith("box-squat.toml: ")
    assert told in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_file_without_a_known_family_is_told_its_own_fault_only(tmp_path: Path) -> None:
    text = OWN_FILE.replace('"squat"', '"own"') + "filter_cutoff_hz = 6.0\n"
    (tmp_path / "box-squat.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=r"field drivers is missing") as refusal:
        load_movement("box-squat", tmp_path)
    assert "family" not in str(refusal.value)


def test_every_angle_of_the_chain_is_a_name_that_a_file_may_use() -> None:
    table = tomllib.loads((resources.files("legato.chain") / "angles.toml").read_text(encoding="utf-8"))
    assert set(table) <= signals()
    assert {f"{name}_velocity" for name in table} <= quantities()
    assert {"knee_extension_right_velocity", "ankle_plantarflexion_velocity", "hand_swing_velocity"} <= quantities()
