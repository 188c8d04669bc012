"""Says in a few words how two requests differ, field by field, for a reviewer."""

from collections.abc import Mapping

__all__ = ["difference"]

_SHORT = 24


def difference(before: Mapping[str, object] | None, after: Mapping[str, object]) -> str:
    """Return `duration 5 -> 10, prompt changed`, or that there is nothing to compare with."""
    if before is None:
        return "changed since the last attempt"
    fields = [
        _change(name, before.get(name), after.get(name))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]
    return ", ".join(fields) or "the same words under another digest version"


def _change(name: str, before: object, after: object) -> str:
    old, new = str(before), str(after)
    if before is None:
        return f"{name} added"
    if after is None:
        return f"{name} removed"
    if len(old) > _SHORT or len(new) > _SHORT or "\n" in old + new:
        return f"{name} changed"
    return f"{name} {old} -> {new}"
