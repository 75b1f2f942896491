"""From a fault to one drill, one cue, a dose, a test again, and a week that can be lived."""
