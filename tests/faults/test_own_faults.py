"""Whatever a coach's own file asks for is judged or refused in words, from the file to the report."""

import json
from itertools import product
from pathlib import Path
from typing import get_args

import pytest

import legato
from legato.analysis import Analysis
from legato.faults.model import Reading
from legato.faults.results import RESULTS
from legato.simulate import simulate

TIMED = ("duration", "held", "failure")
SIGNALS = {"knee_flexion": ("deg", '"each"'), "lumbar_flexion": ("deg", ""), "hand_speed": ("m/s", '"difference"')}


def fault(name: str, kind: str, unit: str, what: str, band: str) -> str:
    return (
        f'[[faults]]\nid = "{name}"\nname = "Number"\nkind = "{kind}"\nunit = "{unit}"\nsays = "So it is."\n'
        f'source = "ours"\nmovements = ["back-squat"]\nneeds = "markers"\n{what}\n'
        + (f'band = {{ {band}, source = "ours", grade = "ENG" }}\n' if band else "")
        + '[[faults.causes]]\ncause = "a"\ntells = "b"\n'
    )


def every_kind() -> str:
    """A file with a fault for each reading of some signals, each result, and each kind."""
    found: list[str] = []
    for reading, (signal, (unit, side)) in product(get_args(Reading), SIGNALS.items()):
        given = f'signal = "{signal}", unit = "{unit}"' + (f", side = {side}" if side else "")
        if reading in TIMED:
            given, unit = 'unit = "s"', "s"
        name = f"{reading}-{signal}".replace("_", "-")
        found.append(fault(name, "band", unit, f'measure = {{ reading = "{reading}", {given} }}', 'fault = "outside"'))
    for name, (unit, _) in RESULTS.items():
        text = f'result = "{name}"\nleast_reps = 1'
        found.append(fault("of-" + name.replace("_", "-"), "band", unit, text, 'fault = "outside"'))
    peak = 'measure = { signal = "knee_flexion", reading = "peak", side = "mean" }'
    over = 'over = { signal = "hip_flexion", reading = "peak", side = "mean" }'
    lead = (
        'lead = { from = { name = "knee", quantity = "knee_flexion_velocity", side = "both" }, '
        'to = { name = "hip", quantity = "hip_flexion_velocity", side = "both" }, event = "onset" }'
    )
    found += [
        fault("a-drift", "drift", "deg", peak, 'fault = "above", high = 40.0'),
        fault("a-load-drift", "drift", "deg", peak + '\nagainst = "load"', 'fault = "above", high = 40.0'),
        fault("a-spread", "spread", "1", peak, 'fault = "above", high = 9.0'),
        fault("a-share", "share", "1", f"{peak}\n{over}", 'fault = "above"'),
        fault("a-lead", "lead", "s", lead, 'fault = "above"'),
        fault("two-of-them", "band", "1", 'all_of = ["a-share", "a-lead"]', ""),
        fault("three-of-them", "band", "1", 'all_of = ["two-of-them", "a-drift"]', ""),
    ]
    return "".join(found)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[Analysis, Analysis, Path]:
    """One set by itself, and against another of the same athlete as the baseline; the file."""
    path = tmp_path_factory.mktemp("own") / "ours.toml"
    path.write_text(every_kind(), "utf-8")
    sets = [simulate("back-squat", seed=seed, reps=6, rate_hz=100.0).recording for seed in (5, 6)]
    first = legato.analyze(sets[0], "back-squat", faults=path)
    return first, legato.analyze(sets[1], "back-squat", faults=path, baseline=first.to_dict()), path


def test_everything_asked_for_is_answered(found: tuple[Analysis, Analysis, Path]):
    asked = found[2].read_text("utf-8").count("[[faults]]")
    for result in found[:2]:
        own = [f for f in result.findings if f.fault.source == "ours"]
        assert len({f.fault.id for f in own}) == asked > 50
        for finding in own:
            assert finding.verdict in ("ok", "fault", "not-resolvable")
            assert finding.why and (finding.resolve or finding.verdict != "not-resolvable"), finding.fault.id


def test_nothing_without_a_band_is_a_fault(found: tuple[Analysis, Analysis, Path]):
    for finding in found[0].findings:
        if finding.fault.source == "ours" and finding.fault.band and finding.fault.band.default is None:
            assert finding.verdict == "not-resolvable"


def test_a_second_set_of_the_same_athlete_has_no_fault(found: tuple[Analysis, Analysis, Path]):
    own = [f for f in found[1].findings if f.fault.source == "ours"]
    assert not [f.fault.id for f in own if f.verdict == "fault"]
    assert len([f for f in own if f.verdict == "ok" and f.band_from == "own"]) > 20


def test_the_report_holds_them_all(found: tuple[Analysis, Analysis, Path], tmp_path: Path):
    found[1].save(tmp_path)
    record = json.loads((tmp_path / "result.json").read_text("utf-8"))
    assert {f.fault.id for f in found[1].findings} == {f["fault"] for f in record["findings"]}
