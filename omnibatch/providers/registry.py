"""Providers by name: the built-in ones, then those that other packages bring along.

Another package registers one through the entry-point group `omnibatch.providers`; the
installed packages are looked at only when a name is not built in.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from omnibatch.errors import UsageError
from omnibatch.providers.provider import Provider

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["GROUP", "provider_named", "provider_names"]

GROUP = "omnibatch.providers"
"""The entry-point group, whose values are frozen `Provider` values."""


def provider_named(name: str) -> Provider:
    """Return the provider called `name`.

    Raises `UsageError` if there is none, or if the package that brings it is broken.
    """
    built_in = _BUILT_IN.get(name)
    if built_in is not None:
        return built_in()
    if name in _installed():
        return _loaded(name)
    from difflib import get_close_matches

    names = provider_names()
    near = get_close_matches(name, names, n=1)
    guess = f"did you mean {near[0]}? " if near else ""
    raise UsageError(
        f"there is no provider called {name}", hint=f"{guess}known are {', '.join(names)}"
    )


def provider_names() -> tuple[str, ...]:
    """Return the names of all providers, sorted, without loading any of them."""
    return tuple(sorted({*_BUILT_IN, *_installed()}))


def _apimodels() -> Provider:
    from omnibatch.providers.apimodels import APIMODELS

    return APIMODELS


def _cometapi() -> Provider:
    from omnibatch.providers.cometapi import COMETAPI

    return COMETAPI


_BUILT_IN: Mapping[str, Callable[[], Provider]] = {
    "apimodels": _apimodels,
    "cometapi": _cometapi,
}

# What `Provider` asks for, read off the protocol itself.
_ASKED = tuple(name for name in vars(Provider) if not name.startswith("_"))


@cache
def _installed() -> Mapping[str, "EntryPoint"]:
    """The entry points of the group. Cached: the scan reads every installed package."""
    from importlib.metadata import entry_points

    return {point.name: point for point in entry_points(group=GROUP)}


@cache
def _loaded(name: str) -> Provider:
    point = _installed()[name]
    package = point.dist.name if point.dist is not None else point.value
    try:
        provider: Provider = point.load()
    except Exception as error:  # a foreign package may fail in any way at import
        raise UsageError(
            f"provider {name} from {package} cannot be loaded: {error}",
            hint=f"reinstall {package}, or take another provider",
        ) from error
    missing = [asked for asked in _ASKED if not hasattr(provider, asked)]
    if missing or provider.name != name:
        what = f"lacks {', '.join(missing)}" if missing else f"calls itself {provider.name}"
        raise UsageError(
            f"provider {name} from {package} {what}",
            hint=f"{point.value} must be a Provider value named {name}; tell its authors",
        )
    return provider
