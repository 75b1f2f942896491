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

BARRED: dict[str, set[str]] = {
    "nerve-root": HINGES | THROWS | SQUATS | POWER,
    "spine-operation": HINGES | THROWS | RIBCAGE | SQUATS | POWER,
    "spine-fracture": HINGES | THROWS | RIBCAGE | SQUATS | POWER | BRACES,
    "disc": THROWS | HINGES,
    "rib": THROWS,
    "shoulder-unstable": THROWS | CARRIES | PRESSES,
    "pregnancy": THROWS | HEAVY,
    "late-pregnancy": THROWS | FLOOR | POWER | HEAVY,
    "brittle-bones": RIBCAGE | THROWS | POWER,
    "fused-spine": RIBCAGE | THROWS | POWER,
    "spondylitis": RIBCAGE | THROWS | POWER,
    "hernia": CARRIES | HEAVY,
    "abdominal-operation": CARRIES | HEAVY,
    "blood-pressure": HEAVY,
    "eyes": HEAVY,
    "shoulder": CARRIES | PRESSES,
    "knee": SQUATS | POWER | ONE_LEG | DIPS | BENT_KNEES,
    "wrist": GOBLETS | {"front-squat", "goblet-squat"} | FLOOR | PRESSES,
    "leg": POWER,
    "body-mass": POWER,
    "aneurysm": BRACES | HINGES | THROWS | POWER | SQUATS,
}
"""By question of the screening."""

BARRED_STEPS = {
    "wrist": {("cat-cow", "0 dynamic"), ("rock-back", "0 dynamic")},
    "late-pregnancy": {("cat-cow", "0 dynamic"), ("thoracic-extension", "0 dynamic"), ("rock-back", "0 dynamic")},
    "knee": {("rock-back", "0 dynamic")},
    "nerve-root": {("rock-back", "1 dynamic")},
    "spine-operation": {("rock-back", "1 dynamic")},
    "spine-fracture": {("rock-back", "1 dynamic")},
    "disc": {("rock-back", "1 dynamic")},
    "aneurysm": {("rock-back", "1 dynamic")},
}
"""Of a drill that may be done otherwise: on hands and knees, on the back, folded over a chair's edge."""

EXHALE = ("blood-pressure", "aneurysm", "eyes", "abdominal-operation", "hernia", "pregnancy", "late-pregnancy")

BY_GROUP = {
    "brace": BRACES,
    "hinge": HINGES,
    "rotation": THROWS,
    "thoracic": RIBCAGE,
    "anti-rotation": CARRIES,
    "squat": SQUATS,
    "jump": POWER,
    "quadruped": FLOOR,
    "spotter": {"back-squat", "front-squat", "bench-press", "overhead-press", "leg-press", "push-press"},
    "press": PRESSES,
    "knees": SQUATS | ONE_LEG | DIPS | BENT_KNEES | {"countermovement-jump", "push-press"},
}
"""By group of drills, at every level."""
