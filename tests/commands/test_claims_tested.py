"""Every claim that one athlete can test: from its own request to its verdict, with results made by hand."""

import json
import math
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from legato.cli import app
from legato.evidence.claims import claims

RUN = CliRunner()
DAY = datetime(2026, 3, 2, 17, 0)
TESTED = [claim for claim in claims().values() if claim.user_test.protocol != "none"]


def trial(*words: object) -> str:
    done = RUN.invoke(app, ["trial", *map(str, words)], env={"COLUMNS": "400"})
    assert done.exit_code == 0, done.exception or done.output
    return " ".join(done.output.split())


def number(value: float, unit: str, half: float = 0.002) -> dict[str, Any]:
    return {"value": value, "low": value - half * abs(value), "high": value + half * abs(value), "unit": unit}


def result(path: Path, movement: str, outcome: str, of: str, gain: float, lag_s: float = 0.1) -> Path:
    """A result of five repetitions whose `outcome` is `gain` times the usual."""
    reps: list[dict[str, Any]] = [{"index": k, "start_s": k, "end_s": k + 0.5, "complete": True} for k in range(5)]
    for rep in reps:
        rep["metrics"] = {"lower_s": number(1.0, "s")}
    record: dict[str, Any] = {
        "schema": "legato.analysis/1", "legato_version": "0.1.0", "settings": {"level": 0.9, "load_kg": 60.0},
        "movement": {"id": movement}, "inputs": [{"path": "s.c3d", "sha256": path.stem.encode().hex().rjust(64, "0")}],
        "rep_driver": "markers", "reps": reps,
    }  # fmt: skip
    if outcome.startswith("bar-"):
        field = outcome.removeprefix("bar-").replace("-", "_")
        one = {"load_kg": 60.0, "range": number(0.4, "m"), "tempo": {"bottom": number(0.1, "s")}}
        bar = [
            {"rep": k, **one, "mean_velocity": number(0.4, "m/s"), field: number(0.5 * gain, "m/s")} for k in range(5)
        ]
        record["bar"] = {"source": "markers", "reps": bar}
    elif outcome == "force-rise-100-ms":
        rise = {"start_s": 0.0, "end_s": 0.1, "rate_n_s": number(6000.0 * gain, "N/s")}
        record["forces"] = {"rfd": {"per_rep": [{"rep": k, "windows": [rise]} for k in range(5)]}}
    elif outcome == "gap":
        first, second, event = of.split()
        gap = {"from": first, "to": second, "event": event, "set": number(0.08 * gain, "s")}
        record["chain"] = {"gaps": [gap]}
    else:
        assert outcome == "rep-metric", "another outcome of the ledger: make its result here"
        for rep in reps:
            rep["metrics"][of] = number(40.0 * gain, "deg")
    record["windows"] = [{"id": "w-pec", "from": "vastus lateralis, right", "set": number(lag_s, "s")}]
    path.write_text(json.dumps(record), "utf-8")
    return path


def gain_of(arm: str, better: str, k: int) -> tuple[float, float]:
    """How much larger the number is with this arm or cued lag, if the claim is true; and the lag, s."""
    wobble = 0.002 * ((7 * k) % 5 - 2)
    if arm.endswith("ms"):
        lag = 0.001 * float(arm.removesuffix("ms"))
        return 1.0 + 0.3 * math.exp(-0.5 * ((lag - 0.1) / 0.04) ** 2) + wobble, lag
    change = 0.2 if better == "higher" else -0.2
    return 1.0 + (change if arm == "A" else 0.0) + wobble, 0.1


CASES = [
    pytest.param(claim, id=claim.id, marks=[pytest.mark.slow] if claim.user_test.protocol == "doses" else [])
    for claim in TESTED
]


@pytest.mark.parametrize("claim", CASES)
def test_a_claims_own_test_can_be_done_as_its_request_says(claim: Any, tmp_path: Path):
    test = claim.user_test
    request = tmp_path / "request.toml"
    trial("new", "--request", request, "--claim", claim.id)
    text = "simulated = true\n" + request.read_text("utf-8")
    if test.outcome in ("gap", "rep-metric"):
        # An effect in the number's own unit is the coach's to choose; per cent fits none that may be below zero.
        unit, size = ("s", 0.005) if test.outcome == "gap" else ("deg", 2.0)
        text = re.sub(r"(?m)^effect_of_interest = [\d.]+", f"effect_of_interest = {size}", text)
        text = re.sub(r'(?m)^effect_unit = "[^"]*"', f'effect_unit = "{unit}"', text)
    request.write_text(text, "utf-8")
    file, out = tmp_path / "t.jsonl", tmp_path / "next.json"
    trial("new", request, "--out", file, "--on", DAY.isoformat())
    for k in range(200):
        on = (DAY + timedelta(days=2 * (k + 1))).isoformat()
        trial("next", file, "--on", on, "--json", out)
        arm = json.loads(out.read_text("utf-8"))["due_arm"]
        gain, lag = gain_of(arm, test.better, k)
        made = result(tmp_path / f"{k}.json", test.movement, test.outcome, test.of, gain, lag)
        on_in = "B" if test.differs_by_arm.get("feedback_off") == "A" else "A"
        feedback = "--feedback-on" if test.differs_by_arm and arm == on_in else "--feedback-off"
        trial("add", file, made, "--arm", arm, "--on", on, feedback, "--json", out)
        state = json.loads(out.read_text("utf-8"))
        assert state["pairs_refused"] == 0 and not any(one["missing"] for one in state["sessions"]), state["pairs"]
        if state["due"] == "result":
            break
    said = trial("result", file)
    assert f"{claim.id}: supports" in said
    assert "every arm that was told is the one of the sealed order" in trial("check", file)
    if test.differs_by_arm:
        assert "Registered to differ: feedback off with B alone" in said
