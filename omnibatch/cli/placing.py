"""Where the ledger of the chosen manifest lies: beside it under its name, and of it alone."""

import shlex
from pathlib import Path

from omnibatch.cli.options import ENDINGS, Chosen, is_film
from omnibatch.errors import UsageError
from omnibatch.ledger import LedgerPlace

__all__ = ["place_of"]


def place_of(chosen: Chosen, folder: Path | None) -> LedgerPlace:
    """The ledger of a manifest, its journal in a `folder` of its own where one is given.

    Raise `UsageError` where another film has the same name but for its ending: a lockfile is
    named without that, so that each would take the other's purchases for its own.
    """
    manifest = chosen.manifest
    place = LedgerPlace.beside(manifest, folder=folder)
    for other in map(manifest.with_suffix, ENDINGS):
        if other != manifest and is_film(other) and not _is_same(manifest, other):
            renamed = other.with_name(f"{other.stem}-2{other.suffix}")
            raise UsageError(
                f"{manifest} and {other.name} would share one lockfile, {place.lockfile.name}",
                "give the one that has bought nothing another name, such as: "
                f"mv {shlex.quote(str(other))} {shlex.quote(str(renamed))}",
            )
    return place


def _is_same(manifest: Path, other: Path) -> bool:
    return manifest.exists() and manifest.samefile(other)
