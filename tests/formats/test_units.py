import pint
import pytest

from legato.formats._units import _KNOWN, to_si

_AS_PINT = {
    "g": "standard_gravity", "gs": "standard_gravity", "mg": "1e-3*standard_gravity",
    "dps": "degree/s", "n": "N", "kn": "kN",

    "v": "V", "mv": "mV", "uv": "uV", "w": "W", "mw": "mW", "nm": "N*m", "nmm": "N*mm", "ncm": "N*cm",
    "hz": "Hz", "t": "T", "dan": "daN", "kp": "kgf", "kilopond": "kgf", "kilogram*force": "kgf", "kg*f": "kgf",
    "lb*f": "lbf", "pound*force": "lbf",
    "ut": "uT", "s": "s", "sec": "s", "gauss": "1e-4*T",
    "%": "percent", "1": "dimensionless", "°": "degree", "°/s": "degree/s", "in": "inch",
    "deg/sec": "degree/s", "m/s2": "m/s**2", "m/s²": "m/s**2",
    "m/s/s": "m/s**2", "m/s^2": "m/s**2", "mm/s^2": "mm/s**2",

    "newtonmeters": "N*m", "newtonmillimeters": "N*mm", "n*m": "N*m", "n*mm": "N*mm", "n*cm": "N*cm",
    "nmm/kg": "N*mm/kg",
    "n*mm/kg": "N*mm/kg", "nm/kg": "N*m/kg", "n*m/kg": "N*m/kg", "n/kg": "N/kg", "w/kg": "W/kg", "mw/kg": "mW/kg",
}  # fmt: skip


def test_the_table_says_what_pint_says():
    registry = pint.UnitRegistry()
    for spelling, (factor, unit) in _KNOWN.items():
        target = {"1": "dimensionless"}.get(unit, unit.replace("·", "*").replace("²", "**2"))
        theirs = 1.0 * registry.parse_expression(_AS_PINT.get(spelling, spelling))
        assert theirs.to(target).magnitude == pytest.approx(factor, rel=1e-12), spelling


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("mm", (1e-3, "m")), ("Nmm", (1e-3, "N·m")), ("N-M", (1.0, "N·m")), ("N.mm", (1e-3, "N·m")),
        ("N mm", (1e-3, "N·m")),
        ("µV", (1e-6, "V")), ("mV", (1e-3, "V")), ("Deg", (0.017453292519943295, "rad")), ("km/h", (1 / 3.6, "m/s")),
        ("lbf", (4.4482216152605, "N")), ("furlong", (201.168, "m")),
    ],
)  # fmt: skip
def test_units_become_si(unit, expected):
    found = to_si(unit)
    assert found is not None
    assert found[1] == expected[1]
    assert found[0] == pytest.approx(expected[0], rel=1e-5)


@pytest.mark.parametrize("unit", ["", "zorp", "a.u.", "3 apples", "see the manual for the unit of this", "()", "**"])
def test_unknown_units_stay_unknown(unit):
    assert to_si(unit) is None
