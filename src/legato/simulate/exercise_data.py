"""What an exercise file holds: a posture, the way of each joint through a repetition, what is held, faults."""

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from legato.errors import BadInput

Key: TypeAlias = tuple[float, Annotated[float, Field(gt=0)], float]
"""Centre of a way (nominal s from the repetition's start), its width (s; it lasts about five), the value it ends at."""

SIDED = frozenset(
    {
        *("hip_flexion", "hip_abduction", "hip_rotation", "knee_flexion", "ankle", "heel", "toe_up", "toe_out"),
        *("knee_out", "foot_x", "foot_y", "foot_z", "foot_pitch", "arm_flexion", "arm_out", "elbow_flexion"),
        *("elbow_out", "forearm_turn", "wrist_flexion", "wrist_x", "wrist_y", "wrist_z"),
    }
)
MIDDLE = frozenset(
    {
        *("pelvis_lean", "pelvis_side", "pelvis_axial", "pelvis_x", "pelvis_y", "pelvis_z"),
        *("lumbar_flexion", "lumbar_side", "lumbar_axial", "neck_flexion", "head_turn"),
        *("anchor_x", "anchor_y", "anchor_z", "chest", "belly", "object_x", "object_z"),
    }
)
CHANNELS: tuple[str, ...] = (*sorted(MIDDLE), *(f"{c}_{s}" for c in sorted(SIDED) for s in ("right", "left")))


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LagData(_Data):
    """The planted lag of the two judged links: `shift` says by how many lags each channel moves late (one share for all
    its keys, or one a key).
    """

    default_s: float
    first: str
    second: str
    shift: dict[str, float | tuple[float, ...]]
    breaks: str = ""
    """Fault that a negative lag is."""
    carried: dict[str, str] = Field(default_factory=dict)
    """Channels that make up for the way of the one that carries them, so that both together come late."""


class PlantedFault(_Data):
    """What every fault to plant tells: its `size` in `unit`, and what that is of a true repetition.

    `moves`: the quantity of `fault_truth` that shows it, which one unit of size changes by `gain`, or nearly.
    `per = "rep"`: `size` a repetition more, from 0 in the first. A fault of timing gives the lag of the two judged
    links anew: `lag`, how many usual lags and how many sizes it is, or `spread`, how many sizes its SD from repetition
    to repetition is.
    """

    size: float
    unit: Literal["s", "deg", "m", "mm", "share", "%"]
    per: Literal["set", "rep"] = "set"
    moves: str = ""
    gain: float = 1.0
    lag: tuple[float, float] | None = None
    spread: float = 0.0


class FaultData(PlantedFault):
    """A fault to plant in an exercise. It moves channels late (`shift`, shares of `size` s, negative is early),
    stretches their way (`scale`, share of the way that one unit of size adds) or adds a way of its own (`add`, keys in
    units of `size`, back at 0 in the end). Of strides: `hold` is there all the time, `swing` adds to what goes round
    with the stride, `lift` (share of stature) lifts the right foot higher and the left one less. `slow`: nominal
    instants between which everything takes `size` s longer.
    """

    hold: dict[str, float] = Field(default_factory=dict)
    swing: dict[str, float] = Field(default_factory=dict)
    lift: float = 0.0
    shift: dict[str, float | tuple[float, ...]] = Field(default_factory=dict)
    scale: dict[str, float] = Field(default_factory=dict)
    add: dict[str, tuple[Key, ...]] = Field(default_factory=dict)
    wait_at: float | None = None
    """Nominal instant at which everything waits for `size` s (tempo)."""
    slow: tuple[float, float] | None = None


class SharedFault(PlantedFault):
    """A fault that many movements can be given (`faults.toml`): shares of `size` that channels go away and back."""

    add: dict[str, float] = Field(default_factory=dict)
    lead_s: float = 0.0
    driving: bool = False
    """It comes and goes on the way back up (lifts from standing)."""
    shift: dict[str, float] = Field(default_factory=dict)


