"""The signals that the session page plots: EMG and its envelopes, forces, the bar, rates of the links, angles."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from legato.recording import FloatArray
from legato.report.force_words import plate_name
from legato.report.rates import link_rates
from legato.report.words import link_name, quantity_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from legato.analysis import Analysis

_DEG = float(np.degrees(1.0))


@dataclass(frozen=True, slots=True, eq=False)
class Channel:
    """One signal, SI, NaN where missing; shown are its values times `factor`, in `unit`. `refused`: why it cannot be
    used, where the quality gate refuses it. `group`: `emg`, `envelope`, `force`, `bar`, `rate` or `angle`.
    """

    id: str
    group: str
    label: str
    unit: str
    factor: float
    rate_hz: float
    start_s: float
    values: FloatArray
    side: str = ""
    refused: str = ""
    time_s: FloatArray | None = None

    def times(self) -> FloatArray:
        """Time of each sample, s."""
        return self.start_s + np.arange(self.values.size) / self.rate_hz if self.time_s is None else self.time_s


def channels_of(analysis: "Analysis") -> list[Channel]:
    """All signals of an analysis, in the order in which the page shows them."""
    return [*_rates(analysis), *_emg(analysis), *_forces(analysis), *_bar(analysis), *_angles(analysis)]


def _rates(analysis: "Analysis") -> "Iterator[Channel]":
    body = analysis.body
    for name, rate in link_rates(analysis).items():
        if np.isfinite(rate).any():
            yield Channel(f"rate:{name}", "rate", link_name(name), "°/s", _DEG, body.rate_hz, body.start_s, rate)


def _emg(analysis: "Analysis") -> "Iterator[Channel]":
    found = {} if analysis.muscles is None else {(m.stream, m.channel): m for m in analysis.muscles.muscles}
    seen: list[Channel] = []
    for stream in analysis.recording.of_kind("emg"):
        for place, (name, unit) in enumerate(zip(stream.channels, stream.units, strict=True)):
            muscle = found.get((stream.name, name))
            refused = "" if muscle is None or muscle.usable else "; ".join(muscle.reasons)
            label = name if muscle is None else muscle.label
            side = "" if muscle is None else muscle.side or ""
            values = stream.values[:, place]
            shown, factor = _volts(values) if unit == "V" else (unit, 1.0)
            made = Channel(
                f"emg:{stream.name}:{name}",
                "emg",
                label,
                shown,
                factor,
                stream.rate_hz,
                stream.start_s,
                values,
                side,
                refused,
                stream.time_s,
            )
            seen.append(made)
            if muscle is not None and muscle.usable and muscle.envelope.size:
                of_what = "µV" if muscle.envelope_unit == "V" else muscle.envelope_unit
                seen.append(
                    Channel(
                        f"envelope:{stream.name}:{name}",
                        "envelope",
                        label,
                        of_what,
                        1e6 if muscle.envelope_unit == "V" else 1.0,
                        muscle.envelope_rate_hz,
                        muscle.envelope_start_s,
                        muscle.envelope,
                        side,
                    )
                )
    yield from sorted(seen, key=lambda channel: bool(channel.refused))


def _volts(values: FloatArray) -> tuple[str, float]:
    """The unit in which voltages of this size are read, and how many of it a volt has."""
    known = np.abs(values[np.isfinite(values)])
    most = float(known.max()) if known.size else 0.0
    return ("µV", 1e6) if most < 5e-3 else ("mV", 1e3) if most < 5.0 else ("V", 1.0)


def _forces(analysis: "Analysis") -> "Iterator[Channel]":
    forces = analysis.forces
    if forces is None:
        return
    used = [plate for plate in forces.plates if plate.stood_on]
    if forces.total is not None and len(used) > 1:
        total = forces.total
        rate, start = _even(total.times())
        yield Channel("force:all", "force", "all plates", "N", 1.0, rate, start, total.force_n)
    for plate in used:
        label = plate_name(forces, plate.index)
        side = next((s for s in ("right", "left") if f"{s} foot" in label), plate.side)
        yield Channel(
            f"force:{plate.index}", "force", label, "N", 1.0, plate.rate_hz, plate.start_s, plate.vertical, side
        )


def _even(times: FloatArray) -> tuple[float, float]:
    """Rate, Hz, and start, s, of even times."""
    return (times.size - 1) / float(times[-1] - times[0]) if times.size > 1 else 1.0, float(times[0])


def _bar(analysis: "Analysis") -> "Iterator[Channel]":
    bar = analysis.bar
    if bar is None or bar.track is None:
        return
    track = bar.track
    yield Channel("bar:velocity", "bar", "velocity, up", "m/s", 1.0, track.rate_hz, track.start_s, track.velocity)


def _angles(analysis: "Analysis") -> "Iterator[Channel]":
    body = analysis.body
    for name, angle in body.angles.items():
        if not np.isfinite(angle).any():
            continue
        side = next((s for s in ("right", "left") if name.endswith(f"_{s}")), "")
        label = quantity_name(name)
        yield Channel(f"angle:{name}", "angle", label, "°", _DEG, body.rate_hz, body.start_s, angle, side)
