"""How fast a bar moved, from whatever measured it: repetitions, velocity loss, load–velocity profile."""

from legato.bar.analyse import analyse_bar, bar_sensor, bar_track
from legato.bar.imu import track_from_imu
from legato.bar.loss import smallest_detectable_change, velocity_loss
from legato.bar.model import BarRep, BarResult, BarTrack, LoadVelocityProfile, VelocityLoss
from legato.bar.profile import load_velocity_profile, share_of_maximum, velocity_at_share
from legato.bar.reps import bar_reps

__all__ = [
    "BarRep",
    "BarResult",
    "BarTrack",
    "LoadVelocityProfile",
    "VelocityLoss",
    "analyse_bar",
    "bar_reps",
    "bar_sensor",
    "bar_track",
    "load_velocity_profile",
    "share_of_maximum",
    "smallest_detectable_change",
    "track_from_imu",
    "velocity_at_share",
    "velocity_loss",
]