class ObjectData(_Data):
    """What is held. `on`: a segment that carries it at `offset` (shares of stature), `hands` (between both), a hand."""

    kind: Literal["bar", "kettlebell", "dumbbell", "ball", "box", "handle", "club", "sled"]
    name: str = ""
    on: Literal["hands", "hand_right", "hand_left", "thorax", "pelvis", "feet"] = "hands"
    offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    grip_half: float = 0.0
    kg: Annotated[float, Field(ge=0)] = 0.0


class SkinData(_Data):
    """A marker of the exercise's own, or a usual one (`name`), that a channel (mm) moves along `along`."""

    name: str
    segment: str = ""
    offset_m: tuple[float, float, float] = (0.0, 0.0, 0.0)
    channel: Literal["chest", "belly"]
    along: tuple[float, float, float] = (1.0, 0.0, 0.0)


class MarkData(_Data):
    """A named instant of a repetition, told by a rate (`-` before its name turns the sign) within `window` (nominal s).

    `peak`: where it is largest; `leaves`, `reaches`: where it last or first passes `share` of that, before or after;
    `way`: where its quantity has made `share` of its way from the window's start to its end; `given`: an instant that
    the motion knows by this name.
    """

    name: str
    rate: str = ""
    at: Literal["peak", "leaves", "reaches", "way", "given"] = "peak"
    share: float = 0.05
    window: tuple[float, float] = (0.0, 0.0)


class EventData(_Data):
    """A link's rate whose onset, peak and zero are told; `zero` is looked for before or after the peak."""

    rate: str
    window: tuple[float, float]
    zero: Literal["before", "after"] = "after"


class StrideData(_Data):
    """Steps over ground at `speed` (m/s): the stance's share of a stride, lift of the swinging foot, roll of the foot.
    `heel_held`: share of the swing for which the heel stays up, as a foot does under a knee that bends far.

    `swing` are the channels that go round with the stride: amplitude, phase (share of the stride after the right foot's
    contact at which it is largest) and harmonic; sided ones run half a stride later on the left. `turn_deg`: change of
    direction at the middle, over `turn_s`.
    """

    speed: float
    stride_s: float
    stance: Annotated[float, Field(gt=0.1, lt=0.8)]
    width: float
    lift: float
    ahead: float = 0.0
    toe_up: float = 0.0
    heel_off: float = 0.0
    heel_held: float = 0.0
    bob: float = 0.012
    swing: dict[str, tuple[float, float, int]] = Field(default_factory=dict)
    turn_deg: float = 0.0
    turn_s: float = 0.2


class FlightData(_Data):
    """A jump: after `after` (nominal s) the body leaves the ground where its weight does. `drop`: it first falls from a
    box and meets the ground after `drop` (nominal s).
    """

    after: float
    drop: float | None = None


class ForceData(_Data):
    """A pull on what does not move: from `on` to `off` (nominal s) the feet press by `rise` body weights more, within
    `rise_s` to 63 %, and let go within `fall_s` to 37 %.
    """

    on: float
    off: float
    rise: float
    rise_s: float
    fall_s: float


