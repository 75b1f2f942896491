"""Several recordings of one trial on one clock, and the delays of the devices that took them."""

from legato.sync.clocks import Alignment, align, join
from legato.sync.delays import DelayFile, DeviceDelay, apply_device_delays, device_registry, read_delay_file
from legato.sync.one_trial import check_one_trial

__all__ = [
    "Alignment",
    "DelayFile",
    "DeviceDelay",
    "align",
    "apply_device_delays",
    "check_one_trial",
    "device_registry",
    "join",
    "read_delay_file",
]
