"""Several recordings of one trial on one clock, and the delays of the devices that took them."""

from legato.sync.clocks import SAME_CLOCK, Alignment, align, join
from legato.sync.delays import DelayFile, DeviceDelay, apply_device_delays, device_registry, read_delay_file

__all__ = [
    "SAME_CLOCK",
    "Alignment",
    "DelayFile",
    "DeviceDelay",
    "align",
    "apply_device_delays",
    "device_registry",
    "join",
    "read_delay_file",
]
