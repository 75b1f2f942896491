"""The whole pipeline on EMG: what was planted is found, what cannot be told is refused, everything is named."""

import csv
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from legato import BadInput, analyze, read
from legato.analysis import Analysis
from legato.recording import InputFile, Recording, Stream
from legato.report import report_html
from legato.simulate import EmgSettings, Simulation, demo_press, scenario_for, simulate_scenario, with_emg


@pytest.fixture(scope="module")
def pressed() -> Simulation:
    return demo_press()


@pytest.fixture(scope="module")
def press(pressed: Simulation) -> Analysis:
    return analyze(pressed.recording, "bench-press")


def test_the_lag_planted_between_two_muscles_is_found_and_its_window_gets_a_position(
    pressed: Simulation, press: Analysis
) -> None:
    assert press.chain is not None
    channels = {c["channel"]: c["bursts"] for c in pressed.truth["emg"]["channels"]}
    thigh, chest = channels["vastus_lateralis_right"], channels["pectoralis_major_right"]
    truth = float(np.mean([b["centre_s"] - a["centre_s"] for a, b in zip(thigh, chest, strict=True)]))
    window = next(w for w in press.chain.windows if w.id == "w-pec")
    assert window.gap is not None and window.gap.set_s is not None and window.gap.n == 12
    assert window.gap.set_s.holds(truth)
    # 60 ms with an interval of some 10 ms lies clear of 80 ms; no source supports the band, so no verdict.
    assert (window.position, window.verdict, window.grade) == ("before", "not-resolvable", "N")
    assert window.probability_inside is not None and window.probability_inside < 0.01


def test_muscles_stand_in_the_document(press: Analysis) -> None:
    from importlib.resources import files

    document = json.loads(json.dumps(press.to_dict(), allow_nan=False))
    schema = json.loads(files("legato.report").joinpath("schema.json").read_text(encoding="utf-8"))
    assert [e.message for e in jsonschema.Draft202012Validator(schema).iter_errors(document)] == []
    thigh = document["muscles"][0]
    assert (thigh["channel"], thigh["muscle"], thigh["side"]) == ("vastus_lateralis_right", "vastus_lateralis", "right")
    assert [b["rep"] for b in thigh["bursts"] if b["main"]] == list(range(12))
    assert thigh["bursts"][0]["amplitude"]["unit"] == "%" and thigh["normalisation"] == "peak of the task"
    lag = thigh["lags"][0]
    assert (lag["to_muscle"], lag["at"], lag["primary"], lag["n"]) == ("pectoralis_major", "centre", True, 12)
    window = document["windows"][0]
    assert (window["id"], window["set"], window["n"]) == ("w-pec", lag["set"], 12)
    # A verdict on a claim without a source, or a burst of a refused channel, is no such document.
    window["verdict"] = "fault"
    assert not jsonschema.Draft202012Validator(schema).is_valid(document)
    window["verdict"] = "not-resolvable"
    thigh["usable"] = False
    assert not jsonschema.Draft202012Validator(schema).is_valid(document)


def test_what_muscles_do_together_stands_in_the_document(press: Analysis) -> None:
    document = json.loads(json.dumps(press.to_dict(), allow_nan=False))["between_muscles"]
    measures = {(m["measure"], m["from"], m["to"], m["at"]): m for m in document["measures"]}
    thigh, chest = "vastus lateralis, right", "pectoralis major, right"
    assert measures["order", None, None, "centre"]["order"].index(thigh) == 0
    # 60 ms are planted between them, six SDs of one repetition.
    assert measures["first-before-second", thigh, chest, "centre"]["set"]["low"] > 0.95
    locking = measures["phase-locking", thigh, chest, None]
    assert (locking["answer"], locking["n"]) == ("beyond-chance", 12)
    assert measures["mean-phase", thigh, chest, None]["set"]["unit"] == "deg"
    unscored = measures["phase-locking", chest, "momentum", None]
    assert unscored["set"] is None and unscored["reason"]
    assert document["synergies"]["n"] >= 1
    assert any("against each other" in note for note in document["notes"])


def test_muscles_stand_in_the_tables(press: Analysis) -> None:
    import csv
    import io

    from legato.report.tables import tables

    written = {n: list(csv.DictReader(io.StringIO(text))) for n, text in tables(press).items() if "muscle" in n}
    bursts, lags = written["muscles.csv"], written["muscle_lags.csv"]
    thigh = [row for row in bursts if row["muscle"] == "vastus_lateralis" and row["main"] == "true"]
    assert [row["rep_number"] for row in thigh] == [str(k) for k in range(1, 13)]
    assert all(float(r["centre_low_s"]) < float(r["centre_s"]) < float(r["centre_high_s"]) for r in thigh)
    assert [row["rep_number"] for row in lags[:13]] == ["set", *(str(k) for k in range(1, 13))]
    assert lags[0]["at"] == "centre" and lags[0]["n"] == "12"
    first = written["muscle_measures.csv"][0]
    assert (first["measure"], first["at"], first["n"]) == ("order", "centre", "12")
    assert first["order"].startswith("vastus lateralis, right > ")


