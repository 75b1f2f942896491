"""Simulated athletes with known truth: exact laws of motion, human bodies, and the errors of a real laboratory."""

from legato.simulate.bar_plants import bar_errors_with
from legato.simulate.bar_sensor import BarSensorErrors, with_bar_sensor
from legato.simulate.build import KINDS, Build
from legato.simulate.clean import clean_athlete
from legato.simulate.demo import demo_press
from legato.simulate.emg_faults import EMG_FAULTS
from legato.simulate.emg_plants import settings_with
from legato.simulate.faults import parse_fault
from legato.simulate.joint_truth import with_joint_truth
from legato.simulate.make import (
    Simulation,
    masses_text,
    simulate,
    simulate_scenario,
    truth_angles,
    truth_segments,
    write_simulation,
)
from legato.simulate.muscles import EmgSettings, with_emg
from legato.simulate.plates import parse_load_share, parse_plate_types, with_plates
from legato.simulate.scenario import Scenario, demo_scenario, scenario_for

__all__ = [
    "EMG_FAULTS",
    "KINDS",
    "BarSensorErrors",
    "Build",
    "EmgSettings",
    "Scenario",
    "Simulation",
    "bar_errors_with",
    "clean_athlete",
    "demo_press",
    "demo_scenario",
    "masses_text",
    "parse_fault",
    "parse_load_share",
    "parse_plate_types",
    "scenario_for",
    "settings_with",
    "simulate",
    "simulate_scenario",
    "truth_angles",
    "truth_segments",
    "with_bar_sensor",
    "with_emg",
    "with_joint_truth",
    "with_plates",
    "write_simulation",
]
