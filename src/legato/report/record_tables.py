"""Jumps, pulls, the bar and the joints' work as CSV tables, from the very records that `result.json` holds."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from legato.estimate import Estimate
from legato.report.bar_record import bar_record
from legato.report.cells import Cell, column_name, csv_text, ends
from legato.report.document import in_degrees
from legato.report.forces_record import forces_record
from legato.report.power_record import power_record
from legato.report.words import rep_number

if TYPE_CHECKING:
    from legato.analysis import Analysis

Row: TypeAlias = dict[str, Estimate | Cell]
"""One row by column; an estimate becomes three columns."""

_HEADS = ("rep_number", "jump", "rebound", "joint", "side", "phase", "set_number", "kind", "weight_from", "load_kg")
"""Columns that say what a row is of: none of them makes a table worth writing."""

_WORDS = ("reason", "reasons")


def record_tables(analysis: "Analysis") -> dict[str, str]:
    """The text of each of these tables by file name; those in which no number would stand are left out."""
    forces = forces_record(analysis.forces) or {}
    rows = {
        "jumps.csv": [_jump(k, jump) for k, jump in enumerate(forces.get("jumps", []))],
        "rebounds.csv": [{"rebound": k + 1, **_flat(one)} for k, one in enumerate(forces.get("rebounds", []))],
        "pulls.csv": _pulls(forces),
        "bar.csv": _bar(bar_record(analysis.bar)),
        "work.csv": _work(power_record(analysis.power)),
    }
    told = {name: _text(found) for name, found in rows.items()}
    return {name: text for name, text in told.items() if text}


def _jump(k: int, jump: Mapping[str, Any]) -> Row:
    row: Row = {"jump": k + 1, **_flat(jump, but=("phases", "feet", "shares", "reasons"))}
    for phase in jump["phases"]:
        row |= {f"{phase['name']}_start_s": phase["start_s"], f"{phase['name']}_end_s": phase["end_s"]}
    for share in jump["shares"]:
        name = share["phase"]
        row |= {f"{name}_share_left": share["left"]}
        row |= {f"{name}_{key}": share[key] for key in ("peak_left_n", "peak_right_n")}
    for end in ("take_off", "landing"):
        apart = (jump["feet"] or {}).get(end)
        if apart is not None:
            row |= {f"{end}_feet_apart_s": apart["apart_s"], f"{end}_feet_order": apart["order"]}
    return row | {"reasons": "; ".join(jump["reasons"])}


def _pulls(forces: Mapping[str, Any]) -> list[Row]:
    """One row a pull, then one of the best (`rep_number` is `best`)."""
    rises = forces.get("rfd") or {"per_rep": [], "best": None}
    rows: dict[int, Row] = {}
    for one in rises["per_rep"]:
        rows[one["rep"]] = {"rep_number": rep_number(one["rep"]), **_rise(one)}
    for hold in forces.get("holds", []):
        row = rows.setdefault(hold["rep"], {"rep_number": rep_number(hold["rep"])})
        told = _flat(hold, but=("rep", "reasons", "reason"))
        row |= {f"hold_{name}": value for name, value in told.items()}
        row["hold_reason"] = "; ".join([*hold.get("reasons", []), *([hold["reason"]] if hold["reason"] else [])])
    best = rises["best"]
    return [*rows.values(), *([] if best is None else [{"rep_number": "best", **_rise(best)}])]


def _rise(rise: Mapping[str, Any]) -> Row:
    row = _flat(rise, but=("rep", "reps", "windows", "forces", "reasons", "reason"))
    for window in rise.get("windows", []):
        name = f"{1000 * window['start_s']:.0f}_{1000 * window['end_s']:.0f}_ms"
        row |= {f"rate_{name}_n_s": window["rate_n_s"], f"impulse_{name}_n_s": window["impulse_n_s"]}
    for force in rise.get("forces", []):
        at = f"{1000 * force['after_s']:.0f}_ms"
        row |= {f"{key.removesuffix('_n')}_{at}_n": value for key, value in force.items() if key != "after_s"}
    reason = rise.get("reason")
    return row | {"reason": "; ".join([*rise.get("reasons", []), *([reason] if reason else [])])}


def _bar(bar: Mapping[str, Any] | None) -> list[Row]:
    if bar is None:
        return []
    lost = {one["rep"]: one["loss_pct"] for one in (bar["velocity_loss"] or {"per_rep": []})["per_rep"]}
    rows: list[Row] = []
    for rep in bar["reps"]:
        row: Row = {"rep_number": rep_number(rep["rep"]), "set_number": rep["set"] + 1}
        row |= _flat(rep, but=("rep", "set", "tempo", "sticking", "reason")) | {"loss_pct": lost.get(rep["rep"])}
        for part in ("tempo", "sticking"):
            row |= {f"{part}_{name}": value for name, value in _flat(rep[part] or {}).items()}
        kept = [one for one in bar["tempo"] if one["rep"] == rep["rep"]]
        row |= {f"tempo_{one['part']}_verdict": one["verdict"] for one in kept}
        rows.append(row | {"reason": rep["reason"]})
    return rows


def _work(power: Mapping[str, Any] | None) -> list[Row]:
    """One row a joint, phase and repetition, and one of the set (`rep_number` is `set`) before them."""
    rows: list[Row] = []
    for joint in () if power is None else power["joints"]:
        for phase in joint["phases"]:
            own: Row = {"joint": joint["name"], "side": joint["side"], "phase": phase["phase"]}
            rows.append(own | {"rep_number": "set"} | _flat(phase["set"]) | {"n": phase["n"]})
            for rep in phase["per_rep"]:
                amounts = _flat(rep, but=("rep", "reason"))
                rows.append(own | {"rep_number": rep_number(rep["rep"])} | amounts | {"reason": rep["reason"]})
    return rows


def _flat(record: Mapping[str, Any], but: Sequence[str] = ()) -> Row:
    """Its numbers and words, without `but` and without what has parts of its own."""
    held = (Estimate, str, float, int, type(None))
    return {name: value for name, value in record.items() if name not in but and isinstance(value, held)}


def _text(rows: Sequence[Row]) -> str:
    """The table; columns in which no row holds anything are left out. Empty where no row holds a number."""
    names = sorted(dict.fromkeys(name for row in rows for name in row), key=lambda name: name in _WORDS)
    filled = [name for name in names if any(row.get(name) not in (None, "") for row in rows)]
    if not any(isinstance(row.get(name), Estimate) for row in rows for name in filled if name not in _HEADS):
        return ""
    header: list[str] = []
    widths: dict[str, bool] = {}
    for name in filled:
        first = next((v for row in rows if isinstance(v := row.get(name), Estimate)), None)
        widths[name] = first is not None
        if first is None:
            header.append(name)
        else:
            unit = in_degrees(first).unit.lower()
            column = column_name(name, "" if unit == "1" else unit)
            header += [column, f"{column}_low", f"{column}_high"]
    return csv_text(header, (_cells(row, widths) for row in rows))


def _cells(row: Row, widths: Mapping[str, bool]) -> list[Cell]:
    cells: list[Cell] = []
    for name, estimated in widths.items():
        value = row.get(name)
        if isinstance(value, Estimate) or (estimated and value is None):
            cells += ends(value)
        else:
            cells.append(value)
    return cells