@pytest.fixture(scope="module")
def short_press() -> Simulation:
    return with_emg(simulate_scenario(scenario_for("bench-press", reps=3, seed=4)), EmgSettings())


def with_emg_values(recording: Recording, change: Any) -> Recording:
    """The recording with its EMG stream changed."""
    return replace(recording, streams=tuple(change(s) if s.kind == "emg" else s for s in recording.streams))


def test_the_gate_speaks_for_emg_and_refused_channels_are_not_used(short_press: Simulation) -> None:
    def flatten(stream: Stream) -> Stream:
        values = stream.values.copy()
        values[:, 2] = 0.0
        return stream.with_values(values)

    analysis = analyze(with_emg_values(short_press.recording, flatten), "bench-press")
    said = {q.channel: q for q in analysis.quality}
    assert not said["pectoralis_major_right"].usable and "dead" in said["pectoralis_major_right"].reasons[0]
    assert said["vastus_lateralis_right"].usable
    assert analysis.muscles is not None and analysis.chain is not None
    assert all(lag.to_channel != "pectoralis_major_right" for lag in analysis.muscles.lags)
    window = next(w for w in analysis.chain.windows if w.id == "w-pec")
    assert window.gap is None and "pectoralis_major_right is refused: dead" in window.reason


def test_a_dropped_channel_counts_as_never_recorded(short_press: Simulation) -> None:
    drop = {"do": "drop-channel", "stream": "emg", "channel": "pectoralis_major_right"}
    analysis = analyze(short_press.recording, "bench-press", corrections={"correction": [drop]})
    assert analysis.muscles is not None
    chest = next(m for m in analysis.muscles.muscles if m.channel == "pectoralis_major_right")
    assert not chest.usable and "never recorded" in chest.reasons[0]


def test_channels_are_named_by_the_map_and_compared_with_a_maximum(short_press: Simulation) -> None:
    def strange(stream: Stream) -> Stream:
        return replace(stream, channels=("Sensor 1", *stream.channels[1:]))

    recording = with_emg_values(short_press.recording, strange)
    mapping = {"muscles": {"Sensor 1": "vastus_lateralis right"}}
    (emg,) = recording.of_kind("emg")
    maximum = Recording((emg.with_values(3.0 * emg.values),))
    analysis = analyze(recording, "bench-press", mapping=mapping, mvic=maximum)
    assert analysis.muscles is not None
    thigh = analysis.muscles.muscles[0]
    assert (thigh.muscle, thigh.side, thigh.normalisation) == (
        "vastus_lateralis", "right", "maximal voluntary isometric contraction",
    )  # fmt: skip
    # Of the same set three times as strong; the largest half second lies below the largest tenth, but not by half.
    assert 33.0 < np.nanmax(thigh.envelope) < 90.0
    assert analysis.muscles.lags[0].from_channel == "Sensor 1"


def test_a_sub_maximal_contraction_is_named_in_the_json_and_the_report(short_press: Simulation) -> None:
    (emg,) = short_press.recording.of_kind("emg")
    file = InputFile("hold.c3d", "", "c3d", ("emg",))
    hold = Recording((emg.with_values(2.0 * emg.values),), inputs=(file,))
    analysis = analyze(short_press.recording, "bench-press", submax=hold)
    document = analysis.to_dict()
    assert document["settings"]["submax"] == ["hold.c3d"] and document["settings"]["mvic"] is None
    assert {m["normalisation"] for m in document["muscles"]} == {"sub-maximal reference contraction"}
    assert "% of the sub-maximal reference contraction" in report_html(analysis)
    with pytest.raises(BadInput, match="give --mvic or --submax"):
        analyze(short_press.recording, "bench-press", submax=hold, mvic=hold)


