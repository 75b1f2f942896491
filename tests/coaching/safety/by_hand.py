"""Whom each condition bars, drill by drill and lift by lift: written by hand from evidence 5.3, and not read off the
files. A drill or lift that is new is put here by hand.
"""

HINGES = {
    "dowel-hinge", "hinge-light-bar", "tempo-deadlift", "single-leg-rdl", "kettlebell-swing",
    "deadlift", "good-morning", "row", "clean-pull",
}  # fmt: skip
THROWS = {"rotational-medball-throw", "tempo-medball-rotation"}
RIBCAGE = {"thoracic-rotation", "thoracic-extension", "cat-cow"}
CARRIES = {
    "pallof-press", "farmer-carry", "suitcase-carry", "anti-rotation-carry", "anti-rotation-goblet-squat",
}  # fmt: skip
GOBLETS = {"anti-rotation-goblet-squat", "tempo-squat-pause"}
SQUATS = GOBLETS | {"front-squat", "goblet-squat", "back-squat", "leg-press"}
POWER = {"rotational-medball-throw", "kettlebell-swing", "push-press", "clean-pull", "countermovement-jump"}
FLOOR = {"bird-dog", "dead-bug", "glute-bridge", "hip-thrust", "push-up"}
PRESSES = {
    "bench-press", "overhead-press", "push-press", "push-up", "pull-down", "row", "drive-press-ladder",
    "bench-foot-force", "leg-press-chest-iso",
}  # fmt: skip
ONE_LEG = {"lunge", "step-up", "single-leg-rdl"}
BENT_KNEES = {"ankle-rocks"}
DIPS = {"leg-press-chest-iso", "drive-press-ladder"}
HARD_BRACE = {"brace-hold", "leg-press-chest-iso"}
HEAVY = {
    "back-squat", "front-squat", "deadlift", "good-morning", "leg-press", "bench-press", "overhead-press", "push-press",
    "clean-pull", "row", "hip-thrust", "force-track",
}  # fmt: skip
"""Lifted, or pulled at, hard enough that one braces by oneself."""
BRACES = HARD_BRACE | HEAVY | {"bench-foot-force", "drive-press-ladder"}


def steps(names: str, *which: str) -> set[tuple[str, str]]:
    """Steps of some drills and lifts, each by its place and level."""
    return {(name, one) for name in names.split() for one in which}


