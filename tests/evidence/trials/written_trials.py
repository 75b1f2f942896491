"""A trial's file written step by step, as the commands do it, with sessions whose numbers are given."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from legato.estimate import Estimate
from legato.evidence.trials.journal import Journal, append, start
from legato.evidence.trials.order import commitment
from legato.evidence.trials.registration import Request, kept
from legato.evidence.trials.sessions import Trial, read_trial
from legato.evidence.trials.steps import Measured, Step, reveal, take

SEED = "5e" * 32
DAY = datetime(2026, 3, 2, 17, 0)
AT = "2026-03-02T17:05:00+00:00"
ASKS = ("load_kg", "range_m", "pause_s", "reps", "volume_kg", "hour", "feedback_off")
ALIKE: Mapping[str, Any] = {
    "movement": "bench-press", "sensor": "markers", "load_kg": 60.0, "range_m": 0.39, "pause_s": 0.0, "reps": 5.0,
    "volume_kg": 300.0, "hour": 17.0, "feedback_off": True, "body_mass_kg": 80.0,
}  # fmt: skip


def asked(**changed: Any) -> dict[str, Any]:
    """A request as TOML holds it."""
    outcome = {
        "id": "bar-mean-propulsive-velocity", "movement": "bench-press", "better": "higher",
        "effect_of_interest": 5.0, "effect_unit": "%", **changed.pop("outcome", {}),
    }  # fmt: skip
    usual: dict[str, Any] = {
        "name": "priming", "athlete": "A1", "claim": "C02", "pairs": 6, "arms": {"A": "swings", "B": "rest"},
        "measured_by": "the coach", "assessor_knows_arm": True, "outcome": outcome,
    }  # fmt: skip
    return {**usual, **changed}


def registered(folder: Path, *, key_apart: bool = False, **changed: Any) -> Journal:
    """A trial that was registered."""
    request = Request.model_validate(asked(**changed))
    control = request.negative_control
    holds = {
        "on": DAY.isoformat(timespec="minutes"),
        "legato_version": "0",
        "request": request.model_dump(mode="json"),
        "outcome": {"name": "mean propulsive velocity", "unit": "m/s"},
        "negative_control": None if control is None else {"name": "lowering", "unit": "s"},
        "kept": kept(request, ASKS),
        "spread": 0.03,
        "power": 0.87,
        "commitment": commitment(SEED, request.name),
        "seed": None if key_apart else SEED,
    }
    return start(folder / "priming.jsonl", holds, AT)


def session(value: float | None, number: int, **changed: Any) -> Measured:
    """The `number`-th session of a trial, two days after the one before it."""
    on = changed.pop("on", DAY + timedelta(days=2 * number))
    conditions = {**ALIKE, **changed.pop("conditions", {})}
    found = None if value is None else Estimate.symmetric(value, 0.02, "m/s")
    files = changed.pop("files", (f"{number:064d}",))
    reason = "" if value is not None else "no repetition of the bar"
    return Measured(on, found, reason, conditions=conditions, files=files, result=f"s{number}.json", **changed)


def tell(journal: Journal, on: datetime, seed: str = SEED) -> tuple[Journal, str]:
    """Tell the arm that comes."""
    step = reveal(read_trial(journal), seed, journal.receipt, on)
    return append(journal, [step], AT), step[1]["arm"]


def give(journal: Journal, one: Measured) -> tuple[Journal, list[Step]]:
    """Add a session of the arm that was told."""
    trial = read_trial(journal)
    steps = take(trial, trial.due_arm or "", one)
    return append(journal, steps, AT), steps


def run(journal: Journal, numbers: Sequence[tuple[float | None, float | None]], **changed: Any) -> Journal:
    """Pairs one after another, each with its number of A and of B."""
    for a, b in numbers:
        for _ in range(2):
            done = len(read_trial(journal).sessions)
            on = DAY + timedelta(days=2 * (done + 1))
            journal, arm = tell(journal, on)
            journal, steps = give(journal, session(a if arm == "A" else b, done + 1, **changed))
            if any(do == "refused" for do, _ in steps):
                break
    return journal


def trial_of(journal: Journal) -> Trial:
    """What the file amounts to."""
    return read_trial(journal)