def test_amplitudes_as_a_share_of_the_mean_of_the_task(short_press: Simulation) -> None:
    of_mean = analyze(short_press.recording, "bench-press", emg_amplitude="task-mean")
    of_peak = analyze(short_press.recording, "bench-press", emg_amplitude="task-peak")
    document = of_mean.to_dict()
    assert document["settings"]["emg_amplitude"] == "task-mean"
    assert {m["normalisation"] for m in document["muscles"]} == {"mean of the task"}
    assert "% of the mean of the task" in report_html(of_mean)
    assert of_mean.muscles is not None and of_peak.muscles is not None
    (emg,) = short_press.recording.of_kind("emg")
    for mean, peak in zip(of_mean.muscles.muscles, of_peak.muscles.muscles, strict=True):
        times = mean.envelope_start_s + np.arange(mean.envelope.size) / mean.envelope_rate_hz
        inside = np.any([(rep.start_s <= times) & (times < rep.end_s) for rep in of_mean.reps], axis=0)
        # The mean is an RMS, as amplitudes are; smoothing at 6 Hz takes some per cent off bursts of 0.3 s.
        assert np.sqrt(np.mean(np.square(mean.envelope[inside]))) == pytest.approx(100.0, abs=10.0)
        assert peak.normalisation == "peak of the task" and mean.reference is not None and peak.reference is not None
        assert mean.reference.value is not None and peak.reference.value is not None
        samples = emg.values[:, emg.channels.index(mean.channel)]
        held = np.any([(rep.start_s <= emg.times()) & (emg.times() < rep.end_s) for rep in of_mean.reps], axis=0)
        # The band of 20 to 450 Hz takes some per cent off what was recorded.
        assert mean.reference.value.value == pytest.approx(np.sqrt(np.mean(np.square(samples[held]))), rel=0.05)
        larger = peak.reference.value.value / mean.reference.value.value
        assert larger > 1.2
        told = [
            (a.amplitude.value, b.amplitude.value)
            for a, b in zip(mean.bursts, peak.bursts, strict=True)
            if a.amplitude is not None and b.amplitude is not None
        ]
        assert len(told) >= 3 and all(a == pytest.approx(larger * b, rel=1e-9) for a, b in told)


def test_raw_amplitudes_are_volts_and_compared_with_nothing(short_press: Simulation, tmp_path: Path) -> None:
    raw = analyze(short_press.recording, "bench-press", emg_amplitude="raw")
    shares = analyze(short_press.recording, "bench-press")
    assert raw.muscles is not None and shares.muscles is not None
    for one, share in zip(raw.muscles.muscles, shares.muscles.muscles, strict=True):
        assert (one.normalisation, one.reference, one.envelope_unit) == ("", None, "V")
        assert "not normalised: raw was asked for" in one.warnings
        assert share.reference is not None and share.reference.value is not None
        for own, other in zip(one.bursts, share.bursts, strict=True):
            assert own.amplitude is not None and other.amplitude is not None and own.amplitude.unit == "V"
            whole = share.reference.value.value
            assert own.amplitude.value == pytest.approx(other.amplitude.value / 100.0 * whole, rel=1e-9)
        np.testing.assert_allclose(one.envelope, share.envelope * share.reference.value.value / 100.0, rtol=1e-9)
    # Where each muscle's height does not matter, raw envelopes tell the same.
    assert raw.muscles.between is not None and shares.muscles.between is not None
    for one, share in zip(raw.muscles.between.locking, shares.muscles.between.locking, strict=True):
        assert one.locking is not None and share.locking is not None and one.locking.plv is not None
        assert share.locking.plv is not None and one.locking.plv.value == pytest.approx(share.locking.plv.value)
    document = json.loads(json.dumps(raw.to_dict(), allow_nan=False))
    schema = Path(analyze.__code__.co_filename).parent / "report" / "schema.json"
    jsonschema.validate(document, json.loads(schema.read_text(encoding="utf-8")))
    assert document["settings"]["emg_amplitude"] == "raw" and document["muscles"][0]["normalisation"] is None
    page = report_html(raw)
    assert "not normalised: raw was asked for" in page and " µV</td>" in page
    named = [piece.split("</small>")[0] for piece in page.split("right <small>")[1:]]
    assert named == ["µV, not normalised"] * len(raw.muscles.muscles)
    assert re.search(r"EMG envelope, [^\"]*, µV\"", page)
    assert raw.muscles.between is not None and not any(pair.coactivation for pair in raw.muscles.between.coactivation)
    assert all(side.amplitude is None for side in raw.muscles.between.sides)
    with (raw.save(tmp_path / "out") / "tables" / "muscles.csv").open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file))
    first = raw.muscles.muscles[0].bursts[0].amplitude
    assert first is not None and float(row["amplitude_raw"]) == pytest.approx(first.value, rel=1e-6)
    assert (row["raw_unit"], row["amplitude_pct"], row["normalisation"]) == ("V", "", "")


