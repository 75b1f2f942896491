"""Channel names: every spelling of the lists is read right, and what is not certain is not named."""

import tomllib
from pathlib import Path
from typing import cast

import numpy as np
import pytest

import legato
from legato.errors import BadInput
from legato.muscles.names import Recognised, muscles, name_channels, read_muscle_map, recognise, unused
from legato.recording import Recording, Stream

SPELLINGS = cast(
    "dict[str, dict[str, str]]",
    tomllib.loads((Path(__file__).parent / "channel_names.toml").read_text(encoding="utf-8")),
)


def told(found: Recognised) -> str:
    return " ".join(filter(None, (found.muscle, found.side))) if found.muscle else ""


def by_channel(*channels: str) -> dict[str, str]:
    return {r.channel: told(r) for r in recognise(channels)}


@pytest.mark.parametrize("recording", SPELLINGS)
def test_spellings_of_public_recordings_are_read_right(recording: str) -> None:
    wanted = SPELLINGS[recording]
    assert by_channel(*wanted) == wanted


def test_the_lists_hold_enough_to_mean_something() -> None:
    named = [w for rows in SPELLINGS.values() for w in rows.values()]
    assert sum(bool(w) for w in named) >= 150
    assert sum(not w for w in named) >= 20


@pytest.mark.parametrize(
    ("channel", "wanted"),
    [
        ("R VASTUS LATERALIS: EMG 1", "vastus_lateralis right"),
        ("RT VLO", "vastus_lateralis right"),
        ("LT GLUT. MAX.", "gluteus_maximus left"),
        ("VLO LT, uV", "vastus_lateralis left"),
        ("RT MED. GASTRO", "gastrocnemius_medialis right"),
        ("Voltage.RVL", "vastus_lateralis right"),
        ("VL (µV)", "vastus_lateralis"),
        ("Pec.IM EMG12", "pectoralis_major"),
        ("Gd_dors.IM EMG13", "latissimus_dorsi"),
        ("deltoïde antérieur G, mV", ""),
        ("trapèze supérieur", "upper_trapezius"),
        ("EMG03_biceps_brachii_right", "biceps_brachii right"),
        ("EMG05_trapezius_trans_right", "middle_trapezius right"),
        ("großer Gesäßmuskel rechts", "gluteus_maximus right"),
        ("retto femorale sx", "rectus_femoris left"),
        ("vasto externo izq", "vastus_lateralis left"),
        ("VL vastus lateralis R", "vastus_lateralis right"),
        ("ES_L3", "erector_spinae"),
        ("Gastrocnemious lat", "gastrocnemius_lateralis"),
        ("RVasLat", "vastus_lateralis right"),
        ("S4_VL", "vastus_lateralis"),
    ],
)
def test_one_channel_alone(channel: str, wanted: str) -> None:
    assert told(recognise([channel])[0]) == wanted


@pytest.mark.parametrize(
    "channel",
    [
        "Avanti sensor 3: EMG.A 3", "Sensor 12.EMG12", "EMG1", "EMG07", "Voltage.1", "Raw.Pin 16", "CH19", "X23", "",
        "R VASTUS LATERALIS: ACC.X 1", "Biceps Gyro Z", "ACCX", "Gyro", "Force.Fz1", "Sync", "Trigger", "HR", "ECG",
        "Heart rate", "not_used", "R", "L", "LT", "Delta", "Sole", "Torque", "Level", "Sternum", "Time", "Temp",
        "Maximum", "Medial", "REVENT", "Start", "Fp1",
    ],
)  # fmt: skip
def test_what_names_no_muscle_stays_unnamed_with_a_reason(channel: str) -> None:
    found = recognise([channel])[0]
    assert found.muscle is None
    assert found.reason


@pytest.mark.parametrize(
    "channel",
    [
        "Voltage.not_used", "Voltage.not_used_2", "NotUsed", "EMG 7 (unused)", "n/a", "N.A.", "EMG03_NA", "NC",
        "EMG12: none", "Spare 3", "spare_R", "Empty", "Emg.EMPTY", "blank 2, uV", "VL not connected", "VL_not_used",
        "Nicht belegt", "non utilisé", "frei", "Off",
    ],
)  # fmt: skip
def test_a_channel_that_is_named_as_not_used_is_known(channel: str) -> None:
    assert unused(channel)
    assert recognise([channel])[0].muscle is None


