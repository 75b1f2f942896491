"""How what a cause asks for is given: the command to type, or the sheet to fill in."""

from legato.faults.assessments.causes import asked_of

_EACH_LEG = (
    "record one with each leg, then `legato analyze RECORDING --movement single-leg-deadlift` for each, and"
    " `legato compare RIGHT/result.json LEFT/result.json`"
)

_BY_WORDS: tuple[tuple[str, str], ...] = (
    ("a series of loads", "`{analyze} --loads 40,60,80` (one load a repetition, in kg)"),
    ("the load of each repetition", "`{analyze} --loads 40,60,80` (one load a repetition, in kg)"),
    ("EMG of", "`{analyze}` on a recording that holds them, with a maximal contraction as --mvic MVIC"),
    ("the force of the hold", "`{analyze}` on a recording that holds a force plate or a load cell"),
    ("a belt or sound", "by eye and ear, beside a new `{analyze}`: no sensor of it is read"),
    ("the first trials", "`{analyze}` on the first trials alone, then `legato compare` with the last"),
    ("a single-leg set", _EACH_LEG),
    ("a set with markers placed anew", "record it, then `{analyze} --baseline result.json`, the earlier one as before"),
    ("a pull facing the other way", "record it, then `{analyze} --baseline result.json`, the earlier one as before"),
    ("a lighter set", "record it, then `{analyze} --load KG --baseline result.json`"),
    ("a heavier set", "record it, then `{analyze} --load KG --baseline result.json`"),
)
"""By how an ask begins; another one is a set that is recorded and analysed beside this one."""

_SET = "record it, then `{analyze}`, and `legato compare result.json NEW/result.json`"


def how_to(asks: str, movement: str = "") -> str:
    """What to do for what a cause asks, with the command.

    Parameters
    ----------
    asks
        As a cause has it; empty gives nothing.
    movement
        Id of the movement in which the fault was found.
    """
    if not asks:
        return ""
    asked = asked_of(asks)
    if asked is not None:
        sheet = f"`legato assess sheet {asked.assessment} --out sheet.toml`, fill it in"
        return f"{sheet}, then `legato assess read sheet.toml --result result.json`"
    analyze = f"legato analyze RECORDING --movement {movement or 'MOVEMENT'}"
    words = next((words for begins, words in _BY_WORDS if asks.startswith(begins)), _SET)
    return words.replace("{analyze}", analyze)


def ask_words(asks: str, movement: str = "") -> str:
    """An ask with the way to give it: `a lighter set (record it, then …)`."""
    return f"{asks} ({how})" if (how := how_to(asks, movement)) else asks