class Exercise(_Data):
    """One exercise; see `legato.simulate.exercise` for how to write one."""

    id: str
    posture: str
    root: Literal["legs", "free", "anchor", "strides"]
    lead: Literal["both", "right", "left"] = "both"
    drive: Literal["hip", "lean"] = "lean"
    anchor: tuple[str, ...] = ()
    legs: Literal["planted", "free"] = "planted"
    leg_right: Literal["planted", "free"] | None = None
    leg_left: Literal["planted", "free"] | None = None
    arms: Literal["line", "planted", "grip"] = "line"
    arm_right: Literal["line", "planted", "grip", "joined"] | None = None
    arm_left: Literal["line", "planted", "grip", "joined"] | None = None
    arm_frame: Literal["lab", "thorax"] = "thorax"
    grip_half: float | None = None
    knee_toward: tuple[float, float, float] = (1.0, 0.0, 0.0)
    balance: float | None = None
    dorsiflexion_deg: float | None = None
    """Of the ankles at the bottom of a squat: an athlete of their own build leans as far as brings them there."""
    gaze: float = 0.6
    base: dict[str, float] = Field(default_factory=dict)
    motion: dict[str, tuple[Key, ...]] = Field(default_factory=dict)
    sway: dict[str, float] = Field(default_factory=dict)
    length_s: float = 0.0
    hold_at: float | None = None
    hold_s: float = 0.0
    full: bool = False
    alternate: bool = False
    wobble_hz: float = 1.2
    objects: tuple[ObjectData, ...] = ()
    skin: tuple[SkinData, ...] = ()
    lag: LagData | None = None
    faults: dict[str, FaultData] = Field(default_factory=dict)
    plants: tuple[str, ...] = ()
    way: tuple[tuple[float, float], tuple[float, float]] | None = None
    """Centre and width, nominal s, of the way into and out of the faults of `faults.toml` that `plants` names."""
    stride: StrideData | None = None
    flight: FlightData | None = None
    force: ForceData | None = None
    marks: tuple[MarkData, ...] = ()
    phases: tuple[tuple[str, str, str], ...] = ()
    events: tuple[EventData, ...] = ()
    gaps: tuple[tuple[str, str], ...] = ()
    frames: tuple[float, ...] = ()
    frame_names: tuple[str, ...] = ()
    upright_at: float | None = None
    """Nominal instant at which the body of a lift from the floor stands."""
    view: Literal["side", "front", "back", "top"] = "side"
    props: tuple[tuple[float, float, float, float], ...] = ()

    @property
    def bar_kg(self) -> float | None:
        """The load of the bar that is lifted; None where there is none, or one that nothing moves."""
        return next((item.kg for item in self.objects if item.kind == "bar" and item.kg > 0.0), None)

    def with_bar_of(self, kg: float) -> "Exercise":
        """The same with so much on the bar, where there is one to lift."""
        if self.bar_kg is None or self.bar_kg == kg:
            return self
        objects = tuple(
            item.model_copy(update={"kg": kg}) if item.kind == "bar" and item.kg > 0.0 else item
            for item in self.objects
        )
        return self.model_copy(update={"objects": objects})

    @model_validator(mode="after")
    def _holds_together(self) -> "Exercise":
        for channel, keys in self.motion.items():
            if keys and abs(keys[-1][2] - self.base.get(channel, 0.0)) > 1e-9:
                raise ValueError(f"{channel} ends at {keys[-1][2]}, not where it began ({self.base.get(channel, 0.0)})")
        tables = {"base": self.base, "motion": self.motion, "sway": self.sway}
        tables |= {f"faults.{k}": {**f.hold, **f.swing, **f.shift, **f.scale, **f.add} for k, f in self.faults.items()}
        for table, channels in tables.items():
            for name in channels:
                if name not in MIDDLE and name.removesuffix("_right").removesuffix("_left") not in SIDED:
                    raise ValueError(f"{table} names {name}, which is no channel")
        for name, fault in self.faults.items():
            for channel, keys in fault.add.items():
                if keys[-1][2] != 0.0:
                    raise ValueError(f"fault {name}: what it adds to {channel} does not end at 0")
        if (self.root == "strides") != (self.stride is not None):
            raise ValueError('root = "strides" and a table [stride] go together')
        marks = {m.name for m in self.marks}
        if self.root != "strides" and not {"start", "end"} <= marks:
            raise ValueError("the marks start and end are needed")
        for name, first, second in self.phases:
            if self.root != "strides" and not {first, second} <= marks:
                raise ValueError(f"phase {name} names a mark that is not there")
        return self