@pytest.mark.parametrize(
    "channel",
    [
        "VL",
        "Nasalis",
        "EMG 7",
        "",
        "Empty can supraspinatus",
        "FREEEMG 3",
        "Voltage.1",
        "Sensor 12.EMG12",
        "R",
        "Open chain VL",
    ],
)
def test_other_channels_are_not(channel: str) -> None:
    assert unused(channel) == ""


def test_gm_alone_is_open_and_says_what_it_may_be() -> None:
    found = recognise(["GM", "RF", "VL"])[0]
    assert found.muscle is None
    assert "gluteus maximus or gluteus medius or gastrocnemius medialis" in found.reason
    assert '[muscles] "GM" =' in found.reason


@pytest.mark.parametrize(
    ("channels", "wanted"),
    [
        (["GM", "GL", "SO", "TA"], "gastrocnemius_medialis"),
        (["GM", "GMAX", "MG"], "gluteus_medius"),
        (["GM", "GMAX", "GL"], ""),
        (["GM", "GMED", "GMAX"], "gastrocnemius_medialis"),
        (["LGM", "LGL", "RGL"], "gastrocnemius_medialis left"),
        (["Biceps", "Triceps", "Delt_ant"], "biceps_brachii"),
        (["Biceps", "RF", "VL"], "biceps_femoris"),
        (["Biceps", "RF", "Delt_ant"], ""),
        (["Biceps"], ""),
        (["TA", "RA", "EO", "IO"], ""),
        (["TA", "SO"], "tibialis_anterior"),
        (["LT", "UT", "MT"], "lower_trapezius"),
        (["ME", "MA"], "gluteus_medius"),
        (["FL", "Fz"], ""),
    ],
)
def test_the_other_channels_settle_a_name_of_several_muscles(channels: list[str], wanted: str) -> None:
    assert told(recognise(channels)[0]) == wanted


@pytest.mark.parametrize(
    ("channels", "wanted"),
    [
        (["BFL", "BFR"], ["biceps_femoris left", "biceps_femoris right"]),
        (["BFL", "VL"], ["biceps_femoris", "vastus_lateralis"]),
        (["LES", "RES"], ["erector_spinae left", "erector_spinae right"]),
        (["LGAS", "RGAS"], ["gastrocnemius left", "gastrocnemius right"]),
        (["LGAS", "MGAS"], ["gastrocnemius_lateralis", "gastrocnemius_medialis"]),
        (["Gastroc_L", "Gastroc_M"], ["gastrocnemius_lateralis", "gastrocnemius_medialis"]),
        (["Gastroc_L", "Gastroc_R"], ["gastrocnemius left", "gastrocnemius right"]),
        (["VL_D", "VL_G"], ["vastus_lateralis right", "vastus_lateralis left"]),
        (["VL_G", "SO"], ["", "soleus"]),
        (["VL_G", "VL_D", "RF_G"], ["vastus_lateralis left", "vastus_lateralis right", "rectus_femoris left"]),
    ],
)
def test_a_letter_is_a_side_where_the_other_side_stands_beside_it(channels: list[str], wanted: list[str]) -> None:
    assert [told(r) for r in recognise(channels)] == wanted


def test_thirteen_leg_muscles_of_two_letters() -> None:
    codes = ["ME", "MA", "FL", "RF", "VM", "VL", "ST", "BF", "TA", "PL", "GM", "GL", "SO"]
    wanted = [
        "gluteus_medius", "gluteus_maximus", "tensor_fasciae_latae", "rectus_femoris", "vastus_medialis",
        "vastus_lateralis", "semitendinosus", "biceps_femoris", "tibialis_anterior", "peroneus_longus",
        "gastrocnemius_medialis", "gastrocnemius_lateralis", "soleus",
    ]  # fmt: skip
    assert [told(r) for r in recognise(codes)] == wanted


def test_order_and_case_of_channels_do_not_matter() -> None:
    channels = [c for rows in SPELLINGS.values() for c in rows if c.isascii()][:60]
    forward = by_channel(*channels)
    assert by_channel(*reversed(channels)) == forward
    assert [told(r) for r in recognise([c.upper() for c in SPELLINGS["model-short-names"]])] == list(
        SPELLINGS["model-short-names"].values()
    )


def test_the_muscles_that_other_parts_ask_for_by_role() -> None:
    def having(role: str) -> set[str]:
        return {m.id for m in muscles().values() if role in m.roles and not m.group}

    brace = {"rectus_abdominis", "external_oblique", "internal_oblique", "transversus_abdominis", "erector_spinae"}
    assert brace | {"multifidus"} <= having("trunk_brace")
    assert having("upper_trapezius") == {"upper_trapezius"}
    assert having("chest") == {"pectoralis_major"}
    assert having("quadriceps") == {"rectus_femoris", "vastus_lateralis", "vastus_medialis", "vastus_intermedius"}
    assert muscles()["gluteus_maximus"].region == "hip"


