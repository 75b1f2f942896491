"""Whether lists of repetitions may be of one program, told by how they title their columns."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from legato.errors import BadInput
from legato.formats.rep_columns import spellings_by_program, spellings_of


def programs_of(titles: Sequence[str]) -> frozenset[str]:
    """The programs that may have titled a list's columns so; empty where none has all of these titles."""
    told = [spelt for title in titles if (spelt := spellings_of(title))]
    return frozenset(name for name, own in spellings_by_program().items() if told and all(own & s for s in told))


def programs_beside(lists: Mapping[str, Sequence[str]]) -> str:
    """A sentence where lists, the titles of their columns by their names, may be of several programs; else empty.

    Raises
    ------
    BadInput
        Two of them cannot be of one program: their mean velocities are not defined alike.
    """
    doubted: list[tuple[str, str]] = []
    for (one, of_one), (two, of_two) in combinations(lists.items(), 2):
        if of_one and _alike(of_one, of_two):
            continue
        first, second = programs_of(of_one), programs_of(of_two)
        if first and second and not first & second:
            raise BadInput(
                f"{one} and {two}: by their columns' titles the one is of {_either(first)}, the other of"
                f" {_either(second)}; programs do not count mean velocity alike, so no one line joins them: give the"
                " lists of one program, or title their columns alike where one program made both"
            )
        doubted.append((one, two))
    if not doubted:
        return ""
    one, two = doubted[0]
    return (
        f"whether one program listed {one} and {two} cannot be told; programs do not count mean velocity alike, and the"
        " interval does not hold what lists of two programs differ by"
    )


def _alike(one: Sequence[str], two: Sequence[str]) -> bool:
    """Whether both title alike what both tell."""
    first, second = (frozenset[tuple[str, str]]().union(*map(spellings_of, titles)) for titles in (one, two))
    shared = {what for what, _ in first} & {what for what, _ in second}
    return tuple(one) == tuple(two) or (bool(shared) and shared == {what for what, _ in first & second})


def _either(programs: Iterable[str]) -> str:
    return " or ".join(sorted(programs))
