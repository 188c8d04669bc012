"""The one document that a manifest is: of YAML 1.2, not empty, and with none after it."""

from typing import Any

from omnibatch.manifest.text.anchors import Stop
from omnibatch.problems import Place, Problem

__all__ = ["another_version", "empty_file", "second_document"]

_VERSIONS = (None, (1, 1), (1, 2))


def empty_file(file: str) -> Problem:
    """The problem with a text of nothing but comments, or of a null."""
    return Problem(
        place=Place(file, 1, 1),
        code="OB104",
        message="the file is empty",
        hint="begin with version: 1",
    )


def second_document(place: Place) -> Stop:
    """What to raise where a document starts after the first."""
    return Stop(
        Problem(
            place=place,
            code="OB105",
            message="a second document starts here; a manifest is one document",
            hint="delete the `---`, or move the rest to a manifest of its own",
        )
    )


def another_version(event: Any, place: Place) -> Problem | None:
    """The problem with a `%YAML` line of a version that is not read."""
    if event.version in _VERSIONS:
        return None
    version = ".".join(map(str, event.version))
    return Problem(
        place=place,
        code="OB106",
        message=f"the file says it is YAML {version}; YAML 1.2 is read",
        hint="delete the `%YAML` line",
    )
