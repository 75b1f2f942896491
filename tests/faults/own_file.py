"""A fault file as a coach writes it."""

GOOD = """\
[[faults]]
id = "deep-lean"
name = "Lean of the trunk"
kind = "band"
unit = "deg"
says = "You lean too far for our front rack."
source = "our gym"
movements = ["front-squat"]
needs = "markers on the thorax"
measure = { signal = "thorax_pitch", reading = "peak" }
[faults.band]
fault = "above"
high = 45.0
source = "our gym"
grade = "ENG"
[[faults.causes]]
cause = "stiff ankles"
tells = "heels on plates"
"""