def test_emg_alone_is_one_stretch_with_bursts_and_no_verdict(short_press: Simulation) -> None:
    from importlib.resources import files

    alone = replace(short_press.recording, streams=short_press.recording.of_kind("emg"))
    analysis = analyze(alone, "bench-press")
    assert [rep.complete for rep in analysis.reps] == [False] and "add-rep" in analysis.reps[0].reason
    assert analysis.muscles is not None and not analysis.muscles.lags
    thigh = analysis.muscles.muscles[0]
    truth = short_press.truth["emg"]["channels"][0]["bursts"]
    # A simulated burst of 300 ms: 13 ms is the 95th percentile of one centre's error; none is off by three of them.
    centres = [b.centre.value for b in thigh.bursts if b.centre is not None]
    assert centres == pytest.approx([b["centre_s"] for b in truth], abs=0.04)
    document = json.loads(json.dumps(analysis.to_dict(), allow_nan=False))
    schema = json.loads(files("legato.report").joinpath("schema.json").read_text(encoding="utf-8"))
    assert [e.message for e in jsonschema.Draft202012Validator(schema).iter_errors(document)] == []
    assert {w["verdict"] for w in document["windows"]} == {"not-resolvable"}


def test_repetitions_that_a_person_marks_serve_emg_alone(short_press: Simulation) -> None:
    alone = replace(short_press.recording, streams=short_press.recording.of_kind("emg"))
    spans = [(rep["start_s"], rep["end_s"]) for rep in short_press.truth["reps"]]
    added = [{"do": "add-rep", "start_s": start, "end_s": end} for start, end in spans]
    analysis = analyze(alone, "bench-press", corrections={"correction": added})
    assert [rep.complete for rep in analysis.reps] == [True] * 3
    assert analysis.muscles is not None
    assert analysis.muscles.lags[0].n == 3


def test_emg_alone_does_not_say_which_movement_it_is(short_press: Simulation) -> None:
    alone = replace(short_press.recording, streams=short_press.recording.of_kind("emg"))
    with pytest.raises(BadInput, match=r"EMG alone.*--movement"):
        analyze(alone)


def test_without_emg_no_code_of_muscles_is_loaded() -> None:
    import subprocess
    import sys

    code = (
        "import sys\nfrom legato import analyze\nfrom legato.simulate import simulate\n"
        "analyze(simulate('back-squat', rate_hz=100.0, reps=3, seed=3).recording, 'back-squat')\n"
        "print([m for m in sys.modules if m.startswith('legato.muscles.') and m.split('.')[-1] in"
        " ('bursts', 'analyse', 'conditioning', 'quality')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_box_lifts_live_channels_are_used_and_its_dead_ones_refused(shared_data: Path) -> None:
    analysis = analyze(read(shared_data / "box-lift" / "box-lift.c3d"), "box-lift")
    assert analysis.muscles is not None
    live = [m for m in analysis.muscles.muscles if m.usable]
    assert len(live) == 13 and all(m.muscle for m in live)
    assert sum("dead" in reason for m in analysis.muscles.muscles for reason in m.reasons) >= 14
    assert all(not m.bursts for m in analysis.muscles.muscles if not m.usable)
    rep = analysis.reps[0]
    for muscle in ("pectoralis_major", "latissimus_dorsi"):
        burst = next(m for m in live if m.muscle == muscle).main_burst(0)
        assert burst is not None and burst.centre is not None, muscle
        assert rep.start_s < burst.centre.value < rep.end_s


def test_a_sprints_muscles_are_timed_on_the_clock_of_its_strides(shared_data: Path) -> None:
    analysis = analyze(read(shared_data / "sprint" / "sprint.c3d"), "sprint")
    assert analysis.muscles is not None
    named = [m for m in analysis.muscles.muscles if "EMG" in m.channel]
    assert len(named) == 10 and all(m.usable and m.muscle and m.side and m.bursts for m in named)
    (stream,) = analysis.recording.of_kind("emg")
    centres = [b.centre.value for m in named for b in m.bursts if b.centre is not None]
    assert centres and min(centres) > 0.0 and max(centres) < stream.duration_s
    # By the file's own events one stride was recorded whole, and no pair of its muscles is one that is compared.
    assert [rep.side for rep in analysis.reps if rep.complete] == ["right"] and not analysis.muscles.lags


def test_saturated_channels_of_emg_alone_are_refused_through_the_pipeline(shared_data: Path) -> None:
    analysis = analyze(read(shared_data / "squat-emg" / "squat-emg.csv"), "back-squat")
    used = {q.channel[:5]: q.usable for q in analysis.quality}
    assert [used[f"EMG{k:02d}"] for k in range(1, 7)] == [True] * 6
    assert not any(used[f"EMG{k:02d}"] for k in range(7, 17))
    assert analysis.muscles is not None and not analysis.muscles.lags
