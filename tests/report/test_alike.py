"""What several channels share is told once, and only amounts are run together."""

from legato.report.alike import told_once


def test_a_reason_of_several_channels_stands_once_from_least_to_most():
    rest = "V rms are more than any surface EMG has; the number would fit µV"
    said = [
        ("A", f"gain: bursts of 398 {rest}"),
        ("B", "dead: every sample is 0"),
        ("C", f"gain: bursts of 10.5 {rest}"),
        ("D", f"gain: bursts of 112 {rest}"),
    ]
    assert told_once(said) == [
        (["A", "C", "D"], f"gain: bursts of 10.5 to 398 {rest}"),
        (["B"], "dead: every sample is 0"),
    ]


def test_each_amount_has_its_own_range_and_one_that_is_alike_stays_one():
    said = [("A", "6 % lost, 0.2 × the rms"), ("B", "6 % lost, 1e-05 × the rms")]
    assert told_once(said) == [(["A", "B"], "6 % lost, 1e-05 to 0.2 × the rms")]


def test_limits_frequencies_and_units_that_differ_are_different_reasons():
    for one, two in (
        ("saturated: held at -3299.9, the recorder's limit", "saturated: held at 3299.8, the recorder's limit"),
        ("mains hum at 50 Hz", "mains hum at 60 Hz"),
        ("bursts of 3 V rms", "bursts of 3 mV rms"),
        ("shares 40 % with EMG03", "shares 40 % with EMG04"),
    ):
        assert told_once([("A", one), ("B", two)]) == [(["A"], one), (["B"], two)]