HANG_OR_PRESS = (
    steps("farmer-carry suitcase-carry anti-rotation-carry", "0 dynamic", "1 loaded", "2 loaded")
    | steps("dowel-hinge", "2 loaded", "3 loaded")
    | steps("hinge-light-bar", "0 loaded", "1 loaded", "2 loaded")
    | steps("tempo-deadlift", "1 loaded", "2 loaded", "3 loaded")
    | steps("single-leg-rdl tempo-squat-pause step-up", "1 loaded", "2 loaded")
    | steps("kettlebell-swing push-press clean-pull", "0 explosive")
    | steps("drive-press-ladder", "0 dynamic", "1 explosive")
    | steps("bench-foot-force", "0 hold", "1 loaded")
    | steps("leg-press-chest-iso anti-rotation-goblet-squat", "0 dynamic", "1 loaded")
    | steps("force-track", "0 hold", "1 dynamic")
    | steps("tempo-medball-rotation", "0 dynamic")
    | steps("rotational-medball-throw", "0 dynamic", "1 explosive")
    | steps("pallof-press", "0 hold", "1 dynamic", "2 loaded")
    | steps("back-squat front-squat goblet-squat deadlift good-morning lunge", "0 loaded")
    | steps("bench-press push-up overhead-press row pull-down", "0 loaded")
)
"""What is pressed, pulled, held or hangs, or lies across a shoulder that is turned out (a bar on the back)."""
ARMS = (
    HANG_OR_PRESS
    | steps("bird-dog", "0 hold", "1 dynamic")
    | steps("dead-bug", "1 dynamic", "2 loaded")
    | steps("dowel-hinge thoracic-rotation cat-cow rock-back", "0 dynamic")
    | steps("thoracic-extension", "0 dynamic", "1 dynamic")
    | steps("clamshell", "0 dynamic", "1 loaded")
)
"""And what leans on the hands or lies on a shoulder, or takes an arm overhead, behind the head or behind the back."""
WRISTS = (
    steps("good-morning", "0 loaded")
    | steps("dowel-hinge", "2 loaded", "3 loaded")
    | steps("anti-rotation-carry", "1 loaded", "2 loaded")
    | steps("rotational-medball-throw", "0 dynamic", "1 explosive")
    | steps("kettlebell-swing clean-pull push-press", "0 explosive")
    | steps("drive-press-ladder", "1 explosive")
)
SPINE = (
    steps("farmer-carry suitcase-carry anti-rotation-carry", "1 loaded", "2 loaded")
    | steps("dowel-hinge", "2 loaded", "3 loaded")
    | steps("hinge-light-bar", "0 loaded", "1 loaded", "2 loaded")
    | steps("tempo-deadlift", "1 loaded", "2 loaded", "3 loaded")
    | steps("single-leg-rdl tempo-squat-pause step-up", "1 loaded", "2 loaded")
    | steps("kettlebell-swing push-press clean-pull", "0 explosive")
    | steps("drive-press-ladder", "1 explosive")
    | steps("leg-press-chest-iso anti-rotation-goblet-squat", "1 loaded")
    | steps("force-track", "0 hold", "1 dynamic")
    | steps("glute-bridge", "2 loaded", "3 loaded")
    | steps("back-squat front-squat goblet-squat deadlift good-morning lunge", "0 loaded")
    | steps("hip-thrust leg-press overhead-press row", "0 loaded")
)
"""Weights that the spine carries, standing, bent over or between bench and hips, and pulls at a fixed bar."""
LEGS = (
    SPINE - steps("overhead-press row", "0 loaded") - steps("force-track", "0 hold", "1 dynamic")
    | steps("clamshell bench-foot-force", "1 loaded")
    | steps("rotational-medball-throw", "1 explosive")
    | steps("countermovement-jump", "0 explosive")
)
BENT = (
    steps("dowel-hinge", "2 loaded", "3 loaded")
    | steps("hinge-light-bar", "0 loaded", "1 loaded", "2 loaded")
    | steps("tempo-deadlift", "1 loaded", "2 loaded", "3 loaded")
    | steps("single-leg-rdl", "1 loaded", "2 loaded")
    | steps("kettlebell-swing clean-pull", "0 explosive")
    | steps("deadlift good-morning row", "0 loaded")
)
LIGHT_BY_ITSELF = steps("clamshell", "1 loaded") | steps("dead-bug", "2 loaded")
"""Under load, and still so light (a light band) that nobody holds a breath."""

UNDER_A_BAR = {"back-squat", "front-squat", "bench-press", "overhead-press", "leg-press", "push-press"}

BARRED: dict[str, set[str]] = {
    "nerve-root": HINGES | THROWS | SQUATS | POWER | RIBCAGE | BRACES,
    "spine-operation": HINGES | THROWS | RIBCAGE | SQUATS | POWER | BRACES,
    "spine-fracture": HINGES | THROWS | RIBCAGE | SQUATS | POWER | BRACES,
    "disc": THROWS | HINGES | RIBCAGE | POWER | BRACES,
    "rib": THROWS | RIBCAGE | PRESSES | CARRIES | BRACES,
    "shoulder-unstable": THROWS | CARRIES | PRESSES,
    "pregnancy": THROWS | HEAVY | POWER,
    "late-pregnancy": THROWS | FLOOR | POWER | HEAVY | ONE_LEG,
    "birth": CARRIES | POWER | HEAVY,
    "brittle-bones": RIBCAGE | THROWS | POWER | BRACES,
    "fused-spine": RIBCAGE | THROWS | POWER | BRACES,
    "spondylitis": RIBCAGE | THROWS | POWER | BRACES,
    "hernia": CARRIES | HEAVY | POWER - THROWS,
    "abdominal-operation": CARRIES | HEAVY | THROWS | POWER,
    "blood-pressure": HEAVY | POWER - THROWS,
    "heart-condition": HEAVY | POWER,
    "eyes": HEAVY | HINGES | POWER - THROWS,
    "shoulder": CARRIES | PRESSES,
    "elbow": CARRIES | PRESSES | FLOOR,
    "neck": PRESSES | CARRIES | POWER | THROWS | BRACES,
    "knee": SQUATS | POWER | ONE_LEG | DIPS | BENT_KNEES | {"bird-dog"},
    "wrist": GOBLETS | {"front-squat", "goblet-squat", "back-squat", "good-morning"} | FLOOR | PRESSES
    | {"rotational-medball-throw", "kettlebell-swing", "clean-pull"},
    "leg": POWER | SQUATS | ONE_LEG | DIPS | BENT_KNEES | {"bird-dog"},
    "falls": ONE_LEG | POWER | THROWS | UNDER_A_BAR,
    "body-mass": POWER,
    "aneurysm": BRACES | HINGES | THROWS | POWER | SQUATS,
    "concussion": BRACES | THROWS | POWER | ONE_LEG,
    "joint-operation": BRACES | THROWS | POWER | PRESSES | SQUATS | ONE_LEG | DIPS | BENT_KNEES | {"bird-dog"},
    "recent-operation": BRACES | POWER,
    "older": POWER,
    "dizziness": HEAVY | ONE_LEG | POWER - THROWS,
    "chest": HEAVY | POWER - THROWS,
    "only-watched": HEAVY | POWER - THROWS,
}  # fmt: skip
"""By question of the screening."""

