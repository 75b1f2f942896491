"""`legato profile`: a planted maximum through the files of a day, as a lifter would give them."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from legato.bar.analyse import analyse_bar, profile_of_reps
from legato.bar.model import BarRep
from legato.cli import app
from legato.errors import BadInput
from legato.recording import FloatArray, Recording, Stream

SHARES = (0.4, 0.5, 0.6, 0.7, 0.8, 0.85)


def height(mean_velocity: float, t: FloatArray, way_m: float = 0.45) -> FloatArray:
    """Two presses from the chest with this mean velocity, down in 1.5 s each, at rest between."""
    up_s = way_m / mean_velocity
    found = np.full_like(t, 1.0)
    for start, lasts, way in ((1.0, 1.5, -way_m), (3.5, up_s, way_m), (8.0, 1.5, -way_m), (10.5, up_s, way_m)):
        s = np.clip((t - start) / lasts, 0.0, 1.0)
        found += way * s**3 * (10.0 - 15.0 * s + 6.0 * s**2)
    return found


def write_set(path: Path, mean_velocity: float) -> None:
    """A transducer's table in cm, with decimal commas."""
    t = np.arange(0.0, 15.0, 0.01)
    rows = (f"{a:.2f};{100.0 * b:.2f}".replace(".", ",") for a, b in zip(t, height(mean_velocity, t), strict=True))
    path.write_text("\n".join(["time (s);position (cm)", *rows]) + "\n", encoding="utf-8")


def run(*arguments: str) -> dict:
    result = CliRunner().invoke(app, ["profile", *arguments, "--json", "-"], catch_exceptions=False)
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def sets(tmp_path_factory) -> list[Path]:
    folder = tmp_path_factory.mktemp("sets")
    paths = [folder / f"{share:g}.csv" for share in SHARES]
    for path, share in zip(paths, SHARES, strict=True):
        write_set(path, 1.5 + (0.16 - 1.5) * share)
    return paths


def test_a_planted_maximum_comes_back_from_a_file_a_load(sets):
    loads = ",".join(f"{120.0 * share:g}" for share in SHARES)
    found = run(*map(str, sets), "--loads", loads, "--movement", "bench-press")
    assert found["one_rm"]["value"] == pytest.approx(120.0, rel=0.03)
    assert found["one_rm"]["low"] < 120.0 < found["one_rm"]["high"]
    assert len(found["points"]) == 6


def test_results_and_lists_of_repetitions_count_as_sets(tmp_path, sets):
    results = []
    for k, share in enumerate((0.4, 0.6, 0.8)):
        reps = [{"mean_velocity": {"value": v, "low": v, "high": v, "unit": "m/s"}, "mean_propulsive_velocity": None,
                 "load_kg": 120.0 * share, "reason": None} for v in [1.5 - 1.34 * share]]  # fmt: skip
        folder = tmp_path / f"day-{k}"
        folder.mkdir()
        (folder / "result.json").write_text(json.dumps({"schema": "legato.analysis/1", "bar": {"reps": reps}}))
        results.append(str(folder / "result.json"))
    listed = tmp_path / "list.csv"
    listed.write_text("rep,load (kg),mean velocity (m/s)\n1,102,0.361\n", encoding="utf-8")
    found = run(*results, str(listed), "--movement", "bench-press")
    assert found["one_rm"]["value"] == pytest.approx(120.0, rel=0.005)


def test_a_set_without_a_load_and_a_wrong_number_of_loads_are_refused(sets):
    for arguments, words in (([], "load is not known"), (["--loads", "40,50,60"], "3 loads for 2 files")):
        with pytest.raises(BadInput, match=words):
            CliRunner().invoke(
                app, ["profile", *map(str, sets[:2]), "--movement", "bench-press", *arguments], catch_exceptions=False
            )


def test_recordings_beside_lists_are_refused(tmp_path, sets):
    listed = tmp_path / "list.csv"
    listed.write_text("rep,load (kg),mean velocity (m/s)\n1,102,0.361\n", encoding="utf-8")
    results = tmp_path / "result.json"
    rep = {"mean_velocity": {"value": 0.36, "low": 0.35, "high": 0.37, "unit": "m/s"}, "load_kg": 102.0,
           "mean_propulsive_velocity": None, "reason": None, "mean_velocity_from_rest_m_s": 0.3}  # fmt: skip
    results.write_text(json.dumps({"schema": "legato.analysis/1", "bar": {"reps": [rep]}}))
    # Another list, or the result of a recording, in place of the last set.
    for last, refused in ((listed, True), (results, False)):
        paths = [*sets[:5], last]
        asked = ["profile", *map(str, paths), "--loads", "48,60,72,84,96,102", "--movement", "bench-press"]
        if refused:
            with pytest.raises(BadInput, match="recordings beside lists of another program") as caught:
                CliRunner().invoke(app, asked, catch_exceptions=False)
            assert "\n" not in str(caught.value)
        else:
            assert CliRunner().invoke(app, asked, catch_exceptions=False).exit_code == 0


