"""What several channels share, told once: with the list of them, and from least to most where only amounts differ."""

import re
from collections.abc import Iterable

_AMOUNT = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:e[+-]?\d+)?(?= (?:%|×|\S+ rms\b))")
"""A share, a multiple or an rms; other numbers, as a limit or a frequency, are not from less to more."""


def told_once(said: Iterable[tuple[str, str]]) -> list[tuple[list[str], str]]:
    """Names by what is said of each, in the order of the first: `bursts of 110 V rms` and `bursts of 400 V rms` become
    `bursts of 110 to 400 V rms`.
    """
    found: dict[str, tuple[list[str], list[str]]] = {}
    for name, text in said:
        names, texts = found.setdefault(_AMOUNT.sub("\0", text), ([], []))
        names.append(name)
        texts.append(text)
    return [(names, _spanned(form, texts)) for form, (names, texts) in found.items()]


def _spanned(form: str, texts: list[str]) -> str:
    told = [sorted(amounts, key=float) for amounts in zip(*(_AMOUNT.findall(text) for text in texts), strict=True)]
    pieces = form.split("\0")
    for place, amounts in enumerate(told):
        least, most = amounts[0], amounts[-1]
        pieces[place] += least if float(least) == float(most) else f"{least} to {most}"
    return "".join(pieces)
