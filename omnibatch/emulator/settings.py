"""How the emulated providers behave: speed, limits, credit, and which of two manners."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Literal, get_args

__all__ = ["ClipKind", "Duplicate", "Envelope", "Settings"]

ClipKind = Literal["full", "small"]
Duplicate = Literal["refuse", "accept"]
Envelope = Literal["current", "older"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of one emulator. Raise `ValueError` if one cannot be meant.

    `seed` decides everything that looks random: ids, render times, colours.
    `render_s` is the range of seconds from create to the end of a task; a task's own time
    is fixed when it is created. `queue_s` is the part of it spent waiting (`submitted`,
    `pending`). `latency_s` is the range of seconds before any API answer.
    `parallel` bounds the running tasks, `credit` the charges in USD, both for each
    account at each dialect. `accept_keys` are the only keys let in; None lets in any.
    `lookup` lets CometAPI's query find a task by its external id, from `lookup_lag_s`
    seconds after its creation. `envelope` is the form of CometAPI's query answers.
    `duplicate` says what happens to an external id that was used before.
    `clip` is `full` (the size of the mode, 24 fps) or `small` (quick to encode).
    `titles` gives the words printed on a clip, by external id or by prompt as sent.
    `callback_retry_s` are the pauses before a failed callback is sent again.
    """

    seed: int = 0
    render_s: tuple[float, float] = (1.0, 3.0)
    queue_s: float = 0.2
    latency_s: tuple[float, float] = (0.0, 0.0)
    parallel: int | None = None
    credit: str | None = None
    accept_keys: tuple[str, ...] | None = field(default=None, repr=False)
    lookup: bool = True
    lookup_lag_s: float = 0.0
    envelope: Envelope = "current"
    duplicate: Duplicate = "refuse"
    clip: ClipKind = "full"
    titles: Mapping[str, str] = field(default_factory=dict)
    callback_retry_s: tuple[float, ...] = (1.0, 2.0, 4.0)

    def __post_init__(self) -> None:
        for name in ("render_s", "latency_s"):
            low, high = getattr(self, name)
            if not 0 <= low <= high:
                raise ValueError(f"{name} must be two seconds in rising order, not {low}, {high}")
        for name in ("queue_s", "lookup_lag_s"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative")
        if self.parallel is not None and self.parallel < 1:
            raise ValueError("parallel must be at least 1, or None for no limit")
        if self.credit is not None:
            _micros(self.credit)
        for name, kind in (("envelope", Envelope), ("duplicate", Duplicate), ("clip", ClipKind)):
            if getattr(self, name) not in get_args(kind):
                raise ValueError(f"{name} must be one of {', '.join(get_args(kind))}")

    @property
    def credit_micros(self) -> int | None:
        """The credit in millionths of a dollar; None if there is no end to it."""
        return None if self.credit is None else _micros(self.credit)


def _micros(text: str) -> int:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"credit must be US dollars such as '12.50', not {text!r}") from None
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"credit must be US dollars such as '12.50', not {text!r}")
    return int(amount * 1_000_000)
