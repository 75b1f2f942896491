"""How long the command takes beyond its imports, and its memory: `python -m bench command`.

A simulated squat of 10 s at 250 Hz (53 markers) is analysed from file to report, with the kernels' caches in place.
Beside it, in turn, a process that only imports every module which that run had loaded at its end. Figures are
medians of processor and wall time; on a shared machine the difference of the processor times is the one to read.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

RUNS = 5

RUN = """
import sys
from legato.cli import main
sys.argv = ["legato", "analyze", sys.argv[1], "--movement", "back-squat", "--out", sys.argv[2]]
try:
    main()
finally:
    import json
    from pathlib import Path
    Path(sys.argv[-1], "modules.json").write_text(json.dumps([m for m in sys.modules if m != "__main__"]))
"""

IMPORT = """
import importlib, json, sys, warnings
warnings.simplefilter("ignore")
for name in json.load(open(sys.argv[1])):
    try:
        importlib.import_module(name)
    except ImportError:
        pass
"""


def timed(*command: str) -> tuple[float, float, float]:
    """Wall and processor seconds of a finished process, and the largest resident size of any so far, MB."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, after.ru_maxrss / 1024.0


def main() -> int:
    """Print the table; 1 where the goal of one second beyond the imports, or 400 MB, is missed."""
    from legato.simulate import simulate, write_simulation

    with tempfile.TemporaryDirectory() as folder:
        sim = simulate("back-squat", rate_hz=250.0, reps=3, seed=0)
        recording = str(write_simulation(sim, Path(folder))[0])
        out = str(Path(folder, "out"))
        run, load = (sys.executable, "-c", RUN, recording, out), (sys.executable, "-c", IMPORT, f"{out}/modules.json")
        timed(*run)
        pairs = [(timed(*run), timed(*load)) for _ in range(RUNS)]
        help_wall = median(timed(sys.executable, "-m", "legato", "--help")[0] for _ in range(RUNS))
        bare_wall = median(timed(sys.executable, "-c", "pass")[0] for _ in range(RUNS))
        modules = len(json.loads(Path(out, "modules.json").read_text(encoding="utf-8")))
    command, imports = (median(p[k][1] for p in pairs) for k in (0, 1))
    beyond = median(a[1] - b[1] for a, b in pairs)
    memory = max(a[2] for a, _ in pairs)
    print(f"analyze to report: processor {command:.2f} s, wall {median(a[0] for a, _ in pairs):.2f} s")
    print(f"its imports alone ({modules} modules): processor {imports:.2f} s")
    print(f"beyond the imports: {beyond:.2f} s (goal 1 s)")
    print(f"peak memory: {memory:.0f} MB (goal 400 MB)")
    print(f"--help: {help_wall:.2f} s wall, an empty Python {bare_wall:.2f} s (goal 0.5 s)")
    return int(beyond > 1.0 or memory > 400.0)


if __name__ == "__main__":
    sys.exit(main())
