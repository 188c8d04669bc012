"""Durations as they are typed: `90s`, `30m`, `5h`, `1h30m`."""

import re
from typing import TYPE_CHECKING, Any

import click

__all__ = ["DURATION", "duration_of"]

_SECONDS = {"h": 3600, "m": 60, "s": 1}
_SHAPE = re.compile(r"(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,6})s)?")

if TYPE_CHECKING:
    _ParamType = click.ParamType[float]
else:
    _ParamType = click.ParamType  # before click 8.2 it takes no parameter


def duration_of(text: str) -> float:
    """Seconds. Raise `ValueError`, with the cure, for what is no duration or none at all."""
    found = _SHAPE.fullmatch(text.strip().lower())
    if text.strip().isdigit():
        raise ValueError(
            f"{text!r} has no unit: write {text.strip()}s, {text.strip()}m or {text.strip()}h"
        )
    if found is None or not any(found.groups()):
        raise ValueError(f"{text!r} is not a duration, such as 90s, 30m, 5h or 1h30m")
    seconds = sum(
        int(number or 0) * _SECONDS[unit]
        for number, unit in zip(found.groups(), ("h", "m", "s"), strict=True)
    )
    if not seconds:
        raise ValueError(f"{text!r} is no time at all; `omnibatch plan` looks and buys nothing")
    return float(seconds)


class _DurationType(_ParamType):
    """A duration with its unit, such as `5h`."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read the text, or fail as click does."""
        if isinstance(value, float):
            return value
        try:
            return duration_of(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


DURATION = _DurationType()