def exercise_ids() -> tuple[str, ...]:
    """Ids of the exercises that have a file."""
    folder = files("legato.simulate").joinpath("exercises")
    return tuple(
        sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml") and f.name[0] != "_")
    )


def drawn_ids() -> tuple[str, ...]:
    """Ids of what is drawn alone: a drill's postures that no movement of the library has."""
    folder = files("legato.simulate").joinpath("exercises", "drawn")
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


@cache
def load_exercise(exercise_id: str) -> Exercise:
    """The exercise of that id, or what is drawn alone.

    Raises
    ------
    BadInput
        The file does not hold an exercise.
    """
    folder = files("legato.simulate").joinpath("exercises")
    of_it = folder.joinpath(*(("drawn",) if exercise_id in drawn_ids() else ()), f"{exercise_id}.toml")
    raw = tomllib.loads(of_it.read_text(encoding="utf-8"))
    postures = tomllib.loads(folder.joinpath("_postures.toml").read_text(encoding="utf-8"))
    try:
        return exercise_from({"id": exercise_id, **raw}, postures)
    except (ValidationError, KeyError) as error:
        raise BadInput(f"{exercise_id}.toml: {error}") from error


def exercise_from(raw: dict[str, Any], postures: dict[str, dict[str, Any]]) -> Exercise:
    """An exercise from its table and those of the postures; what names both sides is told for each."""
    posture = dict(postures[raw["posture"]])
    base = _each_side(posture.pop("base", {})) | _each_side(raw.get("base", {}))
    merged = {**posture, **raw, "base": base, "motion": _each_side(raw.get("motion", {}))}
    merged["sway"] = _each_side(merged.get("sway", {}))
    if "lag" in merged:
        merged["lag"] = {**merged["lag"], "shift": _each_side(merged["lag"]["shift"])}
    faults = {name: _shared(name, raw.get("way")) for name in raw.get("plants", ())}
    for name, fault in raw.get("faults", {}).items():
        # one that tells no motion is the shared one
        told = set(fault) <= {"size", "moves", "gain"}
        faults[name] = {**_shared(name, raw.get("way")), **fault} if told else fault
    merged["faults"] = {
        name: {k: _each_side(v) if k in ("shift", "scale", "add") else v for k, v in fault.items()}
        for name, fault in faults.items()
    }
    return Exercise.model_validate(merged)


@cache
def _fault_table() -> dict[str, Any]:
    return tomllib.loads(files("legato.simulate").joinpath("faults.toml").read_text(encoding="utf-8"))


def hand_made_plants() -> dict[str, tuple[str, ...]]:
    """The faults that each movement without an exercise's file can be given."""
    return {movement: tuple(names) for movement, names in _fault_table()["plants"].items()}


@cache
def shared_faults(movement: str = "") -> dict[str, SharedFault]:
    """The faults of `faults.toml`, by id; those that a movement has its own way stand under `own.<movement>`."""
    table = {name: fault for name, fault in _fault_table().items() if name not in ("own", "plants")}
    own = _fault_table()["own"]
    return {name: SharedFault.model_validate(fault) for name, fault in {**table, **own.get(movement, {})}.items()}


def _shared(name: str, way: Sequence[Sequence[float]] | None) -> dict[str, Any]:
    """A shared fault as an exercise's own: on its way, or all the time where it has none."""
    fault = shared_faults()[name]
    own: dict[str, Any] = {field: getattr(fault, field) for field in PlantedFault.model_fields}
    if way is None or not fault.add:
        return own | {"hold": fault.add}
    (out, out_width), (back, back_width) = way
    keys = {
        channel: [[out - fault.lead_s, out_width, share], [back, back_width, 0.0]]
        for channel, share in fault.add.items()
    }
    return own | {"add": keys}


def _each_side(channels: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, value in channels.items():
        if name in SIDED:
            out[f"{name}_right"] = out[f"{name}_left"] = value
    return out | {name: value for name, value in channels.items() if name not in SIDED}
