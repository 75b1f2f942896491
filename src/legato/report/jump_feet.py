"""What the report says of both feet of a jump: which leaves and lands first, and by how much."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from legato.estimate import Estimate
from legato.report.side_by_side import estimate_row
from legato.report.words import estimate_text, number

if TYPE_CHECKING:
    from legato.forces.jump_model import FeetApart, FootEdge, Jump, JumpFeet, PhaseShare

_LOADED = ("braking", "propulsion", "landing")
_ENDS = (("take_off", "leaves", "leave", "unloaded"), ("landing", "lands", "land", "loaded"))


def feet_text(jump: "Jump") -> str:
    """`left foot leaves 18.8 ± 1.2 ms before the right; both feet land together (within 2.2 ms)`; empty where the feet
    had not a plate each.
    """
    told = [(_end(jump, key), *words) for key, *words in _ENDS]
    return "; ".join(_told(apart, *words) for apart, *words in told if apart is not None)


def _end(jump: "Jump", key: str) -> "FeetApart | None":
    return None if jump.feet is None else getattr(jump.feet, key)


def _told(apart: "FeetApart", leaves: str, leave: str, unloaded: str) -> str:
    feet = bool(apart.first.foot)
    by = apart.apart_s.scaled(1000.0, "ms")
    if apart.order == "together":
        who = f"both feet {leave}" if feet else f"{apart.first.plate} and {apart.second.plate} are {unloaded}"
        return f"{who} together (within {number(max(by.high, -by.low), 1)} ms)"
    unknown = apart.order == "not-resolvable"
    first, second = apart.first, apart.second
    if by.value < 0.0 and not unknown:
        first, second, by = second, first, by.scaled(-1.0)
    amount = estimate_text(by, decimals=0 if by.half_width >= 2.0 else 1)
    if feet:
        told = f"{first.foot} foot {leaves} {amount} before the {second.foot}"
        return f"which foot {leaves} first is not resolvable ({told})" if unknown else told
    told = f"{first.plate} is {unloaded} {amount} before {second.plate}"
    return f"which plate is {unloaded} first is not resolvable ({told})" if unknown else told


def feet_rows(jumps: "Sequence[Jump]", start_s: float) -> list[str]:
    """Rows of the table of jumps, times on the recording's clock; none where the feet had not a plate each."""
    rows: list[str] = []
    for key, leaves, _, unloaded in _ENDS:
        ends = [_end(jump, key) for jump in jumps]
        for one, other in dict.fromkeys((e.first.name, e.second.name) for e in ends if e is not None):
            own = [None if e is None or (e.first.name, e.second.name) != (one, other) else e for e in ends]
            named = all(e.first.foot for e in own if e is not None)
            verb = leaves if named else f"is {unloaded}"
            first, second = (f"{one} foot", f"{other} foot") if named else (one, other)
            rows += estimate_row(f"{first} {verb} at", "s", [_at(e and e.first, start_s) for e in own])
            rows += estimate_row(f"{second} {verb} at", "s", [_at(e and e.second, start_s) for e in own])
            apart = [None if e is None else e.apart_s.scaled(1000.0, "ms") for e in own]
            rows += estimate_row(
                f"{first} {verb} before the {other}" if named else f"{one} before {other}", "ms", apart
            )
    return rows


def share_rows(jumps: "Sequence[Jump]") -> list[str]:
    """Rows of what each foot carries by phase; none where the feet had not a plate each."""
    rows: list[str] = []
    told = {one.phase for jump in jumps for one in jump.shares}
    for name in (phase for phase in _LOADED if phase in told):
        own = [next((one for one in jump.shares if one.phase == name), None) for jump in jumps]
        shares = [None if one is None or one.left is None else one.left.scaled(100.0, "%") for one in own]
        rows += estimate_row(f"left foot's share of {name}", "%", shares)
        rows += estimate_row(f"left foot, highest in {name}", "N", [one and one.peak_left_n for one in own])
        rows += estimate_row(f"right foot, highest in {name}", "N", [one and one.peak_right_n for one in own])
    return rows


def untold_shares(jump: "Jump") -> list[str]:
    """Why the feet's shares of a phase are not told."""
    return [f"no share of the feet in {one.phase}: {one.reason}" for one in jump.shares if one.reason]


def shares_record(share: "PhaseShare") -> dict[str, Any]:
    """What both feet carry in one phase as `result.json` holds it."""
    return {
        "phase": share.phase,
        "left": share.left,
        "right": None if share.left is None else share.left.scaled(-1.0).shifted(1.0),
        "peak_left_n": share.peak_left_n,
        "peak_right_n": share.peak_right_n,
        "reason": share.reason or None,
    }


def _at(edge: "FootEdge | None", start_s: float) -> Estimate | None:
    return None if edge is None else edge.time_s.shifted(start_s)


def feet_record(feet: "JumpFeet | None", start_s: float) -> dict[str, Any] | None:
    """The feet of a jump as `result.json` holds them, times on the recording's clock."""
    if feet is None:
        return None
    return {"take_off": _apart_record(feet.take_off, start_s), "landing": _apart_record(feet.landing, start_s)}


def _apart_record(apart: "FeetApart | None", start_s: float) -> dict[str, Any] | None:
    if apart is None:
        return None
    return {
        "feet": [
            {"foot": edge.foot or None, "plate": edge.plate, "time_s": edge.time_s.shifted(start_s)}
            for edge in (apart.first, apart.second)
        ],
        "apart_s": apart.apart_s,
        "order": apart.order,
    }
