"""How fast a bar moved, from whatever measured it: repetitions, velocity loss, load–velocity profile."""
