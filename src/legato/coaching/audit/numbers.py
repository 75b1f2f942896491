"""Numbers as people and programs write them: `82,5`, `82.5`, `1,072.5`, with a unit behind them."""

import math
import re
from collections.abc import Iterable
from typing import Literal, TypeAlias

Sign: TypeAlias = Literal[".", ",", "", "both"]
"""What a file shows to stand before decimals: a dot, a comma, neither, or both."""

EMPTY = frozenset({"", "-", "–", "—", "n/a", "na", "none", "null", "#n/a", "."})
"""What stands for no value."""

_DIGITS = r"\d{1,9}"
_SHOWS_COMMA = re.compile(rf"[+-]?({_DIGITS},(\d{{1,2}}|\d{{4,}})|\d{{1,3}}(\.\d{{3}})+,\d+|0,\d+)")
_SHOWS_DOT = re.compile(rf"[+-]?({_DIGITS}\.(\d{{1,2}}|\d{{4,}})|\d{{1,3}}(,\d{{3}})+\.\d+|0\.\d+)")
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_WHOLE = re.compile(rf"[+-]?{_DIGITS}")
_GROUPED = re.compile(r"[+-]?\d{1,3}([.,])\d{3}(\1\d{3})+")
_SPACED = re.compile(r"(?<=\d)[ \u00a0\u202f'’](?=\d{3}(\D|$))")


class NoNumberError(ValueError):
    """Why a cell is no number, in words."""


def decimal_sign(cells: Iterable[str]) -> Sign:
    """What stands before decimals in these cells, by those that can be read in one way only."""
    comma = dot = False
    for cell in cells:
        text = plain(cell)
        comma = comma or _SHOWS_COMMA.fullmatch(text) is not None
        dot = dot or _SHOWS_DOT.fullmatch(text) is not None
        if comma and dot:
            return "both"
    return "," if comma else "." if dot else ""


def plain(cell: str) -> str:
    """A number's text without the signs that group its thousands by a space, and with a minus as typed."""
    return _SPACED.sub("", cell.strip().replace("−", "-"))


def number(cell: str, sign: Sign) -> float:
    """The number in a cell.

    Parameters
    ----------
    cell
        Its text, without a unit.
    sign
        What the file shows to stand before decimals. It decides of `1,234` and `1.234`; where it shows nothing a dot
        stands before decimals, and of the comma nothing is known.

    Raises
    ------
    NoNumberError
        It is none, or could be two.
    """
    text = plain(cell)
    if _WHOLE.fullmatch(text):
        return float(text)
    if _EITHER.fullmatch(text):
        return _either(text, sign)
    if _SHOWS_COMMA.fullmatch(text):
        return float(text.replace(".", "").replace(",", "."))
    if _SHOWS_DOT.fullmatch(text):
        return float(text.replace(",", ""))
    if _GROUPED.fullmatch(text):
        return float(text.replace(".", "").replace(",", ""))
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not math.isfinite(value):
        raise NoNumberError(f"{cell.strip()!r:.40} is no number that can be used")
    raise NoNumberError(f"{cell.strip()!r:.40} is no number")


def _either(text: str, sign: Sign) -> float:
    """A number with three digits behind its only comma or dot."""
    here = "," if "," in text else "."
    other = "." if here == "," else ","
    if sign == here or (here == "." and sign == ""):
        return float(text.replace(",", "."))
    if sign == other:
        return float(text.replace(here, ""))
    raise NoNumberError(
        f"{text!r} can be {text.replace(here, '')} or {text.replace(',', '.')}; write it without {here!r}"
    )
