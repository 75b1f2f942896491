"""What `legato info` prints of long lists and long names."""

import numpy as np
import pytest

from legato.commands.printing import print_info
from legato.formats.info import info_record
from legato.recording import Event, InputFile, Recording, Stream


def test_many_events_and_long_names_are_cut_and_a_hole_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    times = np.arange(100) / 100.0
    times[40:] += 309.0
    held = Stream("a", "analog", np.random.default_rng(1).normal(size=(100, 1)), 100.0, ("c",), ("V",), time_s=times)
    events = [Event("<?xml version=1?>\n" + "<info>" * 30, float(k), "stim") for k in range(200)]
    print_info(info_record(Recording((held,), tuple(events), inputs=(InputFile("a.xdf", "ab", "xdf", ("a",)),))))
    lines = capsys.readouterr().out.splitlines()
    told = [line for line in lines if line.startswith("event ")]
    assert len(told) == 12
    assert all(line.startswith("event ") and len(line) < 90 and line.endswith("… stim") for line in told)
    assert "and 188 more; all of them with --json -" in lines
    assert "    gap: 309 s without samples from 0.39 s on" in lines
