"""Reading and checking the manifest a command is about, problems and all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from omnibatch.cli.options import Chosen
from omnibatch.cli.saying import say_problems
from omnibatch.problems import Problem
from omnibatch.shots import Slot

if TYPE_CHECKING:
    from omnibatch.checks import CheckedBatch
    from omnibatch.ledger import Attempt, AttemptId, Output

__all__ = ["Reading", "attempts_by_slot", "clip_exists_in", "now", "read_manifest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A manifest as read: its checked batch, or None with the problems that forbid one.

    `profile` is the one that was used, or empty; `profiles` are the names of all; `files`
    the real paths of the manifest and of all that it includes.
    """

    manifest: Path
    name: str
    batch: "CheckedBatch | None"
    problems: tuple[Problem, ...]
    profile: str = ""
    profiles: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()


def read_manifest(chosen: Chosen, *, tell: bool = True) -> Reading:
    """Read and check; print the problems on stderr unless told not to."""
    from omnibatch.checks import check  # --help reads no manifest
    from omnibatch.manifest import load_manifest

    loaded = load_manifest(
        chosen.manifest,
        variables=chosen.variables,
        ref_root=chosen.ref_root,
        profile=chosen.profile,
    )
    problems = loaded.problems
    batch = None
    found = loaded.batch or loaded.sound
    if found is not None:
        result = check(found)
        problems += result.problems
        # The sound part of a manifest is looked at for its problems, never bought.
        batch = result.batch if loaded.batch is not None else None
    if tell:
        say_problems(problems)
    return Reading(
        manifest=chosen.manifest,
        name=loaded.name or chosen.manifest.stem,
        batch=batch,
        problems=problems,
        profile=loaded.profile,
        profiles=loaded.profiles,
        files=loaded.files,
    )


def attempts_by_slot(
    batch: "CheckedBatch | None", attempts: "Mapping[AttemptId, Attempt]"
) -> "Mapping[Slot, tuple[Attempt, ...]]":
    """Every slot that the manifest or the ledger knows, the manifest's first, with its attempts.

    Those of a shot that was renamed stand under the name that it has today.
    """
    from omnibatch.plan import Names  # validate plans nothing

    names = Names.of(batch, attempts)
    known: dict[Slot, list[Attempt]] = {}
    for attempt in attempts.values():
        known.setdefault(names.today(attempt.slot), []).append(attempt)
    here = [] if batch is None else [checked.shot.slot for checked in batch.shots]
    return {slot: tuple(known.get(slot, ())) for slot in dict.fromkeys([*here, *sorted(known)])}


def clip_exists_in(root: Path) -> "_ClipExists":
    """Tell of an output whether a file stands at its path under `root`.

    Whether it still has the bytes that were collected is the user's own affair: an edited
    clip is not fetched again over the edit.
    """
    return _ClipExists(root)


@dataclass(frozen=True, slots=True)
class _ClipExists:
    root: Path

    def __call__(self, output: "Output") -> bool:
        from omnibatch.run import whereabouts  # validate plans nothing

        try:
            return whereabouts(self.root, output) is not None
        except (OSError, ValueError):
            return False


def now() -> str:
    """The time for the record: UTC, ISO 8601, whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
