"""Reading the fields of a create body; what does not fit is refused in the provider's way."""

from collections.abc import Collection, Mapping
from typing import cast

__all__ = ["Body", "OrderError", "UnknownModel", "choice", "flag", "objects", "text", "url"]

Body = Mapping[str, object]


class OrderError(ValueError):
    """A create body that the provider refuses; the message is for its answer."""


class UnknownModel(OrderError):
    """A model that the provider does not have."""


def text(body: Body, name: str) -> str | None:
    """Return the text at `name`, None where it is absent or null."""
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise OrderError(f"{name} must be a string")
    return value


def choice(body: Body, name: str, known: Collection[str]) -> str | None:
    """Return the text at `name`, which must be one of `known`; None where it is absent."""
    value = text(body, name)
    if value is not None and value not in known:
        raise OrderError(f"{name} must be one of {', '.join(known)}, got {value!r}")
    return value


def flag(body: Body, name: str) -> bool:
    """Return the boolean at `name`, False where it is absent or null."""
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise OrderError(f"{name} must be true or false")
    return bool(value)


def objects(body: Body, name: str) -> list[Body]:
    """Return the list of objects at `name`, empty where it is absent or null."""
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise OrderError(f"{name} must be an array of objects")
    return cast("list[Body]", value)


def url(body: Body, name: str) -> str | None:
    """Return the web address at `name`, None where it is absent."""
    value = text(body, name)
    if value is not None and not value.startswith(("http://", "https://")):
        raise OrderError(f"{name} must be an http or https URL")
    return value
