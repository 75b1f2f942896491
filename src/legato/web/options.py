"""What was chosen for the analysis of a session: the options of `legato analyze`, as a session's row keeps them."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from legato.errors import BadInput
from legato.messages import wrong_value


class Options(BaseModel):
    """The options of an analysis; what is None was not chosen. Who moved stands with the athlete.

    `baseline_session` is the id of an earlier session whose newest result the athlete's own bands are taken from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rate_hz: float | None = Field(default=None, gt=0.0, lt=1e6)
    offset_s: float | None = Field(default=None, gt=-86400.0, lt=86400.0)
    devices: dict[str, str] | None = None
    delays_s: dict[str, float] | None = None
    loads_kg: tuple[float, ...] | None = None
    load_kg: float | None = Field(default=None, ge=0.0, lt=2000.0)
    emg_amplitude: Literal["task-peak", "task-mean", "raw"] | None = None
    stop_loss_pct: float | None = Field(default=None, gt=0.0, lt=100.0)
    tempo: str | None = Field(default=None, max_length=20)
    metres_per_pixel: float | None = Field(default=None, gt=0.0, lt=1.0)
    foot_band_n: tuple[float, float] | None = None
    research: bool = False
    baseline_session: str | None = Field(default=None, max_length=16)


def options_of(record: Mapping[str, Any]) -> Options:
    """The options that a row keeps, or a form or a program gives.

    Raises
    ------
    BadInput
        There is no such option, or it does not take that value.
    """
    try:
        return Options.model_validate(dict(record))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise BadInput(f"{field}: no such option; known are {', '.join(Options.model_fields)}") from None
        raise BadInput(f"{field}: {wrong_value(first)}") from None
