"""What is said of a trial's neighbours."""

from pathlib import Path

from legato.evidence.trials.sessions import read_trial
from legato.trials.beside import same_question

from ..evidence.trials.written_trials import registered


def test_by_chance_so_many_times_its_own_alpha_whatever_those_of_the_others_are(tmp_path: Path):
    first = registered(tmp_path, pairs=12)
    own = first.path.rename(tmp_path / "own.jsonl")
    for k, alpha in enumerate((0.01, 0.02)):
        registered(tmp_path, pairs=12, alpha=alpha).path.rename(tmp_path / f"other-{k}.jsonl")
    said = same_question(own, read_trial(first).request)[0]
    assert "3 trials of A1 here" in said and "a p below 0.05 up to 15 times in 100, not 5" in said
