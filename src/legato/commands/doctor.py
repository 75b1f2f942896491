"""`legato doctor`: whether this installation works."""

import sys
import time
from typing import Any

import typer

from legato import __version__
from legato.commands.options import JsonOut
from legato.commands.output import progress, write_json


def doctor(json_out: JsonOut = None) -> None:
    """Check this installation: versions, compiled kernels, a short analysis from end to end."""
    import platform
    from importlib.metadata import PackageNotFoundError, version

    checks: list[dict[str, Any]] = [
        {"check": "python", "ok": sys.version_info >= (3, 11), "found": platform.python_version()}
    ]
    for package in ("numpy", "scipy", "numba", "pydantic", "ezc3d", "pint"):
        try:
            checks.append({"check": package, "ok": True, "found": version(package)})
        except PackageNotFoundError:
            checks.append({"check": package, "ok": False, "found": "not installed; install Legato again"})
    started = time.perf_counter()
    with progress() as tell:
        tell("analysing a simulated squat")
        from legato.analysis import analyze as run
        from legato.simulate import scenario_for, simulate_scenario

        scenario = scenario_for("back-squat", rate_hz=100.0, reps=3)
        found = sum(rep.complete for rep in run(simulate_scenario(scenario).recording, "back-squat").reps)
    spent = time.perf_counter() - started
    checks.append({"check": "analysis", "ok": found == 3, "found": f"{found} of 3 simulated squats in {spent:.1f} s"})
    if json_out is not None:
        write_json({"legato": __version__, "checks": checks}, json_out)
    if json_out != "-":
        for c in checks:
            typer.echo(f"{'ok  ' if c['ok'] else 'BAD '} {c['check']}: {c['found']}")
    if not all(c["ok"] for c in checks):
        raise typer.Exit(2)
