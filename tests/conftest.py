"""What every test may ask for: the shared recordings, a browser, and hypothesis with the same examples each run."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]

_ALWAYS = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]}
settings.register_profile("ci", derandomize=True, max_examples=50, **_ALWAYS)
settings.register_profile("explore", max_examples=1000, print_blob=True, **_ALWAYS)
settings.load_profile("ci")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real recordings that lies beside the project (`LEGATO_SHARED_DATA` overrides); skips without it."""
    folder = Path(os.environ.get("LEGATO_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"the real recordings are not here ({folder.name} beside the checkout); set LEGATO_SHARED_DATA")
    return folder


@pytest.fixture(scope="session")
def demo_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `legato demo` filled, what it printed in `printed.txt`; made once a run and not to be changed."""
    own = tmp_path_factory.getbasetemp()
    # The processes of pytest-xdist have a folder of the run in common above their own.
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "legato-demo"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "printed.txt").exists():
            shutil.rmtree(folder, ignore_errors=True)
            done = subprocess.run(
                [sys.executable, "-m", "legato", "demo", "--out", str(folder)],
                stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=300,
                env={**os.environ, "COLUMNS": "120"},
            )  # fmt: skip
            assert done.returncode == 0, done.stderr
            (folder / "printed.txt").write_text(done.stdout, "utf-8")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; without one the test skips, but on a build server it fails."""
    names = (os.environ.get("LEGATO_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is None:
        reason = "no Chromium on this machine (chromium, chromium-browser, google-chrome or LEGATO_CHROMIUM)"
        if os.environ.get("CI", "").lower() in ("", "0", "false"):
            pytest.skip(reason)
        pytest.fail(reason + ", and on a build server the browser tests must run")
    return found
