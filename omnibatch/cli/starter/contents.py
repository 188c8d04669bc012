"""What belongs in a folder of manifests, and what of it is there already."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from omnibatch.cli.merge_driver import ATTRIBUTE
from omnibatch.errors import UsageError
from omnibatch.ledger import LedgerPlace
from omnibatch.schema import schema_text

__all__ = ["SCHEMA_FILE", "Found", "Step", "look", "steps_for"]

SCHEMA_FILE = "omnibatch.schema.json"
"""The copy of the manifest's schema that the editor line points to.

Editors resolve the line's path from the manifest's own folder, so the copy stands there
and goes into git: it works in a fresh clone, without a network and without omnibatch.
"""

_STARTER = Path(__file__).with_name("film.yaml")
_STARTER_NAME = "film"
_QUOTED = re.compile(r'\s*"((?:[^"\\]|\\.)*)"')
_SHOTS = re.compile(rb"^shots[ \t]*:", re.MULTILINE)
_EDITOR_LINE = re.compile(rb"^#\s*(yaml-language-server:.*\$schema|\$schema:)", re.MULTILINE)
# True of every version of the schema, also of one that git left with conflict marks in it.
_OURS = b'"title": "omnibatch manifest"'

_GITIGNORE = {
    "renders/": "clips: they are large, and the lockfile says where each one came from",
    ".omnibatch/": "what omnibatch keeps on this machine alone",
    ".env": "keys",
}
_LOCKFILES = "lockfiles record what was paid for: review them, never edit them"
_SCHEMA_LINE = f"{SCHEMA_FILE} text eol=lf linguist-generated"

Action = Literal["wrote", "refreshed", "added to", "kept"]


class Step(NamedTuple):
    """What is done with one file: its whole new content, or None where it stays as it is."""

    path: Path
    action: Action
    about: str
    content: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The manifests of a folder, and those of them without an editor line."""

    manifests: tuple[Path, ...]
    without_editor_line: tuple[Path, ...]


def look(folder: Path) -> Found:
    """Find the YAML files with a `shots:` key at the margin that stand in `folder` itself."""
    texts = {
        path: path.read_bytes()
        for path in sorted(folder.glob("*"))
        if path.suffix in (".yaml", ".yml") and path.is_file()
    }
    manifests = {path: text for path, text in texts.items() if _SHOTS.search(text)}
    return Found(
        manifests=tuple(manifests),
        without_editor_line=tuple(p for p, t in manifests.items() if not _EDITOR_LINE.search(t)),
    )


def steps_for(folder: Path, found: Found, name: str | None) -> Sequence[Step]:
    """Everything to do in `folder`. Raise `UsageError` where something else is in the way.

    A starter is written if `name` asks for one, or if there is no manifest yet.
    """
    manifests = [Step(path, "kept", "a manifest") for path in found.manifests]
    wanted = folder / f"{name or _STARTER_NAME}.yaml"
    if (name and wanted not in found.manifests) or not found.manifests:
        manifests.append(_starter(wanted))
    return (
        *manifests,
        _schema(folder / SCHEMA_FILE),
        _lines(folder / ".gitignore", _GITIGNORE, "what stays out of git"),
        _lines(
            folder / ".gitattributes",
            _attributes(
                s.path for s in manifests if s.action == "wrote" or s.path in found.manifests
            ),
            "how git treats what goes in",
        ),
    )


def _attributes(manifests: Iterable[Path]) -> dict[str, str]:
    """A line for the lockfile of each manifest: `*.lock.json` may be another program's.

    Not `linguist-generated`: collapsed, a purchase would go by unseen in a pull request.
    """
    lockfiles = [LedgerPlace.beside(path).lockfile.name for path in manifests]
    lines = {f"{_anchored(name)} text eol=lf {ATTRIBUTE}": _LOCKFILES for name in lockfiles}
    return {**lines, _SCHEMA_LINE: "a copy; `omnibatch init` refreshes it"}


def _anchored(name: str) -> str:
    """The pattern that fits the file `name` in this folder, and nothing else."""
    pattern = "/" + re.sub(r"([\\*?\[])", r"\\\1", name)
    if not re.search(r"\s", pattern):
        return pattern
    quoted = re.sub(r"([\\\"])", r"\\\1", pattern)
    return f'"{quoted}"'


def _starter(path: Path) -> Step:
    if _standing(path) is not None:
        return Step(path, "kept", "it is there already, and holds no shots")
    text = _STARTER.read_text(encoding="utf-8")
    for old, new in (
        (f"\nname: {_STARTER_NAME}\n", f"\nname: {path.stem}\n"),
        (f"{_STARTER_NAME}.yaml ", f"{path.name} "),
    ):
        text = text.replace(old, new)
    return Step(path, "wrote", "a manifest of three shots to begin with", text.encode())


def _schema(path: Path) -> Step:
    shipped = schema_text("manifest").encode()
    there = _standing(path)
    if there is None:
        return Step(path, "wrote", "what editors complete and check manifests by", shipped)
    if there.replace(b"\r\n", b"\n") == shipped:
        return Step(path, "kept", "up to date")
    if _OURS not in there:
        return Step(path, "kept", "it is not omnibatch's, so editors will not know the keys")
    return Step(path, "refreshed", "it was of another version of omnibatch", shipped)


def _lines(path: Path, wanted: dict[str, str], about: str) -> Step:
    """A file of lines that begin with a pattern: what is missing is appended."""
    there = _standing(path)
    taken = {_pattern(line) for line in (there or b"").decode("utf-8", "replace").splitlines()}
    missing = {line: why for line, why in wanted.items() if _pattern(line) not in taken}
    if there is None:
        return Step(path, "wrote", about, _joined(missing, "\n").encode())
    if not missing:
        return Step(path, "kept", "nothing is missing in it")
    end = "\r\n" if b"\r\n" in there else "\n"
    gap = "" if there.endswith(b"\n") or not there else end
    added = f"{gap}{end if there else ''}{_joined(missing, end)}".encode()
    return Step(path, "added to", _listed(missing), there + added)


def _pattern(line: str) -> str:
    """The path pattern of a line, however it is turned: a line that is there is the user's word."""
    return _first(line).removeprefix("!").strip("/")


def _first(line: str) -> str:
    quoted = _QUOTED.match(line)
    return quoted[1] if quoted else line.split(maxsplit=1)[0] if line.strip() else ""


def _joined(lines: dict[str, str], end: str) -> str:
    """The lines, each group of one reason below it."""
    told = ""
    out = []
    for line, why in lines.items():
        out.append(f"{line}{end}" if why == told else f"# {why}{end}{line}{end}")
        told = why
    return "".join(out)


def _listed(lines: Iterable[str]) -> str:
    return ", ".join(map(_first, lines))


def _standing(path: Path) -> bytes | None:
    """The bytes of a file, None where there is none. Raise `UsageError` for anything else."""
    if not path.is_symlink() and not path.exists():
        return None
    if not path.is_file():
        raise UsageError(f"{path} is not a file", "move it away, then run omnibatch init again")
    return path.read_bytes()
