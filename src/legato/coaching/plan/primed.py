"""What primes the sessions of a plan: a protocol that may be done, in the block prime or where it was asked for."""

from legato.coaching.blocks import Block
from legato.coaching.plan.model import LeftOut, Primed
from legato.coaching.plan.request import Request
from legato.coaching.priming.catalogue import load_protocol, protocols
from legato.coaching.priming.model import Protocol
from legato.coaching.priming.schedule import NotOffered, chosen_parts
from legato.coaching.situation import Situation
from legato.errors import BadInput

BY_ITSELF = ("activation", "mobility", "breathing")
"""What comes by itself in the block prime, the first that may be done: slow and without load, as the drills of that
block are; never what is heavy, nor jumps that nobody asked for. [ENG]
"""

NONE = "none"


def primed(request: Request, situation: Situation, block: Block | None) -> Primed | None:
    """What every session of a week of that block begins with; None where nothing does. Where what was asked for may
    not be done, the block prime has what comes by itself.

    Raises
    ------
    BadInput
        The request names a protocol that there is not, or that does not belong before every session.
    """
    if request.priming == NONE or (not request.priming and block != "prime"):
        return None
    names = [_asked(request.priming).id] if request.priming else []
    names += BY_ITSELF if block == "prime" else ()
    found = (as_done(protocols()[name], situation) for name in names)
    return next((one for one in found if isinstance(one, Primed)), None)


def priming_left_out(request: Request, situation: Situation) -> tuple[LeftOut, ...]:
    """The protocol that was asked for, where it may not be done, with the reasons.

    Raises
    ------
    BadInput
        The request names a protocol that there is not, or that does not belong before every session.
    """
    if request.priming in ("", NONE):
        return ()
    protocol = _asked(request.priming)
    found = as_done(protocol, situation)
    return () if isinstance(found, Primed) else (LeftOut(id=protocol.id, name=protocol.name, reasons=found.reasons),)


def as_done(protocol: Protocol, situation: Situation) -> Primed | NotOffered:
    """A protocol as an athlete may do it, whichever limbs come after it; or why it may not be done."""
    chosen = chosen_parts(protocol, "lower", situation)
    if isinstance(chosen, NotOffered):
        return chosen
    rest = protocol.rest_before("lower")
    return Primed(
        id=protocol.id,
        name=protocol.name,
        parts=tuple(one.what for one in chosen),
        minutes=sum(one.minutes for one in chosen),
        rest=f"{rest.least:g} to {rest.most:g} min",
        provisos=tuple(dict.fromkeys(said for one in chosen for said in one.provisos)),
    )


def _asked(name: str) -> Protocol:
    try:
        protocol = load_protocol(name)
    except BadInput as error:
        raise BadInput(f"priming = {error}") from None
    if protocol.refused:
        raise BadInput(f"priming = {protocol.id!r}: is not offered: {protocol.refused}")
    if protocol.trained:
        raise BadInput(
            f"priming = {protocol.id!r}: is not put before every session; a trial tests it"
            f" (`legato priming {protocol.id}`)"
        )
    return protocol
