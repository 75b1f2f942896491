"""EDF and BDF: signals, units and annotations come back as they were written; headers that lie are refused."""

import sys
import time
from pathlib import Path

import numpy as np
import pytest
from edf_bytes import build

from legato.errors import BadInput
from legato.formats.edf import read_edf
from legato.load import read

pytest.importorskip("pyedflib", reason="the extra edf is not installed")

EMG = np.arange(3000) % 701 - 350
FORCE = np.arange(300) * 3


def saved(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "trial.edf"
    path.write_bytes(data)
    return path


def trial(**changes) -> bytes:
    signals = [("EMG L RF", "uV", EMG), ("EMG R RF", "uV", -EMG), ("Fz", "N", FORCE)]
    return build(signals, [1000, 1000, 100], annotations=[(0.5, "go"), (2.25, "stop")], **changes)


@pytest.mark.parametrize("bdf", [False, True])
def test_signals_rates_units_and_annotations(tmp_path, bdf):
    recording = read(saved(tmp_path, trial(bdf=bdf)))
    emg, force = recording.stream("emg"), recording.stream("force")
    assert (emg.rate_hz, emg.n_samples, emg.channels, emg.unit) == (1000.0, 3000, ("EMG L RF", "EMG R RF"), "V")
    assert (force.rate_hz, force.n_samples, force.unit) == (100.0, 300, "N")
    # 1 digit is 1 µV and 1 N; the scaling of the library rounds below a thousandth of a digit.
    np.testing.assert_allclose(emg.values[:, 0], EMG * 1e-6, atol=1e-9)
    np.testing.assert_allclose(force.values[:, 0], FORCE, atol=1e-3)
    assert [(e.name, e.time_s) for e in recording.events] == [("go", 0.5), ("stop", 2.25)]
    assert recording.inputs[0].format == "edf"


@pytest.mark.parametrize("records", [-1, 0, 1, 2, 4, 99_999_999])
def test_another_number_of_records_than_the_file_holds(tmp_path, records):
    begin = time.process_time()
    with pytest.raises(BadInput, match=r"trial\.edf: .*(claims|not closed)"):
        read_edf(saved(tmp_path, trial(claimed_records=records)))
    assert time.process_time() - begin < 2.0


def test_more_signals_than_there_are(tmp_path):
    with pytest.raises(BadInput):
        read(saved(tmp_path, trial(claimed_signals=9999)))


@pytest.mark.parametrize("cut", [1, 500, 5000, 13_000])
def test_a_file_that_is_cut(tmp_path, cut):
    with pytest.raises(BadInput, match=r"trial\.edf"):
        read(saved(tmp_path, trial()[:-cut]))


def test_a_header_that_breaks_the_rules(tmp_path):
    data = trial()
    # The physical minimum of the first signal as its maximum.
    place = 256 + 4 * (16 + 80 + 8)
    broken = data[:place] + b"32767   " + data[place + 8 :]
    with pytest.raises(BadInput, match=r"trial\.edf: breaks the rules of EDF"):
        read_edf(saved(tmp_path, broken))


def test_what_the_header_says_of_a_person_is_never_told(tmp_path):
    from legato.load import info_record

    told = str(info_record(read(saved(tmp_path, trial(person="7 F 01-JAN-1990 Jane_Doe")))))
    assert "Jane" not in told
    assert "1990" not in told


def test_without_the_extra_one_line_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyedflib", None)
    with pytest.raises(BadInput, match=r'trial\.edf: an EDF.*pip install -e "\.\[edf\]"'):
        read(saved(tmp_path, trial()))
