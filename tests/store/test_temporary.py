"""What is made for a while lies in the catalogue's folder, and goes with the process that made it, or after it."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from legato.store.temporary import FOLDER, temporary

_EXPORTS = """
import pathlib, sys, tempfile, time
from legato.store.temporary import temporary
with temporary(pathlib.Path(sys.argv[1])):
    made = pathlib.Path(tempfile.mkdtemp())
    (made / "all.zip").write_bytes(b"everything of everybody")
    print(made, flush=True)
    time.sleep(60.0)
"""


def test_what_a_killed_process_was_making_is_taken_away_and_what_a_living_one_makes_is_not(tmp_path: Path):
    exports = [sys.executable, "-c", _EXPORTS, str(tmp_path)]
    with subprocess.Popen(exports, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        made = Path(other.stdout.readline().strip())
        assert made.is_relative_to(tmp_path / FOLDER) and (made / "all.zip").exists()
        with temporary(tmp_path) as mine:
            assert (made / "all.zip").exists() and len(list((tmp_path / FOLDER).iterdir())) == 2
            assert Path(tempfile.mkdtemp()).parent == mine
        assert [path.name for path in (tmp_path / FOLDER).iterdir()] == [made.parent.name]
        os.kill(other.pid, signal.SIGKILL)
    assert (made / "all.zip").exists()
    before = tempfile.gettempdir()
    with temporary(tmp_path):
        assert not made.exists() and (tmp_path / FOLDER).stat().st_mode & 0o077 == 0
    assert list((tmp_path / FOLDER).iterdir()) == [] and tempfile.gettempdir() == before
