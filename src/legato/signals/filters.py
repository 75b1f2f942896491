"""Zero-phase Butterworth low-pass in closed form, its gain, and derivatives; every run between gaps on its own."""

import numpy as np

from legato.errors import BadInput
from legato.recording import FloatArray
from legato.signals._filter_kernels import zero_phase
from legato.signals.gaps import runs_of


def butterworth_sections(rate_hz: float, cutoff_hz: float, order: int = 4) -> FloatArray:
    """Second-order sections of a low-pass Butterworth filter (bilinear, cut-off pre-warped, gain 1 at 0 Hz).

    Parameters
    ----------
    rate_hz
        Sampling rate, Hz.
    cutoff_hz
        Frequency at which one pass has gain 1/√2, Hz, above 0 and below half the rate.
    order
        Order of one pass, even.

    Returns
    -------
    Coefficients b0 b1 b2 a1 a2 (a0 = 1), shape (order / 2, 5).

    Raises
    ------
    BadInput
        The cut-off lies outside (0, rate / 2), or the order is odd or below 2.
    """
    if order < 2 or order % 2:
        raise BadInput(f"a filter of order {order} was asked for; give an even order of 2 or more")
    if not 0.0 < cutoff_hz < 0.5 * rate_hz:
        raise BadInput(
            f"a cut-off of {cutoff_hz:g} Hz needs more than {2 * cutoff_hz:g} samples/s, the stream has {rate_hz:g}"
        )
    warped = np.tan(np.pi * cutoff_hz / rate_hz)
    damping = 2.0 * np.sin((2.0 * np.arange(order // 2) + 1.0) * np.pi / (2 * order))
    scale = 1.0 + damping * warped + warped**2
    b0 = warped**2 / scale
    a1 = 2.0 * (warped**2 - 1.0) / scale
    a2 = (1.0 - damping * warped + warped**2) / scale
    return np.column_stack((b0, 2.0 * b0, b0, a1, a2))


def edge_padding(n_samples: int, rate_hz: float, cutoff_hz: float) -> int:
    """Samples by which `lowpass` extends a run at each end: two periods of the cut-off, at most what the run can
    mirror.
    """
    return max(0, min(n_samples - 1, max(15, int(np.ceil(2.0 * rate_hz / cutoff_hz)))))


def lowpass(x: FloatArray, rate_hz: float, cutoff_hz: float, order: int = 4) -> FloatArray:
    """Zero-phase low-pass: a Butterworth filter run forward and back.

    Parameters
    ----------
    x
        Samples, time first, any further shape. NaN marks missing samples; each run between them is filtered on its own.
    rate_hz
        Sampling rate, Hz.
    cutoff_hz
        Cut-off of one pass, Hz. Both passes together have gain 1/2 there.
    order
        Order of one pass, even.

    Returns
    -------
    The filtered samples, same shape; missing samples stay missing.

    Raises
    ------
    BadInput
        The cut-off lies outside (0, rate / 2), or the order is odd or below 2.

    Notes
    -----
    Each run is freed of the chord between its ends (which passes unchanged), extended by odd reflection
    (`edge_padding`) and started in the steady state of its first sample (Gustafsson 1996, IEEE Trans Signal Process,
    discusses the choices).
    """
    sections = butterworth_sections(rate_hz, cutoff_hz, order)
    flat = np.ascontiguousarray(x, dtype=np.float64).reshape(x.shape[0], -1)
    missing = np.isnan(flat)
    holed = missing.any(axis=0)
    if flat.shape[0] == 0:
        return flat.reshape(x.shape).copy()
    if not holed.any():
        return zero_phase(flat, sections, edge_padding(flat.shape[0], rate_hz, cutoff_hz)).reshape(x.shape)
    out = np.full_like(flat, np.nan)
    whole = np.flatnonzero(~holed)
    if whole.size:
        block = np.ascontiguousarray(flat[:, whole])
        out[:, whole] = zero_phase(block, sections, edge_padding(flat.shape[0], rate_hz, cutoff_hz))
    for columns in _channels_by_gaps(missing, np.flatnonzero(holed)):
        for start, stop in runs_of(~missing[:, columns[0]]):
            block = np.ascontiguousarray(flat[start:stop, columns])
            out[start:stop, columns] = zero_phase(block, sections, edge_padding(stop - start, rate_hz, cutoff_hz))
    return out.reshape(x.shape)


def zero_phase_gain(frequency_hz: FloatArray, cutoff_hz: float, rate_hz: float, order: int = 4) -> FloatArray:
    """Gain of `lowpass` at each frequency (0 to half the rate): the squared magnitude of one Butterworth pass."""
    ratio = np.tan(np.pi * np.minimum(np.asarray(frequency_hz), 0.5 * rate_hz * (1.0 - 1e-12)) / rate_hz)
    return 1.0 / (1.0 + (ratio / np.tan(np.pi * cutoff_hz / rate_hz)) ** (2 * order))


def derivative(x: FloatArray, rate_hz: float) -> FloatArray:
    """Rate of change by central differences, second order also at both ends of every run between gaps.

    Parameters
    ----------
    x
        Samples, time first, any further shape; NaN marks missing samples.
    rate_hz
        Sampling rate, Hz.

    Returns
    -------
    Unit of `x` per second, same shape; NaN where `x` is, and in runs shorter than three samples.
    """
    flat = np.asarray(x, dtype=np.float64).reshape(x.shape[0], -1)
    out = np.full_like(flat, np.nan)
    if flat.shape[0] < 3:
        return out.reshape(x.shape)
    missing = np.isnan(flat)
    # A sample whose neighbour is missing takes the one-sided difference, so no run loses its ends.
    with np.errstate(invalid="ignore"):
        out[1:-1] = (flat[2:] - flat[:-2]) * (0.5 * rate_hz)
        ahead = np.full_like(flat, np.nan)
        ahead[:-2] = (-3.0 * flat[:-2] + 4.0 * flat[1:-1] - flat[2:]) * (0.5 * rate_hz)
        behind = np.full_like(flat, np.nan)
        behind[2:] = (3.0 * flat[2:] - 4.0 * flat[1:-1] + flat[:-2]) * (0.5 * rate_hz)
    out = np.where(np.isnan(out), np.where(np.isnan(ahead), behind, ahead), out)
    out[missing] = np.nan
    return out.reshape(x.shape)


def _channels_by_gaps(
    missing: "np.ndarray[tuple[int, int], np.dtype[np.bool_]]", columns: "np.ndarray"
) -> list["np.ndarray"]:
    """Columns grouped by identical gaps, so that a marker's three axes are filtered together."""
    groups: dict[bytes, list[int]] = {}
    for column in columns:
        groups.setdefault(missing[:, column].tobytes(), []).append(int(column))
    return [np.array(group) for group in groups.values()]
