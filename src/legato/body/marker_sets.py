"""Marker sets as data: reading them, finding the one a recording uses, and translating its labels to landmarks."""

import difflib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from legato.body.landmarks import CLUSTERS, LANDMARKS
from legato.errors import BadInput
from legato.messages import nearest, toml_fault

HipRule: TypeAlias = Literal["carried", "tracked"]
"""Hip centres that a set brings along: fixed in the pelvis at their mean place, or as they move (where they are seen,
not derived from the pelvis markers).
"""

LEAST_MATCHED = 4
"""A set is recognised from this many of its markers on."""


class MarkerSet(BaseModel):
    """One marker set: which labels stand for which landmark, and which only help to track a segment.

    `landmarks` maps a landmark to its label and the label's other spellings; `clusters` maps a segment to its tracking
    markers. Labels are compared without case, punctuation, or a subject's name before a colon.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str
    name: str
    source: str
    landmarks: dict[str, tuple[str, ...]]
    clusters: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    optional: tuple[str, ...] = ()
    """Landmarks and labels that many recordings with this set lack; their absence does not count against it."""
    hip_centre: HipRule = "carried"

    @field_validator("landmarks")
    @classmethod
    def _known_landmarks(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        if unknown := sorted(set(value) - LANDMARKS):
            raise ValueError(f"unknown landmarks {', '.join(unknown)}")
        return value

    @field_validator("clusters")
    @classmethod
    def _known_clusters(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        if unknown := sorted(set(value) - CLUSTERS):
            raise ValueError(f"unknown segments {', '.join(unknown)}")
        return value


@dataclass(frozen=True, slots=True)
class Assignment:
    """Which marker of the recording stands for what: landmark to label, segment to labels, and what was not found."""

    set_id: str
    landmarks: Mapping[str, str]
    clusters: Mapping[str, tuple[str, ...]]
    absent: tuple[str, ...]
    unused: tuple[str, ...]
    hip_centre: HipRule = "carried"
    others: tuple[str, ...] = ()
    """Labels of subjects that were left out; they are among the unused."""
    notes: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def plain_label(label: str) -> str:
    """A label as it is compared: without subject prefix, case or punctuation."""
    return "".join(c for c in label.rsplit(":", 1)[-1].casefold() if c.isalnum())


@lru_cache(maxsize=1)
def marker_sets() -> Mapping[str, MarkerSet]:
    """The marker sets that come with Legato, by id."""
    found: dict[str, MarkerSet] = {}
    for entry in sorted(files("legato.body").joinpath("marker_sets").iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".toml"):
            marker_set = MarkerSet.model_validate(tomllib.loads(entry.read_text(encoding="utf-8")))
            found[marker_set.id] = marker_set
    return found


def assign(marker_set: MarkerSet, labels: Sequence[str]) -> Assignment:
    """Translate a recording's labels by one marker set; of labels that occur twice the first counts.

    Where subjects (the text before a label's last colon) share labels of the set, one subject is taken.
    """
    known = [s for spellings in (*marker_set.landmarks.values(), *marker_set.clusters.values()) for s in spellings]
    others, notes = _other_subjects(known, labels)
    by_plain = _by_plain(labels, others)
    for label in others:
        if by_plain[plain_label(label)] == label:
            del by_plain[plain_label(label)]
    landmarks: dict[str, str] = {}
    absent: list[str] = []
    for landmark, spellings in marker_set.landmarks.items():
        label = next((by_plain[plain_label(s)] for s in spellings if plain_label(s) in by_plain), None)
        if label is not None:
            landmarks[landmark] = label
        elif landmark not in marker_set.optional:
            absent.append(spellings[0])
    clusters: dict[str, tuple[str, ...]] = {}
    for segment, members in marker_set.clusters.items():
        clusters[segment] = tuple(by_plain[plain_label(m)] for m in members if plain_label(m) in by_plain)
        absent += [m for m in members if plain_label(m) not in by_plain and m not in marker_set.optional]
    used = set(landmarks.values()) | {label for members in clusters.values() for label in members}
    return Assignment(
        marker_set.id,
        landmarks,
        clusters,
        tuple(absent),
        tuple(x for x in labels if x not in used),
        marker_set.hip_centre,
        others,
        notes,
    )


def _by_plain(labels: Sequence[str], last: Sequence[str]) -> dict[str, str]:
    """Labels by how they are compared; the first counts, those in `last` only where there is no other."""
    behind = set(last)
    found: dict[str, str] = {}
    for label in (*(x for x in labels if x not in behind), *last):
        found.setdefault(plain_label(label), label)
    return found


def _other_subjects(known: Sequence[str], labels: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Labels of the subjects to leave out, and a note that names them.

    The subject with most of the known labels is kept (of equals the first), and each that shares none with those kept,
    as a box does.
    """
    wanted = {plain_label(x) for x in known}
    groups: dict[str, list[str]] = {}
    for label in labels:
        groups.setdefault(label.rpartition(":")[0], []).append(label)
    if len(groups) == 1:
        return (), ()
    matched = {name: {plain_label(x) for x in members} & wanted for name, members in groups.items()}
    taken: set[str] = set()
    left: list[str] = []
    for name in sorted(groups, key=lambda n: -len(matched[n])):
        if matched[name] & taken:
            left.append(name)
        else:
            taken |= matched[name]
    if not left:
        return (), ()
    used = max(groups, key=lambda n: len(matched[n]))
    shown = ", ".join(f"{name or 'no prefix'} ({len(groups[name])} markers)" for name in left)
    note = f"several subjects share marker names: {used or 'no prefix'} is used, left out: {shown}"
    return tuple(label for name in left for label in groups[name]), (note,)


def find_marker_set(labels: Sequence[str]) -> Assignment:
    """The assignment by the set that explains the labels best.

    A set's score is twice the matched markers over the set's (without optional ones) plus the recording's.

    Raises
    ------
    BadInput
        No set matches at least `LEAST_MATCHED` markers.
    """
    best: tuple[float, Assignment] | None = None
    for marker_set in marker_sets().values():
        found = assign(marker_set, labels)
        matched = len(labels) - len(found.unused)
        score = 2.0 * matched / (matched + len(found.absent) + len(labels))
        if matched >= LEAST_MATCHED and (best is None or score > best[0]):
            best = (score, found)
    if best is None:
        shown = ", ".join(labels[:12]) + (" …" if len(labels) > 12 else "")
        raise BadInput(
            f"no marker set knows these {len(labels)} labels ({shown}); say what each marker is with --map FILE "
            f'(TOML: [landmarks] asis_right = "label", …, [clusters] thigh_right = ["label", …])'
        )
    return best[1]


def read_mapping(mapping: str | Path | Mapping[str, Any]) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Landmarks and clusters from a user's map: a TOML or JSON file, or a mapping. Its table `muscles` is passed over.

    Either tables `landmarks` (landmark to label) and `clusters` (segment to labels), or one flat table, in which label
    and landmark may stand on either side.

    Raises
    ------
    BadInput
        The file cannot be read, or a name is neither a landmark nor a segment.
    """
    where = "the marker map"
    if isinstance(mapping, str | Path):
        where = str(mapping)
        try:
            text = Path(mapping).read_text(encoding="utf-8")
            raw: Any = json.loads(text) if Path(mapping).suffix.lower() == ".json" else tomllib.loads(text)
        except OSError as error:
            raise BadInput(f"{where}: cannot be read ({error.strerror or error}); check the path of the map") from None
        except (ValueError, RecursionError) as error:
            raise BadInput(f"{where}: not valid TOML or JSON: {toml_fault(error)}") from None
    else:
        raw = dict(mapping)
    if not isinstance(raw, dict):
        raise BadInput(f"{where}: a marker map is a table of landmark = label; docs/body.md shows one")
    landmarks: dict[str, str] = {}
    clusters: dict[str, tuple[str, ...]] = {}
    entries: dict[str, Any] = {}
    for key, value in cast(dict[str, Any], raw).items():
        if key == "muscles" and isinstance(value, dict):
            continue
        entries |= value if key in ("landmarks", "clusters") and isinstance(value, dict) else {str(key): value}
    if not entries and "muscles" not in raw:
        raise BadInput(f"{where}: names no landmark; docs/body.md, Markers with other names, shows a map")
    for key, value in entries.items():
        if key in LANDMARKS and isinstance(value, str):
            landmarks[key] = value
        elif isinstance(value, str) and value in LANDMARKS:
            landmarks[value] = key
        elif key in CLUSTERS and isinstance(value, list | tuple):
            clusters[key] = tuple(str(v) for v in cast(list[Any], value))
        elif isinstance(value, str) and value in CLUSTERS:
            clusters[value] = (*clusters.get(value, ()), key)
        else:
            raise BadInput(f"{where}: {_no_landmark(key, value)}")
    return landmarks, clusters


def _no_landmark(key: str, value: object) -> str:
    """Why an entry of a marker map fits nothing, with the nearest names."""
    listed = "docs/body.md, Markers with other names, lists them all"
    if key in LANDMARKS or key in CLUSTERS:
        takes = 'one label, like "RASI"' if key in LANDMARKS else 'a list of labels, like ["RTHI", "RTHI2"]'
        return f"{key} = {value!r:.60} does not fit; give {takes}"
    tables = difflib.get_close_matches(key, ("landmarks", "clusters", "muscles"), 1, 0.8)
    if isinstance(value, dict) and tables:
        return f"nothing reads the table [{key}]; write [{tables[0]}]"
    words = [key, *([value] if isinstance(value, str) else [])]
    known = sorted({*LANDMARKS, *CLUSTERS})
    near = sorted(
        {name for word in words for name in difflib.get_close_matches(word.lower(), known, 3)},
        key=lambda name: -max(difflib.SequenceMatcher(None, word.lower(), name).ratio() for word in words),
    )[:3]
    hint = f"did you mean {' or '.join(near)}? {listed}" if near else listed
    return f"{key} = {value!r:.60} names no landmark and no segment; {hint}"


def assign_markers(
    labels: Sequence[str],
    marker_set: str | Path | None = None,
    mapping: str | Path | Mapping[str, Any] | None = None,
) -> Assignment:
    """The recording's assignment: by the set named (an id or a TOML file) or found, with the user's map laid over it.

    Raises
    ------
    BadInput
        The set is unknown or unreadable, none is recognised and no map is given, or the map names markers that are
        absent.
    """
    landmarks, clusters = ({}, {}) if mapping is None else read_mapping(mapping)
    if marker_set is not None:
        found = assign(_named_set(marker_set), labels)
    elif not landmarks and not clusters:
        found = find_marker_set(labels)
    else:
        try:
            found = find_marker_set(labels)
        except BadInput:
            found = Assignment("map", {}, {}, (), tuple(labels))
    if mapping is None or not (landmarks or clusters):
        return found
    wanted = [*landmarks.values(), *(label for members in clusters.values() for label in members)]
    others, notes = (found.others, found.notes) if found.landmarks else _other_subjects(wanted, labels)
    by_plain = _by_plain(labels, others)
    written = set(labels)
    if strangers := [label for label in wanted if plain_label(label) not in by_plain]:
        where = str(mapping) if isinstance(mapping, str | Path) else "the marker map"
        lacking = ", ".join(strangers[:3]) + (" …" if len(strangers) > 3 else "")
        raise BadInput(f"{where}: the recording has no marker {lacking}; {nearest(strangers[0], labels, 3, 12)}")

    def own(label: str) -> str:
        # A label in full, with its subject, means that very marker.
        return label if label in written else by_plain[plain_label(label)]

    mapped = {name: own(label) for name, label in landmarks.items()}
    grouped = {name: tuple(own(m) for m in members) for name, members in clusters.items()}
    taken = {*mapped.values(), *(label for members in grouped.values() for label in members)}
    kept = {name: label for name, label in found.landmarks.items() if label not in taken}
    old = {name: tuple(m for m in members if m not in taken) for name, members in found.clusters.items()}
    for name, members in grouped.items():
        old[name] = (*old.get(name, ()), *members)
    return Assignment(
        f"{found.set_id}+map" if found.landmarks else "map",
        {**kept, **mapped},
        old,
        found.absent,
        tuple(x for x in found.unused if x not in taken),
        found.hip_centre,
        tuple(x for x in others if x not in taken),
        notes,
    )


def _named_set(marker_set: str | Path) -> MarkerSet:
    known = marker_sets()
    if str(marker_set) in known:
        return known[str(marker_set)]
    path = Path(marker_set)
    if path.suffix.lower() != ".toml":
        raise BadInput(f"marker set {marker_set!s} is unknown; there are {', '.join(known)}, or give a TOML file")
    try:
        return MarkerSet.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise BadInput(f"{path}: not a marker set ({reason})") from None
