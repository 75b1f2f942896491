"""What plates carry against the masses that were given."""

LARGEST_SHARE = 0.05
"""What the plates carry on average may differ by this share from the masses that were given. [ENG]"""


def masses_apart(carried_kg: float, given_kg: float) -> str:
    """How they differ, in words; empty where they agree.

    Parameters
    ----------
    carried_kg
        Mean vertical force over a stand or over whole repetitions, over gravity.
    given_kg
        Body and load together.
    """
    if abs(carried_kg - given_kg) <= LARGEST_SHARE * given_kg:
        return ""
    return f"the plates carry {carried_kg:.0f} kg on average, the masses given are {given_kg:.0f} kg"
