"""Where the files of a ledger live, beside their manifest or on a kept volume."""

import os
import shlex
from dataclasses import dataclass, replace
from pathlib import Path

from omnibatch import disk
from omnibatch.errors import LedgerUnwritable

__all__ = ["FOLDER", "LedgerPlace"]

FOLDER = ".omnibatch"
"""The folder beside a manifest that is of this machine alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPlace:
    """The files of one ledger: `lockfile` for git, `folder` for this machine alone.

    Outputs recorded in the ledger are relative to `root`. `guarded` is set where losing
    the files would lose money, which in a rehearsal it does not.
    """

    lockfile: Path
    folder: Path
    stem: str
    guarded: bool = True

    @classmethod
    def beside(cls, manifest: Path, *, folder: Path | None = None) -> "LedgerPlace":
        """The ledger of `manifest`: for `specs/harbor.yaml`, `specs/harbor.lock.json`."""
        home = manifest.parent
        return cls(
            lockfile=home / f"{manifest.stem}.lock.json",
            folder=folder or home / FOLDER,
            stem=manifest.stem,
        )

    @classmethod
    def of_rehearsal(cls, manifest: Path) -> "LedgerPlace":
        """The ledger of rehearsals, apart from the real one, with its clips beside it."""
        home = manifest.parent / FOLDER / "rehearsal"
        return cls(
            lockfile=home / f"{manifest.stem}.lock.json",
            folder=home / FOLDER,
            stem=manifest.stem,
            guarded=False,
        )

    def as_beside(self) -> "LedgerPlace":
        """The place that the same ledger has where no folder is given: beside its lockfile."""
        return replace(self, folder=self.lockfile.parent / FOLDER)

    @property
    def root(self) -> Path:
        """The folder that recorded paths are relative to."""
        return self.lockfile.parent

    @property
    def owner(self) -> str:
        """What the journal says it is of, where it is kept apart: the lockfile's whole path."""
        return "" if self._is_beside else os.path.abspath(self.lockfile)

    @property
    def option(self) -> str:
        """The `--ledger DIR` that means this place, with a space before; empty without one."""
        return "" if self._is_beside else f" --ledger {shlex.quote(str(self.folder))}"

    @property
    def _is_beside(self) -> bool:
        return self.folder == self.lockfile.parent / FOLDER

    @property
    def journal(self) -> Path:
        """The append-only log."""
        return self.folder / f"{self.stem}.journal"

    @property
    def ballast(self) -> Path:
        """Room that is kept beside the journal while a run is buying."""
        return self.folder / f"{self.stem}.ballast"

    @property
    def damage(self) -> Path:
        """How far a damaged journal went, for as long as it is not renewed."""
        return self.folder / f"{self.stem}.damage"

    @property
    def held(self) -> Path:
        """The process lock."""
        return self.folder / f"{self.stem}.held"

    def prepare(self) -> None:
        """Make the folder, which then ignores itself in git. Raise `LedgerUnwritable`."""
        try:
            made = not self.folder.exists()
            disk.make_folder(self.folder)
            # A folder that was there before may hold sources, the lockfile among them.
            own = [self.folder] if made or self.folder.name == FOLDER else []
            for folder in (*own, *self._hidden_above()):
                ignore = folder / ".gitignore"
                if not ignore.exists():
                    disk.write_file(ignore, b"*\n", "ignore", durable=False)
        except OSError as error:
            raise LedgerUnwritable(
                f"{self.folder} cannot be made or written: {error.strerror or error}",
                "nothing was bought; make the folder writable, or give another by --ledger",
            ) from error

    def _hidden_above(self) -> list[Path]:
        return [parent for parent in self.folder.parents if parent.name == FOLDER]
