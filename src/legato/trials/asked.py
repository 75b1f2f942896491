"""What is said of a pair's first session, of what was asked, and of what was refused."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from legato.evidence.trials.sessions import Trial


def first_lines(trial: "Trial") -> list[str]:
    """What the first session of the pair had, which the next one must have too; empty of a first one, and where nothing
    of it need be known. The number itself is never told.
    """
    from legato.evidence.trials.conditions import conditions
    from legato.evidence.trials.designs import block_word

    running = trial.running
    counted = [one for one in (() if running is None else running.sessions) if not one.missing]
    if running is None or not counted:
        return []
    first, said = counted[0], list[str]()
    for name in trial.registered.kept:
        row, value = conditions()[name], first.conditions.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or row.compares in ("true", "least", "noted"):
            continue
        if row.compares == "clock":
            said.append(f"at about {first.on:%H:%M}")
        elif name not in ("volume_kg", "range_m", "pause_s", "depth_m"):
            said.append(f"{value:g} {row.name}" if not row.unit else f"{row.name} {value:g} {row.unit}")
    return [f"as in the first session of this {block_word(trial.request)}: {', '.join(said)}"] if said else []


def one_of(trial: "Trial", slot: int) -> str:
    """`pair 3 of 8`."""
    from legato.evidence.trials.designs import block_word

    return f"{block_word(trial.request)} {slot + 1} of {trial.request.planned}"


def asked_lines(trial: "Trial") -> list[str]:
    """What was asked, in the words of the claim where it is not about health, and what the arms are."""
    from legato.evidence.claims.ledger import claims

    claim, arms = claims().get(trial.request.claim), trial.request.arms
    said = [f"the claim, not ours: “{claim.verbatim}”"] if claim is not None and not claim.health else []
    return said if arms is None else [*said, f"A: {arms.A}", f"B: {arms.B}"]
