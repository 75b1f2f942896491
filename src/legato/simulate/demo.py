"""The set of presses that shows how a planted lag between muscles is found."""

from legato.simulate.make import Simulation, simulate_scenario
from legato.simulate.muscles import EmgSettings, with_emg
from legato.simulate.scenario import Scenario


def demo_press() -> Simulation:
    """Twelve bench presses at 250 Hz whose chest fires 64 ms after the thigh (SD 10 ms from rep to rep), five muscles
    at 2 kHz with the heart in the chest's channels and a little hum.
    """
    scenario = Scenario(movement="bench-press", rate_hz=250.0, reps=12, seed=7)
    settings = EmgSettings(lag_s=0.064, lag_variation_s=0.010, heart_v=8e-5, hum_v=4e-6)
    return with_emg(simulate_scenario(scenario), settings)
