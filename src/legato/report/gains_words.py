"""What the chain comes to, in words."""

from typing import TYPE_CHECKING

from legato.report.words import estimate_text, gap_ms, interval_ms

if TYPE_CHECKING:
    from legato.estimate import Estimate
    from legato.kinetics.flow import PowerResult
    from legato.kinetics.torque_mismatch import TorqueMismatch

_LEAST_BRAKE_J = 2.0
"""What the hips must surely absorb for a ratio to it, J: what a laboratory's errors make of absorbed work, as of leaks
(docs/validation.md). [ENG]"""


def gain_lines(power: "PowerResult") -> list[str]:
    """What surely came out, a line each, as the terminal says it."""
    told = [_brake_line(power), _hips_line(power), *_power_lines(power), _even_line(power)]
    if power.mismatch is not None and power.mismatch.index is not None:
        told.append(mismatch_line(power.mismatch))
    return [line for line in told if line]


def gain_sentences(power: "PowerResult") -> list[str]:
    """The same with what could not be told, and why."""
    told = [_brake_line(power), _hips_line(power), *_power_lines(power, refused=True), _even_line(power, refused=True)]
    if power.mismatch is not None:
        told.append(mismatch_line(power.mismatch))
    return [line for line in told if line]


def _of_set(power: "PowerResult", name: str) -> "Estimate | None":
    return next((gain.value.of_set for gain in power.gains if gain.name == name), None)


def _brake_line(power: "PowerResult") -> str:
    brake = _of_set(power, "legs_brake")
    if brake is None or brake.low <= 0.0:
        return ""
    return f"Legs as a brake: they absorb {estimate_text(brake, decimals=0)} in the phases that do not drive."


def _hips_line(power: "PowerResult") -> str:
    engine, brake, ratio = (_of_set(power, f"hips_{what}") for what in ("engine", "brake", "engine_over_brake"))
    if engine is None or brake is None or brake.low <= 0.0:
        return ""
    given, taken = (estimate_text(e, decimals=0) for e in (engine, brake))
    over = "" if ratio is None or not worth_a_ratio(brake) else f", {ratio_text(ratio)} of what they absorb"
    return f"The hips absorb {taken} as brake and generate {given} as engine{over}."


def _even_line(power: "PowerResult", *, refused: bool = False) -> str:
    """How evenly energy is passed on from repetition to repetition, or why that is not told."""
    found = [gain for gain in power.gains if gain.name == "transfer_variation"]
    told: list[str] = []
    for gain in found:
        if gain.value.of_set is not None:
            links, _, phase = gain.about.partition(", ")
            told.append(
                f"{links} in the {phase.replace('_', ' ')} {estimate_text(gain.value.of_set.scaled(100.0, '%'))}"
            )
    if told:
        return f"The share passed on varies between repetitions (errors of measuring included): {', '.join(told)}."
    return f"How evenly energy is passed on is not told: {found[0].value.reason}." if refused and found else ""


def _power_lines(power: "PowerResult", *, refused: bool = False) -> list[str]:
    lines: list[str] = []
    for gain in power.gains:
        if gain.name != "power_gain":
            continue
        below, _, above = gain.about.partition(" to ")
        found = gain.value.of_set
        if found is not None:
            lines.append(f"The highest power of the {above} is {ratio_text(found)} of that of the {below}.")
        elif refused:
            lines.append(f"No gain of power from {below} to {above}: {gain.value.reason}.")
    return lines


def mismatch_line(mismatch: "TorqueMismatch") -> str:
    """How unlike hips and shoulders push, and which comes later."""
    index, lag = mismatch.index, mismatch.lag_s
    if index is None or lag is None:
        return f"No torque mismatch of hips and shoulders: {mismatch.reason}."
    said = f"Torque mismatch of hips and shoulders {estimate_text(index, decimals=2)}, on a scale from 0 (alike) to 2"
    if lag.low > 0.0:
        return f"{said}; the shoulders' moment comes {gap_ms(lag)} ms later ({interval_ms(lag)})."
    if lag.high < 0.0:
        earlier = lag.scaled(-1.0)
        return f"{said}; the shoulders' moment comes {gap_ms(earlier)} ms earlier ({interval_ms(earlier)})."
    return f"{said}; which comes first is not resolved ({interval_ms(lag)})."


def worth_a_ratio(brake: "Estimate | None") -> bool:
    """Whether a brake, J, is surely large enough to be divided by: a few joules make a ratio of hundreds of percent."""
    return brake is not None and brake.low > _LEAST_BRAKE_J


def ratio_text(ratio: "Estimate") -> str:
    """A ratio as a share: `99 ± 6 %`."""
    return estimate_text(ratio.scaled(100.0, "%"), decimals=0)
