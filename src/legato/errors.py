"""The two kinds of error a user meets. Anything else that surfaces is a bug."""


class BadInput(ValueError):
    """The file or the arguments are wrong. The message says what was found, where, and what to do."""


class NotResolvable(Exception):
    """The data are sound but cannot answer the question asked. The message says why and what would."""
