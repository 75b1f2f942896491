"""Legato: when each link of the kinetic chain moves, fires and passes force on, with an interval on every number."""

from typing import TYPE_CHECKING, Any

from legato.errors import BadInput, NotResolvable
from legato.estimate import Estimate

if TYPE_CHECKING:
    from legato.analysis import Analysis, analyze
    from legato.load import read

__version__ = "0.1.0"
__all__ = ["Analysis", "BadInput", "Estimate", "NotResolvable", "__version__", "analyze", "read"]

_LAZY = {"Analysis": "legato.analysis", "analyze": "legato.analysis", "read": "legato.load"}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'legato' has no attribute {name!r}")
