"""The part of numba that Legato uses, typed: numba itself carries no types."""

from collections.abc import Callable
from typing import Any, TypeVar, overload

from numba.core import event as event

_F = TypeVar("_F", bound=Callable[..., Any])

@overload
def njit(function: _F, /) -> _F: ...
@overload
def njit(
    *,
    cache: bool = ...,
    fastmath: bool | set[str] = ...,
    parallel: bool = ...,
    nogil: bool = ...,
    inline: str = ...,
    error_model: str = ...,
    boundscheck: bool | None = ...,
) -> Callable[[_F], _F]: ...

prange = range
