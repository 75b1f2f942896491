"""What the muscles do together, as compact tables: order, phase locking, co-activation, bracing, fatigue, sides."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from legato.estimate import Estimate
from legato.report.between_record import between_record
from legato.report.document import in_degrees
from legato.report.holds import in_own_words, rep_noun
from legato.report.words import estimate_text, gap_ms, interval_ms, number, percent, sentence

if TYPE_CHECKING:
    from legato.analysis import Analysis

_GROUPS = (
    (
        "Order of activation",
        {
            "order": "reps in the commonest order",
            "tau-b": "agreement with the usual order (Kendall τ-b)",
            "first-before-second": "first before the second",
        },
    ),
    (
        "Phase locking",
        {
            "phase-locking": "phase locking over the reps (1 = always in step)",
            "mean-phase": "mean phase of the second after the first",
        },
    ),
    ("Co-activation", {"overlap": "overlap of the two envelopes", "co-contraction": "co-contraction index"}),
    (
        "Bracing",
        {
            "brace": "trunk, in % of its maximal contraction",
            "shrug": "upper trapezius above its rest, in % of its maximal contraction",
            "brace-without-shrug": "brace without shrug",
        },
    ),
    ("Share in the eccentric phase", {"share-in-eccentric": "share of its activity in the eccentric phase"}),
    (
        "Fatigue over the set",
        {
            "median-frequency-change": "median frequency, first rep to last",
            "mean-frequency-change": "mean frequency, first rep to last",
            "amplitude-change": "amplitude, first rep to last",
        },
    ),
    (
        "Right and left",
        {
            "right-after-left": "right after left",
            "amplitude-right-minus-left": "amplitude, right minus left, in % of their mean",
        },
    ),
)

_FEWEST = 3
"""Reps from which an order is worth a sentence: one rep is always in its own."""

_OPEN = 0.5
"""Width of the interval of a share from which it is called open. [ENG] wording only."""

_SHARES = frozenset({"order", "first-before-second", "overlap", "share-in-eccentric"})
"""Measures that are a share where they have no unit."""


def together_html(analysis: "Analysis") -> str:
    """The tables, each behind its name, and the usual order as a sentence; empty where nothing was compared."""
    record = between_record(analysis.muscles)
    if record is None:
        return ""
    measures: list[dict[str, Any]] = record["measures"]
    said = "".join(f"<li>{escape(in_own_words(analysis, line))}</li>" for line in order_sentences(measures))
    blocks = "".join(_group(analysis, title, names, measures) for title, names in _GROUPS)
    blocks += in_own_words(analysis, _synergies(record["synergies"]))
    if not said and not blocks:
        return ""
    notes = "".join(f'<p class="note">{escape(sentence(in_own_words(analysis, note)))}</p>' for note in record["notes"])
    listed = f'<ul class="said">{said}</ul>' if said else ""
    return f"<h2>What the muscles do together</h2>{listed}{blocks}{notes}"


def order_sentences(measures: Sequence[Mapping[str, Any]]) -> list[str]:
    """The commonest order of the muscles at each event and how often it was seen; that there is none where most reps
    had another.
    """
    lines: list[str] = []
    for m in measures:
        told = m["set"]
        if m["measure"] == "order" and m["order"] and (m["n"] or 0) >= _FEWEST and isinstance(told, Estimate):
            seen = f"seen in {_count(m, told)} repetitions"
            if told.value > 0.5:
                order = " → ".join(m["order"])
                lines.append(f"The commonest order of burst {m['at']}s: {order}, {seen}. {_kept(told)}")
            else:
                lines.append(f"Most repetitions share no order of burst {m['at']}s: the commonest was {seen}.")
    return lines


def _count(m: Mapping[str, Any], told: Estimate) -> str:
    return f"{round(told.value * m['n'])} of {m['n']}"


def _kept(told: Estimate) -> str:
    """How many further repetitions keep an order; where that is wide, that what was seen says little of it."""
    of_others = f"{number(100.0 * told.low, 0)} to {number(100.0 * told.high, 0)} %"
    level = f"{percent(told.level)} interval"
    if told.high - told.low < _OPEN:
        return f"Of further repetitions like these, {of_others} keep it ({level})."
    return (
        f"How many further repetitions like these keep it is open ({level} {of_others}): they are few, or bursts lie "
        "too close together to tell which is first."
    )


def _group(analysis: "Analysis", title: str, names: Mapping[str, str], measures: Sequence[Mapping[str, Any]]) -> str:
    """One table; what could not be told stands below it, each reason once."""
    rows, reasons = "", dict[str, None]()
    for m in measures:
        if m["measure"] not in names:
            continue
        if m["set"] is None and m["answer"] in (None, "not-resolvable"):
            if m["reason"]:
                reasons[sentence(in_own_words(analysis, m["reason"]))] = None
            continue
        rows += _row(m, in_own_words(analysis, names[m["measure"]]))
    if not rows and not reasons:
        return ""
    head = f"<tr><th>Muscles</th><th>What</th><th>Set</th><th>{rep_noun(analysis).capitalize()}s</th><th>So</th></tr>"
    table = f'<div class="scroll"><table class="words"><thead>{head}</thead><tbody>{rows}</tbody></table></div>'
    why = "".join(f"<li>{escape(reason)}</li>" for reason in reasons)
    listed = f"<p class=note>Not told:</p><ul class=note>{why}</ul>" if why else ""
    return f"<details><summary>{escape(title)}</summary>{table if rows else ''}{listed}</details>"


def _row(m: Mapping[str, Any], what: str) -> str:
    who = " → ".join(str(m[end]) for end in ("from", "to") if m[end]) or "all"
    event = f", {m['at']}" if m["at"] else ""
    told = m["set"]
    value = "—" if not isinstance(told, Estimate) else _value(m["measure"], told)
    if m["measure"] == "order" and isinstance(told, Estimate):
        value = f"{_count(m, told)} seen; of others {number(100.0 * told.low, 0)} to {number(100.0 * told.high, 0)} %"
    count = "—" if m["n"] is None else str(m["n"])
    cells = (f"{what}{event}", value, count, _answer(m))
    shown = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    return f'<tr><th scope="row">{escape(who)}</th>{shown}</tr>'


def _answer(m: Mapping[str, Any]) -> str:
    answer = m["answer"]
    if m["measure"] == "phase-locking" and m["chance"] is not None:
        beyond = "beyond chance" if answer == "beyond-chance" else "not beyond chance"
        return f"{beyond} (up to {number(m['chance'], 2)} by chance)"
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return "" if answer is None else str(answer).replace("-", " ")


def _value(measure: str, told: Estimate) -> str:
    if told.unit == "s":
        return f"{gap_ms(told)} ms ({interval_ms(told)})"
    if measure in _SHARES and told.unit == "":
        told = told.scaled(100.0, "%")
    if told.unit == "%":
        if measure in _SHARES and told.low > 99.0:
            return "above 99 %"
        return f"{number(told.value, 0)} % ({number(told.low, 0)} to {number(told.high, 0)} %)"
    if told.unit == "":
        return f"{number(told.value, 2)} ({number(told.low, 2)} to {number(told.high, 2)})"
    return estimate_text(in_degrees(told))


def _synergies(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return ""
    head = "".join(f"<th>{k + 1}</th>" for k in range(found["n"]))
    rows = ""
    for name, weights in zip(found["muscles"], found["weights"], strict=True):
        cells = "".join(f"<td>{number(weight, 2)}</td>" for weight in weights)
        rows += f'<tr><th scope="row">{escape(name)}</th>{cells}</tr>'
    beyond = "more" if found["beyond_chance"] else "no more"
    said = (
        f"{found['n']} groups account for {100.0 * found['vaf']:.0f} % of all squared activity, {beyond} than muscles "
        f"shifted against each other in time ({100.0 * found['chance_vaf']:.0f} %). "
        "Weights in shares of each muscle's own largest envelope."
    )
    if (halves := found["split_half"]) is not None:
        chance, high = found["split_half_chance"], found["split_half_chance_high"]
        more = "more" if halves > high else "no more"
        said += (
            f" Groups of the odd repetitions return in the even ones with a mean cosine of {number(halves, 2)}, {more} "
            f"than by chance (unrelated groups: {number(chance, 2)}, in one of 20 cases {number(high, 2)} or above)."
        )
    table = f"<table><thead><tr><th>Muscle</th>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return (
        f"<details><summary>Synergies: {found['n']} groups</summary><p class=note>{escape(said)}</p>"
        f'<div class="scroll wide">{table}</div></details>'
    )