def emg(*channels: str, **meta: str) -> Recording:
    values = np.zeros((10, len(channels)))
    stream = Stream("emg", "emg", values, 1000.0, channels, ("V",) * len(channels), meta=meta)
    return Recording(streams=(stream,))


def test_a_map_comes_before_the_name_and_the_format_before_both_names(tmp_path: Path) -> None:
    file = tmp_path / "map.toml"
    file.write_text('[muscles]\n"EMG 7" = "vastus_lateralis right"\nVL = "soleus_left"\n', encoding="utf-8")
    recording = emg("EMG 7", "VL", "XY", **{"muscle:XY": "gluteus medius"})
    found = name_channels(recording, file)
    assert [told(r) for r in found.values()] == ["vastus_lateralis right", "soleus left", "gluteus_medius"]
    assert set(found) == {("emg", "EMG 7"), ("emg", "VL"), ("emg", "XY")}


def test_a_map_takes_plain_names_and_json(tmp_path: Path) -> None:
    file = tmp_path / "map.json"
    file.write_text('{"muscles": {"a": "Right Vastus Lateralis", "b": "gluteus-maximus"}}', encoding="utf-8")
    assert read_muscle_map(file) == {"a": ("vastus_lateralis", "right"), "b": ("gluteus_maximus", None)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[muscles]\n"EMG 7" = "vastus_laterlis"', "did you mean vastus_lateralis"),
        ('[muscles]\n"EMG 7" = "soleus right left"', "names both sides"),
        ('[muscles]\n"EMG 7" = 3', "give a muscle"),
        ('[muscles]\n"EMG 8" = "soleus"', "no EMG channel EMG 8; did you mean EMG 7"),
        ("muscles = 3", "muscles is no table"),
        ('[muscle]\n"EMG 7" = "vastus_lateralis"', "nothing reads the table [muscle]; write [muscles]"),
        (
            '"EMG 7" = "vastus-lateralis right"',
            '"EMG 7" = "vastus-lateralis right" stands in no table; write [muscles]',
        ),
        ('[muscles]\n"EMG 7" = "quad"', "did you mean quadriceps or quadratus_lumborum?"),
        ("[muscles", "not valid TOML"),
    ],
)
def test_a_wrong_map_is_refused_by_name(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "map.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=r"map\.toml") as refused:
        name_channels(emg("EMG 7"), file)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_map_of_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        read_muscle_map(tmp_path / "none.toml")


def test_channels_of_the_shared_recordings(shared_data: Path) -> None:
    box = {key[1]: told(r) for key, r in name_channels(legato.read(shared_data / "box-lift/box-lift.c3d")).items()}
    assert {channel: muscle for channel, muscle in box.items() if muscle} == {
        "Delt_ant.EMG1": "deltoid_anterior", "Delt_med.EMG2": "deltoid_middle", "Delt_post.EMG3": "deltoid_posterior",
        "Biceps.EMG4": "biceps_brachii", "Triceps.EMG5": "triceps_brachii", "Trap_sup.EMG6": "upper_trapezius",
        "Trap_inf.EMG7": "lower_trapezius", "Gd_dent.EMG8": "serratus_anterior", "Supra.EMG9": "supraspinatus",
        "Infra.EMG10": "infraspinatus", "Subscap.EMG11": "subscapularis", "Pec.IM EMG12": "pectoralis_major",
        "Gd_dors.IM EMG13": "latissimus_dorsi",
    }  # fmt: skip
    gait = name_channels(legato.read(shared_data / "gait-emg/walk-13-muscles.csv"))
    assert all(r.muscle for r in gait.values()) and len(gait) == 13
    jump = name_channels(legato.read(shared_data / "vendor-c3d/motion-analysis-jump.c3d"))
    assert [told(r) for r in jump.values()] == [
        "rectus_femoris right", "hamstrings right", "gluteus right", "gluteus right"
    ]  # fmt: skip


def test_the_page_that_a_map_needs_lists_every_muscle() -> None:
    page = (Path(__file__).parents[2] / "docs" / "recordings.md").read_text(encoding="utf-8")
    assert [m for m in muscles() if f"`{m}`" not in page] == []
