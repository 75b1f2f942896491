"""Runs every benchmark in this folder (`bench_*.py`), or those named: `python -m bench speed`."""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def main(names: list[str]) -> int:
    """Run the benchmarks one after another, each in a process of its own; the number of those that failed."""
    known = sorted(path.stem.removeprefix("bench_") for path in FOLDER.glob("bench_*.py"))
    if strangers := [name for name in names if name not in known]:
        print(f"no benchmark {', '.join(strangers)}; there are: {', '.join(known)}", file=sys.stderr)
        return len(strangers)
    failed: list[str] = []
    for name in names or known:
        print(f"\n== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"bench.bench_{name}"], cwd=FOLDER.parent, check=False).returncode:
            failed.append(name)
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return len(failed)


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 1))
