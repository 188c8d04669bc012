"""The lockfile of an open ledger: what was last seen in it, and what is written to it.

Between the two others may put another file there, as git does: what that knows is news, to
be taken in before anything is written over it.
"""

import os
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from omnibatch.ledger.join import join_attempts, join_openings
from omnibatch.ledger.lockfile import Stamp, read_lockfile, stamp_of, write_lockfile
from omnibatch.ledger.model import Attempt, AttemptId, Ledger, Opening, TaskKey

__all__ = ["News", "Projecting"]


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a lockfile knows beyond a ledger: `attempts` as they are once joined, which of
    their `tasks` are new, and `requests`."""

    batch: str
    name: str
    attempts: tuple[Attempt, ...]
    tasks: Mapping[AttemptId, frozenset[TaskKey]]
    requests: Mapping[str, Mapping[str, Any]]


class Projecting:
    """Reads and writes the lockfile at `path`, which had the stamp `seen` when it was read.

    `others` is what it has said since of runs that have not ended, but for those of the
    writers in `answered`.
    """

    def __init__(self, path: Path, seen: Stamp, answered: Set[str]) -> None:
        self._path = path
        self._seen = seen
        self._answered = answered
        self._glanced: object = None
        self.others: Opening | None = None

    def is_touched(self) -> bool:
        """Tell, by the system's own facts about the file, whether it may be another one than
        at the last call: cheap, and no proof of the contrary."""
        glanced: object = None
        try:
            facts = os.stat(self._path)
            glanced = (facts.st_ino, facts.st_size, facts.st_mtime_ns)
        except OSError:
            pass
        was, self._glanced = self._glanced, glanced
        return glanced != was

    def read_news(self, ledger: Ledger) -> News | None:
        """What stands there beyond `ledger`; None where it is the file that was seen last.

        Raise `LedgerDamaged` or `LedgerTooNew`.
        """
        stamp = stamp_of(self._path)
        if stamp == self._seen:
            return None
        found = read_lockfile(self._path) or Ledger()
        self._seen = stamp
        if found.open and (others := found.open.writers - self._answered):
            brought = Opening("+".join(sorted(others)), found.open.since)
            self.others = join_openings(self.others, brought)
        return _news(found, ledger)

    def write(self, ledger: Ledger) -> None:
        """Write it, whose news have been read. Raise `LedgerUnwritable`."""
        write_lockfile(self._path, ledger)
        self._seen = stamp_of(self._path)


def _news(found: Ledger, ledger: Ledger) -> News:
    attempts = []
    tasks = {}
    for attempt in found.attempts.values():
        held = ledger.attempts.get(attempt.id)
        joined = attempt if held is None else join_attempts(held, attempt)
        if joined != held:
            attempts.append(joined)
            tasks[attempt.id] = frozenset(joined.tasks.keys() - (held.tasks if held else {}).keys())
    return News(
        batch=found.batch,
        name=found.name,
        attempts=tuple(attempts),
        tasks=tasks,
        requests={d: r for d, r in found.requests.items() if d not in ledger.requests},
    )
