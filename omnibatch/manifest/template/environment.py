"""Jinja's environment, cut down to what a manifest may use, and two things of our own.

A part of a holder is always one of its parts, never a method; and a text that says no is
no in a condition. The sandbox stands behind the list of `tree`, not in place of it.
"""

from collections.abc import Callable
from functools import cache, partial, wraps
from typing import Any, Final

from jinja2 import StrictUndefined
from jinja2.exceptions import UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from omnibatch.manifest.template.filters import FILTERS
from omnibatch.manifest.template.rendering import as_text

__all__ = ["NoPart", "environment", "for_conditions"]


class NoPart(UndefinedError):
    """A part was chosen while rendering, as in `ref[row.who]`, and there is none."""

    def __init__(self, holder: object, part: object, message: str) -> None:
        super().__init__(message)
        self.holder = holder
        self.part = str(part)


class _Text(str):
    """A text as a condition takes it: one that says no is no, as with the keys for yes or no."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return self.strip().lower() not in _NO


_NO: Final = frozenset({"", "0", "false", "no", "off"})


def for_conditions(value: Any) -> Any:
    """`value`, but a text as conditions take it."""
    return _Text(value) if type(value) is str else value


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja's, but for holders: `row.items` is the column of that name, not a method."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self._part(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        return self._part(obj, argument)

    def _part(self, obj: Any, part: Any) -> Any:
        # The tree holds nothing but holders with parts, and parts of theirs; a holder that
        # is not in reach lacks every part, which `default` may stand in for.
        if isinstance(obj, StrictUndefined):
            return self.undefined(name=part)
        try:
            return for_conditions(obj[part])
        except (KeyError, TypeError, AttributeError, IndexError):
            told: Any = partial(NoPart, obj, part)  # Jinja only calls it with its own words
            return self.undefined(obj=obj, name=part, exc=told)


@cache
def environment() -> _Environment:
    """The one environment: no globals, no tests, and the filters of the list."""
    made = _Environment(
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        finalize=_finalize,
        cache_size=0,
        autoescape=False,
        # Working constants out beforehand takes Jinja time with the cube of their depth.
        # Working constants out beforehand takes Jinja time with the cube of their depth.
        optimized=False,
    )
    made.globals.clear()
    made.tests.clear()
    made.filters.clear()
    made.filters.update({name: _filter(FILTERS[name]) for name in FILTERS})
    return made


def _filter(made: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(made)  # Jinja's marks among the rest
    def filtered(*arguments: Any, **options: Any) -> Any:
        return for_conditions(made(*arguments, **options))

    return filtered


def _finalize(value: object) -> object:
    # An undefined value must raise its own error, which names it.
    return str(value) if isinstance(value, StrictUndefined) else as_text(value)
