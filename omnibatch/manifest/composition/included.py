"""Files that a manifest includes: read once each, in no ring, and not too many."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from omnibatch.manifest import codes, nodes
from omnibatch.manifest.sources import Sources
from omnibatch.manifest.template.rendered import is_template
from omnibatch.manifest.text.reader import read_yaml
from omnibatch.manifest.text.source import LARGEST_BYTES
from omnibatch.problems import Problem
from omnibatch.shots import FileSource

__all__ = ["Chain", "Included", "Library"]

_DEEPEST: Final = 20
_MOST: Final = 2000


@dataclass(frozen=True, slots=True)
class Library:
    """A file that was read: its real path, which tells it from others, and its top node."""

    real: Path
    shown: str
    node: nodes.Node


Chain = Sequence[tuple[Path, str]]
"""The files that include one another down to here, each with the name it is shown by."""


class Included:
    """Reads the files that others name; findings are added to `problems`."""

    def __init__(self, sources: Sources, problems: list[Problem]) -> None:
        self._sources = sources
        self._problems = problems
        self._read: dict[Path, Library | None] = {}
        self._count = self._bytes = 0

    def read(self, scalar: nodes.Scalar, chain: Chain) -> Library | None:
        """The file that `scalar` names, or None where it cannot be read: a problem."""
        if is_template(scalar.text):
            hint = "name the file itself, and choose inside of it, by a variable or a profile"
            self._add(scalar, "files are included before any template is read", hint)
            return None
        self._count += 1
        if self._count > _MOST:
            # One file counts each time: twenty that each include the next one twice are
            # a million.
            if self._count == _MOST + 1:
                message = f"files are included {self._count:,} times or more, limit {_MOST:,}"
                self._add(scalar, message, "use rows, or join files")
            return None
        source = self._sources.find(scalar.text, scalar)
        if source is None:
            return None
        if not isinstance(source, FileSource):
            self._add(scalar, f"{scalar.text[:60]} is an address", "include a file beside this one")
            return None
        real = source.path.resolve()
        ring = [shown for path, shown in chain]
        for position, (path, _) in enumerate(chain):
            if path == real:
                shown = " -> ".join((*ring[position:], ring[position]))
                self._add(scalar, f"files include each other: {shown}", "break the ring")
                return None
        if len(chain) > _DEEPEST:
            message = f"files are included {len(chain)} deep in each other, limit {_DEEPEST}"
            self._add(scalar, message, "include them from the manifest itself")
            return None
        if real not in self._read:
            self._read[real] = self._file(source, real, scalar)
        return self._read[real]

    def files(self) -> tuple[Path, ...]:
        """The real paths of all files that were read."""
        return tuple(self._read)

    def _file(self, source: FileSource, real: Path, scalar: nodes.Scalar) -> Library | None:
        shown = self._sources.shown(source, scalar)
        try:
            size = source.path.stat().st_size
            self._bytes += size
            if self._bytes > LARGEST_BYTES:
                message = f"{shown} has {size:,} bytes, limit {LARGEST_BYTES:,}"
                if self._bytes > size:
                    message += f" for all files that are included, {self._bytes:,} by now"
                self._add(scalar, message, "use rows for data, or divide the film")
                return None
            data = source.path.read_bytes()
        except OSError as error:
            self._add(scalar, f"{shown} cannot be read: {error.strerror}", "check its permissions")
            return None
        self._sources.belongs(shown, source.path.parent)
        read = read_yaml(data, shown)
        self._problems.extend(read.problems)
        return None if read.node is None else Library(real, shown, read.node)

    def _add(self, scalar: nodes.Scalar, message: str, hint: str) -> None:
        self._problems.append(
            Problem(place=scalar.place, code=codes.BAD_INCLUDE, message=message, hint=hint)
        )