LISTED = {
    "vitruve": ("serie", "repetición", "carga", "velocidad_media"),
    "openbarbell": ("Set", "Rep", "Weight", "Avg Velocity (m/s)"),
    "own": ("set", "rep", "load", "velocidad media", "avg velocity"),
}


def write_list(path: Path, titles: tuple[str, ...], share: float, velocity: float | None = None) -> str:
    mean = 1.5 - 1.34 * share if velocity is None else velocity
    row = ["1", "1", f"{120.0 * share:g}", *[f"{mean:.4f}"] * (len(titles) - 3)]
    path.write_text(f"{','.join(titles)}\n{','.join(row)}\n", encoding="utf-8")
    return str(path)


def test_lists_whose_titles_are_of_different_programs_are_refused(tmp_path):
    paths = [
        write_list(tmp_path / f"{k}.csv", LISTED["vitruve" if k < 2 else "openbarbell"], share)
        for k, share in enumerate((0.4, 0.5, 0.7, 0.8))
    ]
    with pytest.raises(
        BadInput, match=r"0\.csv and .*2\.csv: by their columns' titles the one is of Vitruve, the"
    ) as caught:
        CliRunner().invoke(app, ["profile", *paths, "--movement", "bench-press"], catch_exceptions=False)
    assert "\n" not in str(caught.value) and "OpenBarbell" in str(caught.value)


def test_a_line_says_where_lists_may_be_of_different_programs_and_none_where_they_are_of_one(tmp_path):
    for other, doubted in (("openbarbell", False), ("own", True)):
        paths = [
            write_list(tmp_path / f"{other}-{k}.csv", LISTED["openbarbell" if k < 3 else other], share)
            for k, share in enumerate((0.4, 0.5, 0.7, 0.8))
        ]
        notes = run(*paths, "--movement", "bench-press")["notes"]
        told = [note for note in notes if "whether one program listed" in note]
        assert len(told) == doubted


def test_the_titles_of_a_list_stay_with_its_result(tmp_path):
    for last, doubted in (("openbarbell", False), ("own", True)):
        given = []
        for k, share in enumerate((0.4, 0.5, 0.7, 0.8)):
            path = write_list(tmp_path / f"{last}-{k}.csv", LISTED["openbarbell" if k < 3 else last], share)
            out = tmp_path / f"{last}-{k}"
            done = CliRunner().invoke(app, ["analyze", path, "--movement", "bench-press", "--out", str(out)])
            assert done.exit_code == 0, done.output
            given.append(str(out / "result.json") if k != 1 else path)
        notes = run(*given, "--movement", "bench-press")["notes"]
        assert any("whether one program listed" in note for note in notes) == doubted


def test_mean_velocities_beside_mean_propulsive_ones_alone_are_refused(tmp_path):
    paths = [
        write_list(tmp_path / f"{k}.csv", ("set", "rep", "load", "mean_velocity" if k < 2 else "MPV"), share)
        for k, share in enumerate((0.4, 0.5, 0.7, 0.8))
    ]
    with pytest.raises(BadInput, match="others their mean propulsive velocity alone"):
        CliRunner().invoke(app, ["profile", *paths, "--movement", "bench-press"], catch_exceptions=False)


@pytest.mark.slow
def test_planted_maxima_are_held_as_often_as_said_through_measured_sets():
    rng = np.random.default_rng(6)
    t = np.arange(0.0, 15.0, 0.01)
    errors, held = [], []
    for _ in range(120):
        maximum, fastest, own = rng.uniform(60.0, 200.0), rng.uniform(1.4, 1.7), rng.normal(0.16, 0.04)
        reps: list[BarRep] = []
        for share in SHARES:
            # Between sets a lifter varies by 0.02 m/s.
            mean = fastest + (own - fastest) * share + rng.normal(0.0, 0.02)
            values = height(mean, t)[:, None] + rng.normal(0.0, 0.0005, (t.size, 1))
            stream = Stream("table", "table", values, 100.0, ("position",), ("m",))
            found = analyse_bar(Recording((stream,)), loads_kg=[maximum * share])
            assert found is not None
            reps += found.reps
        one = profile_of_reps(reps, "bench-press").one_rm
        if one is not None:
            errors.append(abs(one.value / maximum - 1.0))
            held.append(one.holds(maximum))
    assert len(held) >= 115
    assert np.median(errors) <= 0.03
    # Standard error of 120 draws: 2.7 points.
    assert 0.82 <= np.mean(held) <= 0.98
