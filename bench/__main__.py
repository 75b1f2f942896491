"""Runs every benchmark in this folder (`bench_*.py`), or those named: `python -m bench muscles --quick`.

Options go to each benchmark that is run.
"""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def main(names: list[str]) -> int:
    """Run the benchmarks one after another, each in a process of its own; the number of those that failed."""
    first = next((i for i, name in enumerate(names) if name.startswith("-")), len(names))
    names, options = names[:first], names[first:]
    modules = {path.stem.removeprefix("bench_").replace("_", "-"): path.stem for path in FOLDER.glob("bench_*.py")}
    known = sorted(modules)
    if strangers := [name for name in names if name not in known]:
        print(f"no benchmark {', '.join(strangers)}; there are: {', '.join(known)}", file=sys.stderr)
        return len(strangers)
    failed: list[str] = []
    for name in names or known:
        print(f"\n== {name}", flush=True)
        if subprocess.run(
            [sys.executable, "-m", f"bench.{modules[name]}", *options], cwd=FOLDER.parent, check=False
        ).returncode:
            failed.append(name)
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return len(failed)


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 1))
