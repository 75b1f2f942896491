"""Figures of drills: the simulator's athlete where the movement is simulated, and none where it is not."""

import re

import pytest

from legato.coaching.catalogue import drills
from legato.coaching.model import Figure
from legato.errors import BadInput
from legato.report.drill_figure import drill_svg, figure_words

NOT_SIMULATED = {"anti-rotation-carry", "brace-hold", "force-track", "thoracic-extension"}


def postures(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_what_is_not_simulated_has_no_figure_and_says_so():
    assert {name for name, drill in drills().items() if not drill_svg(drill)} == NOT_SIMULATED
    for name in NOT_SIMULATED:
        assert "simulated" in figure_words(drills()[name])


@pytest.mark.parametrize("name", sorted(set(drills()) - NOT_SIMULATED))
def test_a_figure_shows_a_start_and_a_key_posture_and_its_own_name(name: str):
    drill = drills()[name]
    svg = drill_svg(drill)
    assert len(postures(svg)) >= 2
    assert f'<title id="figure-{name}">{drill.name}: ' in svg and f'aria-labelledby="figure-{name}"' in svg
    assert svg.startswith("<svg") and svg.endswith("</svg>")
    assert figure_words(drill).startswith("A simulated athlete, seen from ")


def test_the_dowel_lies_on_head_mid_back_and_sacrum_and_no_bar_is_drawn():
    svg = drill_svg(drills()["dowel-hinge"])
    orange = re.findall(r'<(\w+)[^>]*stroke="#d97a2b"[^>]*/>', svg)
    assert orange == ["polyline", "polyline"], "one straight stick in each posture"


def test_a_drill_may_show_some_postures_and_empty_hands():
    assert postures(drill_svg(drills()["tempo-medball-rotation"])) == ["ready", "loaded"]
    hinge = drills()["hinge-light-bar"]
    assert "#d97a2b" in drill_svg(hinge)
    bare = hinge.model_copy(update={"figure": Figure(movement="hip-hinge", things="none")})
    assert "#d97a2b" not in drill_svg(bare)


def test_what_cannot_be_drawn_is_refused_in_one_line():
    squat = drills()["tempo-squat-pause"]
    with pytest.raises(BadInput, match="a dowel is not modelled for goblet-squat"):
        drill_svg(squat.model_copy(update={"figure": Figure(movement="goblet-squat", things="dowel")}))
    with pytest.raises(BadInput, match="no frame is called 'botom'; did you mean bottom"):
        drill_svg(squat.model_copy(update={"figure": Figure(movement="goblet-squat", frames=("botom",))}))
