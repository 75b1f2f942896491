"""Corrections in words: what a person changed, who says so, and what no longer fits."""

from collections.abc import Sequence

from legato.corrections.model import Outcome
from legato.report.words import event_noun, link_name

_PLAIN_FIELDS = ("stream", "channel", "other", "link", "event", "mark", "phase", "context", "label", "side")


def correction_texts(outcomes: Sequence[Outcome]) -> list[str]:
    """One line a correction, those that no longer fit first, and one on those that are tied to no file."""
    texts = [correction_line(o) for o in sorted(outcomes, key=lambda o: o.state == "applied")]
    loose = sum(o.state == "applied" and not o.sha256 for o in outcomes)
    if loose:
        texts.append(
            f"{loose} of them {'names' if loose == 1 else 'name'} no file by its sha256, so only times and names were"
            " checked; `legato corrections export` writes it in"
        )
    return texts


def correction_count(outcomes: Sequence[Outcome]) -> str:
    """How many were applied, and how many no longer fit."""
    fitted = sum(o.state == "applied" for o in outcomes)
    lost = len(outcomes) - fitted
    return f"{fitted} applied" + (f", {lost} no longer {'fits' if lost == 1 else 'fit'}" if lost else "")


def correction_line(outcome: Outcome) -> str:
    """One correction in a line; one that no longer fits with the reason."""
    fields = outcome.correction.model_dump(exclude_none=True)
    parts: list[str] = []
    if "at_s" in fields:
        parts.append(f"at {fields['at_s']:.2f} s")
    if "to" in fields:
        parts.append(f"to {fields['to']}")
    if "time_s" in fields:
        parts.append(f"to {fields['time_s']:.3f} s" if "at_s" in fields else f"at {fields['time_s']:.3f} s")
    if "error_s" in fields:
        parts.append(f"± {fields['error_s']:.3f} s")
    if "complete" in fields:
        parts.append("whole" if fields["complete"] else "set aside")
    parts += [f"{end[:-2]} {fields[end]:.3f} s" for end in ("start_s", "turn_s", "end_s") if end in fields]
    said = ", ".join(str(fields[name]) for name in ("who", "when") if fields.get(name))
    why = str(fields.get("why") or "")
    remark = ": ".join(part for part in (said, why) if part)
    verb, _, noun = str(fields["do"]).partition("-")
    named = {name: str(fields[name]) for name in _PLAIN_FIELDS if fields.get(name)}
    if "link" in named:
        named |= {"link": link_name(named["link"]), "event": event_noun(named["event"], "")}
    what = " ".join([verb, noun.replace("-", " "), *named.values()])
    line = f"{what} {', '.join(parts)}".rstrip() + (f" ({remark})" if remark else "")
    return line if outcome.state == "applied" else f"no longer fits, not applied: {line}: {outcome.reason}"
