"""The groups that a step belongs to, by what its file says and by what it does: whom it is not for."""

from legato.coaching.model import Drill, Equipment, Group, Step

HEAVY: frozenset[Equipment] = frozenset({"barbell", "plates", "leg-press", "rack"})
"""What is lifted hard enough that one braces by oneself."""
_HELD: frozenset[Equipment] = frozenset(
    {"barbell", "plates", "kettlebell", "dumbbell", "light-bar", "cable", "medicine-ball"}
)
"""What hangs from the hands, or lies across the shoulders, where a step does not put it on the hips."""
_CARRIED: frozenset[Equipment] = frozenset({"barbell", "plates", "kettlebell", "dumbbell", "light-bar", "leg-press"})
"""What the spine carries: not a cable that one sits at, nor a band."""

GROUPS: dict[Group, str] = {
    "brace": "a hard brace or a held breath",
    "hinge": "hinges",
    "rotation": "throws and fast turns",
    "thoracic": "turning and bending of the ribcage",
    "anti-rotation": "presses against a turn and carries",
    "squat": "loaded squats",
    "jump": "jumps and power",
    "quadruped": "drills on hands and knees, on the hands or on the back",
    "spotter": "lifts that need a spotter",
    "press": "presses and pulls of the arms",
    "knees": "deep bending of the knees, kneeling and work on one leg",
    "arms": "what the arms hold, press, pull or lean on, and arms overhead or behind",
    "bent-wrist": "load on a wrist that is bent back or jerked",
    "axial": "load that the spine carries",
    "bend": "bending over under load",
    "legs": "load on the legs",
    "balance": "work on one leg, and jumps",
}
"""What each group is called for people."""


def groups_of(drill: Drill, step: Step) -> frozenset[Group]:
    """The groups that a step belongs to: those of its drill, and those that it is in by what it does."""
    overload, gear = is_overload(step), set(step.equipment)
    held = bool(_HELD & gear) and step.weight_on == "hands"
    withstands = drill.pattern in ("carry", "anti-rotate") or "anti-rotation" in drill.barred
    lying = drill.pattern == "push" and "bench" in gear
    hinges = drill.pattern == "hinge" or "hinge" in (*drill.barred, *step.barred)
    by_itself: dict[Group, bool] = {
        "hinge": drill.pattern == "hinge",
        "anti-rotation": withstands,
        "rotation": drill.pattern == "rotate" and step.level == "explosive",
        "squat": drill.pattern == "squat" and overload,
        "jump": drill.pattern == "jump" or step.level == "explosive",
        "brace": bool(HEAVY & gear),
        "spotter": overload and bool((HEAVY | {"bench"}) & gear),
        "press": drill.pattern in ("push", "pull"),
        "knees": drill.pattern in ("squat", "single-leg", "jump")
        or "leg-press" in gear
        or (drill.pattern == "push" and "legs" in drill.regions),
        "arms": held or withstands or drill.pattern in ("push", "pull"),
        "bent-wrist": held and step.level == "explosive",
        "axial": overload and bool(_CARRIED & gear) and not lying,
        "bend": overload and hinges and not (drill.pattern == "hinge" and step.weight_on == "hips"),
        "legs": overload and "legs" in drill.regions,
        "balance": drill.pattern in ("single-leg", "jump"),
    }
    return frozenset((*drill.barred, *step.barred, *(group for group, holds in by_itself.items() if holds)))


def is_overload(step: Step) -> bool:
    """Whether a step loads: all but holds and unloaded versions."""
    return step.level in ("loaded", "explosive")
