"""The filters that templates may use, each bounded in what it makes.

Jinja's own `replace`, `join` and `round` can be made to fill the memory or to compute
for ever by their arguments alone; these say no first.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, Final

from jinja2 import filters as jinja

from omnibatch.manifest.template.rendering import LARGEST_TEXT, Unfit
from omnibatch.manifest.template.work import spend

__all__ = ["COUNTED", "FILTERS", "TooMuch"]

_MOST_DIGITS: Final = 10
# Steps for each character, measured; those not here copy, which takes next to nothing.
COUNTED: Final = {"capitalize": 2, "join": 8, "replace": 2, "title": 30}


class TooMuch(ValueError):
    """A filter would make more text, of `length`, than any value of a manifest may have."""

    def __init__(self, length: int) -> None:
        super().__init__(f"{length:,} characters, limit {LARGEST_TEXT:,}")
        self.length = length


def _replace(value: object, old: str, new: str) -> str:
    text, old, new = str(value), str(old), str(new)
    times = text.count(old)
    length = len(text) + times * (len(new) - len(old))
    if length > LARGEST_TEXT:
        raise TooMuch(length)
    return text.replace(old, new)


def _join(value: Iterable[object], between: str = "") -> str:
    parts = [str(part) for part in value]
    length = sum(map(len, parts)) + len(str(between)) * max(0, len(parts) - 1)
    if length > LARGEST_TEXT:
        raise TooMuch(length)
    return str(between).join(parts)


def _round(value: object, digits: object = 0) -> float:
    if not isinstance(digits, int) or not 0 <= digits <= _MOST_DIGITS:
        message = f"round takes 0 to {_MOST_DIGITS} digits, not {str(digits)[:20]}"
        raise Unfit(message, "write | round, or | round(1)")
    return round(float(str(value)), digits)


def _counted(name: str, made: Callable[..., Any]) -> Callable[..., Any]:
    steps = COUNTED[name]

    @wraps(made)
    def counted(value: Any, *arguments: Any, **named: Any) -> Any:
        spend(steps * len(value) if isinstance(value, str) else steps)
        return made(value, *arguments, **named)

    return counted


_MADE: Final[Mapping[str, Callable[..., Any]]] = {  # filters differ in their arguments
    "capitalize": jinja.do_capitalize,
    "default": jinja.do_default,
    "int": jinja.do_int,
    "join": _join,
    "length": len,
    "lower": jinja.do_lower,
    "replace": _replace,
    "round": _round,
    "string": str,
    "title": jinja.do_title,
    "trim": jinja.do_trim,
    "truncate": jinja.do_truncate,
    "upper": jinja.do_upper,
}
FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    name: _counted(name, made) if name in COUNTED else made for name, made in _MADE.items()
}
