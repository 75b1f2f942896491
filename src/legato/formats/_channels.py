"""What a channel measures, told by its unit, label and description; and names made unique."""

import re
from collections.abc import Sequence
from typing import Literal, TypeAlias

ChannelKind: TypeAlias = Literal["emg", "force", "imu", "analog"]

_EMG = re.compile(r"emg|electromyo|myogr", re.IGNORECASE)
_MUSCLE = re.compile(
    r"rect(us)?[ _.]?(fem|abd)|rectus|vast(us)?|biceps|triceps|brachi|hamstr|semiten|semimem|gastro|soleus|tibialis"
    r"|vas[ _.]?(lat|med|int)|rec[ _.]?fem|peron|fibular"
    r"|glut|adduct|gracil|sartor|delto|delt[ _.]|trapez|trap[ _.]|pector|latiss|erector|multifid|obliqu"
    r"|serrat|infraspin|supraspin"
    r"|subscap|longissi|iliopsoas|tensor|iliocost|rhombo|teres",
    re.IGNORECASE,
)
_MUSCLE_CODE = re.compile(
    r"[rl]?(rec|ham|glu|vas|gas|tib|sol|rf|vl|vm|vmo|bf|st|sm|ta|gm|gl|gmax|gmed|mg|lg|per|add|es|ra|eo|io|lat|pec|del|trap|bic|tri)",
    re.IGNORECASE,
)
_SIDE = re.compile(r"^(r|l|right|left)[ _.-]|[ _.-](r|l|right|left)$", re.IGNORECASE)
_FORCE = re.compile(
    r"force|moment|torque|(^|[._ ])[fm][_ ]?\d?[xyz][_ ]?\d*$"
    r"|(^|[._ ])[fm][xyz]\d{1,2}$|(^|[._ ])\d?f[xyz]\d{0,2}$|^cop|^f(z|p)\d?$|^grf",
    re.IGNORECASE,
)
_IMU = re.compile(r"acc(el)?[ _.]?[xyz]?\d*$|accel|gyro|magneto|(^|[._ ])(acc|gyr|mag)[ _.]?[xyz]\d*$", re.IGNORECASE)
_NOT_MUSCLE = re.compile(r"force plate|kistler|amti|bertec|raw", re.IGNORECASE)
LEAST_EMG_HZ = 200.0
"""Surface EMG has its power between 20 and 450 Hz; below this rate a voltage is no EMG. [DOC] SENIAM"""


def channel_kind(label: str, unit: str, description: str, rate_hz: float, *, on_plate: bool = False) -> ChannelKind:
    """What one analog channel measures.

    Parameters
    ----------
    label, description
        As the file spells them.
    unit
        SI unit of the channel, or the file's own where it is unknown.
    on_plate
        Whether a force plate of the file lists the channel.
    """
    if on_plate or unit in ("N", "N·m"):
        return "force"
    if unit in ("m/s²", "rad/s", "T"):
        return "imu"
    if unit not in ("V", "", "1"):
        return "analog"
    if _EMG.search(label) or (rate_hz >= LEAST_EMG_HZ and _EMG.search(description)):
        # However slow: the quality gate then says that, and nobody looks for the channel in vain.
        return "emg"
    if _NOT_MUSCLE.search(description):
        return "analog"
    if rate_hz >= LEAST_EMG_HZ and unit in ("V", "") and (_MUSCLE.search(label) or _MUSCLE.search(description)):
        return "emg"
    if unit == "" and _FORCE.search(label):
        return "force"
    if _IMU.search(label):
        return "imu"
    return "analog"


def coded_muscles(labels: Sequence[str], units: Sequence[str]) -> frozenset[int]:
    """Which channels are EMG by the codes of muscles that they bear (`VL`, `R_GM`): all those in V, or all where none
    states a unit. `units` are SI, or the file's own where they are unknown.
    """
    stated = any(units)
    asked = [
        i
        for i, (label, unit) in enumerate(zip(labels, units, strict=True))
        if not stated or (unit == "V" and not _FORCE.search(label) and not _IMU.search(label))
    ]
    return frozenset(asked) if all_muscle_codes([labels[i] for i in asked]) else frozenset()


def all_muscle_codes(labels: Sequence[str]) -> bool:
    """Whether every label is the usual short code of a muscle (`RF`, `LVL`, `BF_r`), as in a plain table of EMG."""
    plain = [_SIDE.sub("", label.strip()) for label in labels]
    matched = sum(_MUSCLE_CODE.fullmatch(p) is not None or _MUSCLE.search(p) is not None for p in plain)
    return len(plain) >= 2 and matched >= 0.5 * len(plain) and all(1 < len(p) <= 5 or _MUSCLE.search(p) for p in plain)


def unique_names(names: Sequence[str], blank: str) -> tuple[str, ...]:
    """The names with blanks numbered (`point_7`) and repeats marked (`RKNE`, `RKNE_2`)."""
    taken: set[str] = set(names)
    seen: set[str] = set()
    found: list[str] = []
    for i, name in enumerate(names):
        candidate = name or f"{blank}_{i + 1}"
        count = 1
        while candidate in seen or (count > 1 and candidate in taken):
            count += 1
            candidate = f"{name or blank}_{count}"
        seen.add(candidate)
        found.append(candidate)
    return tuple(found)


def without_prefixes(names: Sequence[str]) -> tuple[str, ...]:
    """Names without the subject's `Prefix:` where that leaves them unique; else all as they are."""
    bare = [name.rsplit(":", 1)[-1].strip() or name for name in names]
    prefixes = {name.rsplit(":", 1)[0] for name in names if ":" in name}
    if len(prefixes) <= 1:
        return tuple(bare)
    clashes = len({b for b in bare if b}) < len({n for n in names if n})
    return tuple(names) if clashes else tuple(bare)
