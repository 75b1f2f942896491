"""Muscles: which channels can be trusted, when each muscle fires, and by how much one follows another."""

from legato.muscles.bursts import Burst, detect_bursts
from legato.muscles.conditioning import Conditioned, Removed, condition
from legato.muscles.envelopes import CausalEnvelope, causal_envelope, linear_envelope, moving_rms, teager_kaiser
from legato.muscles.lags import activation_lags
from legato.muscles.names import Muscle, Recognised, muscles, name_channels, read_muscle_map, recognise
from legato.muscles.quality import ChannelQuality, examine_channels, examine_spans, examine_stream

__all__ = [
    "Burst",
    "CausalEnvelope",
    "ChannelQuality",
    "Conditioned",
    "Muscle",
    "Recognised",
    "Removed",
    "activation_lags",
    "causal_envelope",
    "condition",
    "detect_bursts",
    "examine_channels",
    "examine_spans",
    "examine_stream",
    "linear_envelope",
    "moving_rms",
    "muscles",
    "name_channels",
    "read_muscle_map",
    "recognise",
    "teager_kaiser",
]
