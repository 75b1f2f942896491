"""What a person tells a trial: words, and when it was; and what the clock says."""

from datetime import datetime

from legato.errors import BadInput


def in_words(text: str, option: str) -> str:
    """A text in one line. Raises `BadInput`."""
    plain = " ".join(text.split())
    if not plain or len(plain) > 600 or not plain.isprintable():
        raise BadInput(f"{option}: say it in words, 600 letters at most")
    return plain


def moment(text: str | None) -> datetime:
    """A day and time, to the minute; now without one. Raises `BadInput`."""
    now = datetime.now().replace(second=0, microsecond=0)
    if text is None:
        return now
    like = f"write it as {now.isoformat(timespec='minutes')}"
    try:
        told = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(f"--on {text[:40]}: is no day and time; {like}") from None
    if len(text.strip()) < len("2026-11-22T17"):
        raise BadInput(f"--on {text[:40]}: lacks the time of day, which is kept alike; {like}")
    if told.tzinfo is not None:
        try:
            told = told.astimezone().replace(tzinfo=None)
        except OverflowError:
            raise BadInput(f"--on {text[:40]}: is no day that a calendar here has; {like}") from None
    if told > datetime.now():
        raise BadInput(f"--on {text[:40]}: is still to come; {like}")
    return told.replace(second=0, microsecond=0)


def clock_now() -> str:
    """The clock, as lines keep it."""
    return datetime.now().astimezone().isoformat(timespec="seconds")
