"""What a movement file says of links: which rates are read, which gaps between them are expected, the leg drive."""

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from legato.movements.window_spec import Data, Grade

EventKind: TypeAlias = Literal["onset", "peak", "zero", "offset"]
"""`onset`: a rate leaves rest; `peak`: its largest value; `zero`: it changes sign (an angle's turning point); `offset`:
it has all but come to rest.
"""


class LinkSpec(Data):
    """A link of the chain and the quantity it is read by.

    `quantity` names an own-axis rate (`pelvis_axial_velocity`, `upper_arm_swing_velocity`) or a joint rate
    (`hip_flexion_velocity`, `knee_extension_velocity`, `lumbar_flexion_velocity`); sides are resolved by `side`.
    `told`: events that are told beside those that gaps name.
    """

    name: str
    quantity: Annotated[str, Field(pattern=r"_velocity$")]
    side: Literal["none", "both", "right", "left", "dominant"] = "none"
    told: tuple[EventKind, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkRead:
    """An event of a link in one repetition as a person read it: `time_s` on the recording's clock, s, None where it is
    not there; `error_s` the half-width (90 %) of what the reader may err, None where nobody said it.
    """

    rep: int
    link: str
    event: EventKind
    time_s: float | None
    error_s: float | None = None


class GapSpec(Data):
    """An expected order of two links, with the band that the gap (to minus from, s) must lie in. Both are timed at
    `event`, or the second one at `to_event`.

    `band = "order"`: 0 s and up. `band = "together"`: within ± `band_fraction` of the duration of `band_phase`.
    `band = "own"`: no sourced order, so the athlete's own median ± smallest detectable change. Grade N or X never
    yields `fault`. `phase` is the stretch in which the events are looked for: a phase, two joined by `+`, or `rep`
    for the whole repetition.
    """

    from_link: str = Field(alias="from")
    to_link: str = Field(alias="to")
    event: EventKind
    to_event: EventKind | None = None
    phase: str
    band: Literal["order", "together", "own"]
    band_fraction: float | None = None
    band_phase: str | None = None
    primary: bool = False
    source: str
    grade: Grade | None = None

    @property
    def events(self) -> tuple[EventKind, EventKind]:
        """The event of the first link and that of the second."""
        return self.event, self.to_event or self.event

    @property
    def named(self) -> str:
        """The event by which results tell this gap from others: `onset`, or `offset to onset` where the two differ."""
        return " to ".join(dict.fromkeys(self.events))

    @model_validator(mode="after")
    def _band_is_whole(self) -> "GapSpec":
        if self.band == "together" and not self.band_fraction:
            raise ValueError('band = "together" needs band_fraction')
        if self.band != "own" and self.grade is None:
            raise ValueError('an expected order needs a grade; without a source use band = "own"')
        return self


LEG_DRIVE, BAR = "leg_drive", "bar"
"""Links that plates and a bar show: the drive on the vertical force, and the bar's velocity."""


class DriveSpec(Data):
    """A lift that the legs drive and the arms finish, as plates under both feet and the bar show it.

    `press`: the link of the chain with whose onset the press starts and with whose offset it ends. `within`: the
    phases in which the force is read. `gaps` lie between `leg_drive` (`onset`: the dip turns; `peak`: highest force;
    `offset`: the force falls to the weight of lifter and bar), the link `press` (`onset`) and `bar` (`peak`: it is
    fastest). `lying`: a bench carries the trunk and plates the feet alone, so the three events are those of their push.
    """

    press: str
    within: str
    lying: bool = False
    gaps: Annotated[tuple[GapSpec, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _gaps_name_what_is_timed(self) -> "DriveSpec":
        known = {LEG_DRIVE: {"onset", "peak", "offset"}, self.press: {"onset"}, BAR: {"peak"}}
        for gap in self.gaps:
            for link, event in zip((gap.from_link, gap.to_link), gap.events, strict=True):
                if event not in known.get(link, set()):
                    raise ValueError(f"a gap of the drive names the {event} of {link}, which is not timed")
        return self


def outside_quantity(spec: DriveSpec | None) -> dict[str, str]:
    """What the links that plates and a bar show are read by."""
    lying = spec is not None and spec.lying
    return {LEG_DRIVE: "foot_force" if lying else "vertical_force", BAR: "bar_velocity"}
