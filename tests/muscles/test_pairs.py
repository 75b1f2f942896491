"""Channels are compared within a side, the one wanted most first, and refused ones never."""

from dataclasses import replace

from legato.muscles.channel_lags import lags_between
from legato.muscles.model import MuscleResult
from legato.muscles.names import Side, muscles
from legato.muscles.pairs import NO_REP, USUAL_PAIRS, MusclePair, asked_pairs, called, find_pairs


def channel(muscle: str, side: Side | None = "right", *, usable: bool = True) -> MuscleResult:
    known = muscles()[muscle]
    return MuscleResult(
        "emg", f"{muscle} {side}", muscle, known.name, side, known.region, known.roles, usable, (), (), "", ""
    )


LEG_TO_CHEST = MusclePair(("vastus_lateralis", "quadriceps"), ("chest",))


def told(found: list[tuple[MuscleResult, MuscleResult]]) -> list[tuple[str, str]]:
    return [(one.channel, two.channel) for one, two in found]


def test_each_side_has_its_own_pair() -> None:
    both = [channel(m, s) for m in ("vastus_lateralis", "pectoralis_major") for s in ("right", "left")]
    assert told(find_pairs(both, LEG_TO_CHEST)) == [
        ("vastus_lateralis right", "pectoralis_major right"),
        ("vastus_lateralis left", "pectoralis_major left"),
    ]
    assert not find_pairs([channel("vastus_lateralis", "left"), channel("pectoralis_major", "right")], LEG_TO_CHEST)


def test_the_name_wanted_most_comes_first_and_a_role_stands_in_for_it() -> None:
    chest = channel("pectoralis_major")
    lateral, medial = channel("vastus_lateralis"), channel("vastus_medialis")
    assert told(find_pairs([medial, lateral, chest], LEG_TO_CHEST)) == [(lateral.channel, chest.channel)]
    refused = replace(lateral, usable=False)
    assert told(find_pairs([medial, refused, chest], LEG_TO_CHEST)) == [(medial.channel, chest.channel)]


def test_a_channel_without_a_side_goes_with_either() -> None:
    chest = channel("pectoralis_major", None)
    assert len(find_pairs([channel("vastus_lateralis"), chest], LEG_TO_CHEST)) == 1
    assert len(find_pairs([channel("vastus_lateralis", None), chest], LEG_TO_CHEST)) == 1
    sides: tuple[Side, ...] = ("right", "left")
    assert len(find_pairs([*(channel("vastus_lateralis", s) for s in sides), chest], LEG_TO_CHEST)) == 2


def test_a_vastus_speaks_for_the_quadriceps_wherever_the_rectus_stands_in_the_file() -> None:
    chest = channel("pectoralis_major")
    rectus, medial, lateral = (channel(m) for m in ("rectus_femoris", "vastus_medialis", "vastus_lateralis"))
    asked = MusclePair(("quadriceps",), ("chest",))
    for order in ([rectus, medial, lateral, chest], [lateral, medial, rectus, chest], [chest, medial, rectus, lateral]):
        assert told(find_pairs(order, asked)) == [(lateral.channel, chest.channel)]
    # A channel of the side comes before one of none, and a refused one is none.
    loose = channel("vastus_lateralis", None)
    assert told(find_pairs([rectus, loose, chest], asked)) == [(rectus.channel, chest.channel)]
    refused = replace(lateral, usable=False)
    assert told(find_pairs([rectus, refused, chest], asked)) == [(rectus.channel, chest.channel)]


def test_every_pair_that_is_asked_for_says_who_asks_and_what_became_of_it() -> None:
    lateral, chest = channel("vastus_lateralis"), channel("pectoralis_major")
    window = MusclePair(("vastus_lateralis",), ("pectoralis_major",))
    lags = lags_between(lateral, chest, [])
    asked = asked_pairs([lateral, chest, channel("triceps_brachii", usable=False)], [window], lags, whole=True)
    assert [(one.pair, one.usual) for one in asked] == [(window, False), *((pair, True) for pair in USUAL_PAIRS)]
    ends = (("emg", lateral.channel), ("emg", chest.channel))
    # The movement's own pair and the usual one of leg and chest are the same two channels.
    assert asked[0].compared == asked[1].compared == (ends,) and asked[0].reason == ""
    reasons = {called(one.pair.second): one.reason for one in asked if not one.compared}
    assert reasons["latissimus"] == "no channel of the latissimus"
    assert reasons["elbow extensors"] == "triceps_brachii right: refused"
    assert reasons["leg"] == "no channel of the trunk"
    cut = asked_pairs([lateral, chest], [window], (), whole=False)
    assert cut[0].compared == () and cut[0].reason == NO_REP
