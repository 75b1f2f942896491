"""Marker sets: each is known by its own labels, whatever their case and prefix, and a map names strangers."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.body.landmarks import CLUSTERS, LANDMARKS
from legato.body.marker_sets import assign, assign_markers, find_marker_set, marker_sets
from legato.errors import BadInput

PLUG_IN_GAIT = [
    "LFHD",
    "RFHD",
    "LBHD",
    "RBHD",
    "C7",
    "T10",
    "CLAV",
    "STRN",
    "RBAK",
    "LSHO",
    "LUPA",
    "LELB",
    "LFRM",
    "LWRA",
    "LWRB",
    "LFIN",
    "RSHO",
    "RUPA",
    "RELB",
    "RFRM",
    "RWRA",
    "RWRB",
    "RFIN",
    "LASI",
    "RASI",
    "LPSI",
    "RPSI",
    "LTHI",
    "LKNE",
    "LTIB",
    "LANK",
    "LHEE",
    "LTOE",
    "RTHI",
    "RKNE",
    "RTIB",
    "RANK",
    "RHEE",
    "RTOE",
]


@pytest.mark.parametrize("set_id", sorted(marker_sets()))
def test_each_set_is_found_by_its_own_first_spellings(set_id: str) -> None:
    marker_set = marker_sets()[set_id]
    labels = [spellings[0] for spellings in marker_set.landmarks.values()]
    labels += [label for members in marker_set.clusters.values() for label in members]
    found = find_marker_set(list(dict.fromkeys(labels)))
    assert found.set_id == set_id
    assert not found.absent and not found.unused


@given(prefix=st.sampled_from(["", "Anna:", "Subject 1:"]), lower=st.booleans())
def test_case_and_subject_names_do_not_matter(prefix: str, lower: bool) -> None:
    labels = [prefix + (label.lower() if lower else label) for label in PLUG_IN_GAIT]
    found = find_marker_set(labels)
    assert found.set_id == "plug-in-gait"
    assert found.landmarks["asis_right"] == labels[PLUG_IN_GAIT.index("RASI")]


def test_what_is_absent_is_named_and_optional_markers_are_not() -> None:
    found = find_marker_set([label for label in PLUG_IN_GAIT if label not in ("RKNE", "LTIB")])
    assert set(found.absent) == {"RKNE", "LTIB"}


def test_of_labels_that_occur_twice_the_first_counts() -> None:
    found = assign(marker_sets()["plug-in-gait"], ["A:RASI", "B:RASI"])
    assert found.landmarks == {"asis_right": "A:RASI"}
    assert found.unused == ("B:RASI",)


def test_of_two_subjects_one_is_used_and_a_box_beside_it() -> None:
    few = [f"A:{x}" for x in PLUG_IN_GAIT if x not in ("LKNE", "RKNE")]
    labels = [*few, *(f"B:{x}" for x in PLUG_IN_GAIT), "Box:BOX1", "Box:BOX2"]
    found = find_marker_set(labels)
    assert found.set_id == "plug-in-gait" and not found.absent
    assert {x.split(":")[0] for x in found.landmarks.values()} <= {"B", "Box"}
    assert found.others == tuple(few)
    assert found.notes == ("several subjects share marker names: B is used, left out: A (37 markers)",)
    # One body and its box are no clash.
    assert not find_marker_set(labels[len(few) :]).notes


def test_a_marker_that_the_used_subject_lacks_is_not_taken_from_another() -> None:
    a = [f"A:{x}" for x in PLUG_IN_GAIT if x != "LKNE"]
    b = [f"B:{x}" for x in PLUG_IN_GAIT if x[0] == "L"]
    found = find_marker_set([*b, *a])
    assert "knee_lateral_left" not in found.landmarks and found.absent == ("LKNE",)
    assert all(x.startswith("A:") for x in found.landmarks.values())


def test_a_map_may_name_the_other_subject_in_full() -> None:
    labels = ["B:p1", "A:p1", "A:p2"]
    plain = assign_markers(labels, mapping={"p1": "asis_right", "p2": "asis_left"})
    assert plain.landmarks == {"asis_right": "A:p1", "asis_left": "A:p2"}
    assert plain.notes == ("several subjects share marker names: A is used, left out: B (1 markers)",)
    full = assign_markers(labels, mapping={"B:p1": "asis_right", "p2": "asis_left"})
    assert full.landmarks == {"asis_right": "B:p1", "asis_left": "A:p2"}


def test_strangers_are_refused_in_one_line_that_says_what_to_do() -> None:
    with pytest.raises(BadInput, match=r"no marker set knows these 3 labels \(2000, 2001, 2002\).*--map") as refusal:
        find_marker_set(["2000", "2001", "2002"])
    assert "\n" not in str(refusal.value)


def test_a_map_names_strangers_in_either_direction(tmp_path: Path) -> None:
    labels = ["p1", "p2", "p3", "q1", "q2"]
    path = tmp_path / "map.toml"
    path.write_text('[landmarks]\nasis_right = "p1"\nasis_left = "p2"\n[clusters]\nthigh_right = ["q1", "q2"]\n')
    from_file = assign_markers(labels, mapping=path)
    assert from_file.landmarks == {"asis_right": "p1", "asis_left": "p2"}
    assert from_file.clusters["thigh_right"] == ("q1", "q2")
    flat = assign_markers(
        labels, mapping={"p1": "asis_right", "p2": "asis_left", "q1": "thigh_right", "q2": "thigh_right"}
    )
    assert flat.landmarks == from_file.landmarks and flat.clusters == from_file.clusters


def test_a_map_of_muscles_leaves_the_markers_as_they_are() -> None:
    labels = list(marker_sets()["plug-in-gait"].landmarks.values())
    flat = [spellings[0] for spellings in labels]
    muscles_only = {"muscles": {"EMG 7": "vastus_lateralis right"}}
    assert assign_markers(flat, mapping=muscles_only) == assign_markers(flat)
    with pytest.raises(BadInput, match="no marker set knows"):
        assign_markers(["a", "b"], mapping=muscles_only)


def test_a_map_goes_before_the_set() -> None:
    found = assign_markers([*PLUG_IN_GAIT, "KneeR"], mapping={"knee_lateral_right": "KneeR"})
    assert found.landmarks["knee_lateral_right"] == "KneeR"
    assert found.landmarks["knee_lateral_left"] == "LKNE"


@pytest.mark.parametrize(
    ("mapping", "complaint"),
    [
        ({}, "names no landmark; docs/body"),
        ({"nose_tip": "p1"}, "names no landmark and no segment; "),
        ({"muscle": {"EMG 7": "soleus"}}, r"nothing reads the table \[muscle\]; write \[muscles\]"),
        ({"asis_rigth": "p1"}, r"did you mean asis_right or psis_right or ear_right\? docs/body\.md"),
        ({"asis_right": "p9"}, r"the recording has no marker p9; did you mean p1 or p2\?|known are p1, p2"),
        ({"asis_right": ["p1"]}, "asis_right = .* does not fit; give one label"),
    ],
)
def test_a_wrong_map_is_refused(mapping: dict[str, str], complaint: str) -> None:
    with pytest.raises(BadInput, match=complaint):
        assign_markers(["p1", "p2"], mapping=mapping)


def test_the_page_that_a_wrong_map_points_to_lists_every_landmark_and_segment() -> None:
    page = (Path(__file__).parents[2] / "docs" / "body.md").read_text(encoding="utf-8")
    named = {name.removesuffix("_right").removesuffix("_left") for name in (*LANDMARKS, *CLUSTERS)}
    section = page.split("## Markers with other names")[1].split("\n## ")[0]
    assert {name for name in named if f"`{name}`" not in section} == set()


def test_an_unknown_set_or_an_unreadable_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="marker set vicon is unknown"):
        assign_markers(PLUG_IN_GAIT, marker_set="vicon")
    bad = tmp_path / "own.toml"
    bad.write_text("id = 3")
    with pytest.raises(BadInput, match=r"own\.toml: not a marker set"):
        assign_markers(PLUG_IN_GAIT, marker_set=bad)