FOLD = steps("rock-back", "1 dynamic")
"""Over the edge of a chair."""
NO_LOAD_ON_THE_SPINE = SPINE | BENT
BARRED_STEPS: dict[str, set[tuple[str, str]]] = {
    "wrist": steps("cat-cow rock-back", "0 dynamic") | WRISTS,
    "elbow": ARMS | WRISTS,
    "late-pregnancy": steps("cat-cow rock-back thoracic-extension", "0 dynamic")
    | steps("diaphragmatic-breathing", "0 hold"),
    "shoulder": ARMS,
    "shoulder-unstable": ARMS,
    "neck": ARMS | SPINE,
    "nerve-root": NO_LOAD_ON_THE_SPINE | FOLD,
    "disc": NO_LOAD_ON_THE_SPINE | FOLD,
    "spine-operation": NO_LOAD_ON_THE_SPINE | FOLD,
    "spine-fracture": NO_LOAD_ON_THE_SPINE | FOLD,
    "spondylitis": NO_LOAD_ON_THE_SPINE,
    "aneurysm": NO_LOAD_ON_THE_SPINE | FOLD,
    "brittle-bones": BENT,
    "fused-spine": BENT,
    "knee": LEGS | steps("rock-back cat-cow", "0 dynamic"),
    "leg": LEGS | steps("rock-back cat-cow", "0 dynamic"),
    "joint-operation": LEGS | steps("rock-back cat-cow", "0 dynamic"),
}
"""Of a drill that may be done otherwise: without load, without the arms, not on hands and knees or the back."""

EXHALE = (
    "blood-pressure", "aneurysm", "eyes", "abdominal-operation", "hernia", "pregnancy", "late-pregnancy", "birth",
    "heart-condition", "chest", "dizziness", "only-watched", "concussion", "recent-operation", "joint-operation", "rib",
    "nerve-root", "disc", "spine-operation", "spine-fracture", "brittle-bones", "fused-spine", "spondylitis", "neck",
)  # fmt: skip

BY_GROUP = {
    "brace": BRACES,
    "hinge": HINGES,
    "rotation": THROWS,
    "thoracic": RIBCAGE,
    "anti-rotation": CARRIES,
    "squat": SQUATS,
    "jump": POWER,
    "quadruped": FLOOR,
    "spotter": UNDER_A_BAR,
    "press": PRESSES,
    "knees": SQUATS | ONE_LEG | DIPS | BENT_KNEES | {"countermovement-jump", "push-press", "bird-dog"},
    "balance": ONE_LEG | {"countermovement-jump"},
}
"""By group of drills, at every level."""

STEPS_BY_GROUP = {"arms": ARMS, "bent-wrist": WRISTS, "axial": SPINE, "bend": BENT, "legs": LEGS}
"""By group that some steps of a drill alone belong to."""

_FOLDED = {"back-squat", "front-squat", "goblet-squat", "tempo-squat-pause", "anti-rotation-goblet-squat", "step-up"}
NEEDS = {
    "hip-flexion": _FOLDED
    | {"lunge", "single-leg-rdl", "countermovement-jump", "leg-press", "leg-press-chest-iso", "row"}
    | {"dowel-hinge", "hinge-light-bar", "tempo-deadlift", "kettlebell-swing", "deadlift", "good-morning", "clean-pull"}
    | {"farmer-carry", "suitcase-carry", "anti-rotation-carry", "rotational-medball-throw"},
    "ankle-dorsiflexion": _FOLDED | {"lunge", "countermovement-jump"},
    "thoracic-rotation": {
        "front-squat", "rotational-medball-throw", "overhead-press", "push-press", "drive-press-ladder",
    },
}  # fmt: skip
"""What load waits for, by range of the mobility screen."""
