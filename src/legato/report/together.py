"""How the joints move together, as one plain sentence a pair; the numbers stand behind, in `coordination`."""

from collections.abc import Mapping, Sequence

from legato.chain.coordination import coupling_words
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
        clear = {side: _clear(phases) for side, phases in sides.items()}
        told = _of_pair(pair, clear)
        lines += told
        if not told:
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


def _clear(phases: Mapping[str, Mapping[str, Estimate]]) -> dict[str, str]:
    """The pattern that leads for certain, by phase."""
    leading = {phase: max(shares, key=lambda name: shares[name].value) for phase, shares in phases.items()}
    return {phase: most for phase, most in leading.items() if phases[phase][most].low > _CLEAR}


def _of_pair(pair: Pair, clear: Mapping[str, Mapping[str, str]]) -> list[str]:
    """One sentence with what is clear on both sides; one a side only where the sides do otherwise in a phase."""
    name = pair_name(*pair)
    if len(clear) == 1:
        ((side, patterns),) = clear.items()
        return [f"{name}{f', {side}' if side else ''}: {_said(pair, patterns)}."] if patterns else []
    phases = dict.fromkeys(phase for patterns in clear.values() for phase in patterns)
    seen = {phase: [patterns[phase] for patterns in clear.values() if phase in patterns] for phase in phases}
    if any(len(set(patterns)) > 1 for patterns in seen.values()):
        return [f"{name}, {side}: {_said(pair, patterns)}." for side, patterns in clear.items() if patterns]
    alike = {phase: patterns[0] for phase, patterns in seen.items() if len(patterns) == len(clear)}
    if alike:
        return [f"{name}, both sides: {_said(pair, alike)}."]
    return [
        f"{name}: {_said(pair, patterns)}, for certain only on the {side}."
        for side, patterns in clear.items()
        if patterns
    ]


def _said(pair: Pair, patterns: Mapping[str, str]) -> str:
    """What the pair does; phases in which it does the same are told together."""
    words = coupling_words(*pair)
    clauses: dict[str, list[str]] = {}
    for phase, pattern in patterns.items():
        clauses.setdefault(words[pattern], []).append(phase.replace("_", " "))
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
