"""Clips that have one path on record, as where two machines met: told apart by their bytes."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from omnibatch.ledger import Attempt, Output
from omnibatch.run import places, whereabouts

__all__ = ["SharedPaths"]


@dataclass(frozen=True, slots=True)
class SharedPaths:
    """Finds clips under `root`. A path that one clip alone has is taken at its word."""

    root: Path
    _shared: frozenset[str]

    @classmethod
    def of(cls, root: Path, attempts: Iterable[Attempt]) -> "SharedPaths":
        """Of all clips of `attempts`."""
        hashes: dict[str, set[str]] = defaultdict(set)
        for attempt in attempts:
            for task in attempt.tasks.values():
                if task.output is not None:
                    hashes[task.output.path].add(task.output.sha256)
        return cls(root, frozenset(path for path, found in hashes.items() if len(found) > 1))

    def find(self, output: Output) -> Path | None:
        """Where a clip lies; None where nothing does, or another one."""
        if output.path not in self._shared:
            return whereabouts(self.root, output)
        return next((p for p in places(self.root, output) if _is(p, output.sha256)), None)

    def is_another(self, output: Output) -> bool:
        """Tell whether what stands at a clip's path is another clip of that path."""
        return output.path in self._shared and self.find(output) is None


def _is(path: Path, sha256: str) -> bool:
    try:
        facts = path.stat()
        return _hash(path, facts.st_size, facts.st_mtime_ns) == sha256
    except OSError:
        return False


@lru_cache(maxsize=1024)
def _hash(path: Path, size: int, changed_ns: int) -> str:  # noqa: ARG001 - a changed file is another
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
