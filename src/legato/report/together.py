"""How the joints move together, as one plain sentence a pair; the numbers stand behind, in `coordination`."""

from collections.abc import Mapping, Sequence

from legato.chain.coordination_model import Coordination, CoordinationResult
from legato.estimate import Estimate
from legato.report.words import number
from legato.signals.coordination import PATTERNS

_CLEAR = 0.5
"""A pattern leads where the whole interval of its share of the time lies above this: all others together have less."""

_PLANES = {"sagittal": "", "frontal": ", sideways", "transverse": ", in turning about the long axis"}

_SEGMENTS = {"lumbar": "lumbar spine"}

Pair = tuple[str, str]
"""Id of a coupling and its plane."""


def coordination_sentences(found: CoordinationResult) -> list[str]:
    """A sentence for each pair of angles that move far enough, then one for the hips' part in bending."""
    shares: dict[Pair, dict[str, dict[str, dict[str, Estimate]]]] = {}
    for m in found.measures:
        pattern = m.measure.removesuffix("_share")
        if pattern in PATTERNS and m.set_value is not None:
            of_side = shares.setdefault((m.subject, m.plane), {}).setdefault(m.side, {})
            of_side.setdefault(m.phase, {})[pattern] = m.set_value
    lines: list[str] = []
    unclear: dict[str, None] = {}
    for pair, sides in shares.items():
        clear = {side: said for side, phases in sides.items() if (said := _said(pair[0], phases))}
        lines += _of_pair(pair_name(*pair), clear, len(sides))
        if not clear:
            unclear[_lower(pair_name(*pair))] = None
    if unclear:
        lines.append(f"No one pattern leads for certain: {'; '.join(unclear)}.")
    return lines + _hip_share([m for m in found.measures if m.measure == "hip_share"])


def pair_name(subject: str, plane: str) -> str:
    """`Hip and knee`; the plane where it is not the one of bending forward and back."""
    first, second = _names(subject)
    return f"{first[0].upper()}{first[1:]} and {second}{_PLANES.get(plane, '')}"


def _names(subject: str) -> tuple[str, str]:
    first, _, second = subject.partition("-")
    return _SEGMENTS.get(first, first), _SEGMENTS.get(second, second)


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]


def _of_pair(name: str, said: Mapping[str, str], n_sides: int) -> list[str]:
    """One sentence where both sides do the same, else one a side."""
    if n_sides > 1 and len(said) == n_sides and len(set(said.values())) == 1:
        return [f"{name}, both sides: {next(iter(said.values()))}."]
    return [f"{name}{f', {side}' if side else ''}: {text}." for side, text in said.items()]


def _said(subject: str, phases: Mapping[str, Mapping[str, Estimate]]) -> str:
    """What the pair does where that is clear; phases in which it does the same are told together."""
    first, second = _names(subject)
    words = {
        "in_phase": "they turn together",
        "anti_phase": "they turn against each other",
        "proximal": f"mainly the {first} turns",
        "distal": f"mainly the {second} turns",
    }
    clauses: dict[str, list[str]] = {}
    for phase, shares in phases.items():
        most = max(shares, key=lambda name: shares[name].value)
        if shares[most].low > _CLEAR:
            clauses.setdefault(words[most], []).append(phase.replace("_", " "))
    return "; ".join(f"{clause} ({', '.join(names)})" for clause, names in clauses.items())


def _hip_share(measures: Sequence[Coordination]) -> list[str]:
    parts = [
        f"{m.phase.replace('_', ' ')} {_percent(m.set_value.value)} % "
        f"({_percent(m.set_value.low)} to {_percent(m.set_value.high)} %)"
        for m in measures
        if m.set_value is not None
    ]
    return [f"The hips' part in the bend of hips and lumbar spine: {', '.join(parts)}."] if parts else []


def _percent(share: float) -> str:
    return number(100.0 * share, 0)
