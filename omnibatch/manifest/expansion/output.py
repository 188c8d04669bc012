"""Paths of clips: made safe for every file system, inside the folder, and all different."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from omnibatch.manifest import codes
from omnibatch.manifest.expansion.ids import folded
from omnibatch.problems import Place, Problem

__all__ = ["DEFAULT_OUTPUT", "Targets", "numbered", "safe_target"]

DEFAULT_OUTPUT: Final = "renders/{{ name }}/{{ profile }}/{{ shot.id }}.mp4"

_ENDING: Final = ".mp4"
# Most file systems stop at 255 bytes a name; temporary files and takes add to it.
_LONGEST_BYTES: Final = 200
# Far above what people write; below what makes paths slow to compare.
_LONGEST: Final = 1000
# Microsoft, "Naming Files, Paths, and Namespaces": reserved characters and names.
# What turns text around could make one file look like another.
_RESERVED_CHARACTERS = re.compile(
    r'[<>:"|?*\\\x00-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]'
)
_RESERVED_NAME = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])", re.IGNORECASE)
# Fine anywhere, and too long to be reserved.
_PLAIN = re.compile(r"[A-Za-z0-9_-]{5,100}")
_PLAIN_PATH = re.compile(rf"(?:{_PLAIN.pattern}/){{1,8}}{_PLAIN.pattern}\.mp4")
_ABSOLUTE = re.compile(r"[/\\~]|[A-Za-z]:[/\\]")


def safe_target(text: str) -> tuple[str, str]:
    """The path that `text` becomes, and what is wrong with it (empty if nothing is).

    The path is relative, with `/`, and ends in `.mp4`. Characters and names that some
    system refuses are replaced; a path that leaves its folder is refused.
    """
    text = text.strip()
    if _PLAIN_PATH.fullmatch(text):
        return text, ""
    if _ABSOLUTE.match(text):
        return "", "is not relative to the manifest's folder"
    if len(text) > _LONGEST:
        return "", f"has {len(text):,} characters, limit {_LONGEST:,}"
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if parts and parts[0].startswith("~"):  # `./~` is meant like `~`
        return "", "is not relative to the manifest's folder"
    if ".." in (part.strip() for part in parts):
        return "", "leads out of the manifest's folder"
    if not parts or text.endswith("/"):
        return "", "names no file"
    *folders, file = parts
    if not file.lower().endswith(_ENDING):
        file += _ENDING
    stem, ending = file[: -len(_ENDING)], file[-len(_ENDING) :]
    if not stem:
        return "", "names no file"
    return "/".join((*map(_safe_folder, folders), _safe(stem, ending))), ""


@lru_cache(maxsize=1000)
def _safe_folder(name: str) -> str:
    return _safe(name)


def numbered(target: str, *, profile: str, take: int) -> str:
    """`target` with a profile and a take in its file's name, where it has them not already.

    An empty profile and take 1 add nothing.
    """
    added = (f".{profile}" if profile else "") + (f"@{take}" if take > 1 else "")
    return f"{target[: -len(_ENDING)]}{added}{_ENDING}" if added else target


def _safe(name: str, ending: str = "") -> str:
    """One component that every system takes; `ending` is kept whole."""
    if _PLAIN.fullmatch(name):
        return name + ending
    name = _RESERVED_CHARACTERS.sub("_", unicodedata.normalize("NFC", name))
    if not ending:
        name = name.rstrip(". ")
    name = name.lstrip(" ") or "_"
    if _RESERVED_NAME.fullmatch(name.partition(".")[0].rstrip()):
        name = f"_{name}"
    room = _LONGEST_BYTES - len(ending)
    cut = name.encode()[:room].decode(errors="ignore")
    return (cut if ending else cut.rstrip(". ")) + ending


class Targets:
    """The target paths of one manifest; two shots with one path are a problem."""

    def __init__(self, problems: list[Problem]) -> None:
        self._problems = problems
        self._files: dict[str, str] = {}
        self._folders: dict[str, str] = {}
        self._clear: set[str] = set()  # folders that no file's path stands in the way of

    def take(self, target: str, shot: str, place: Callable[[], Place]) -> None:
        """Take `target` for `shot`; record a problem at `place()` if another shot has it."""
        path = folded(target)
        folder = path.rpartition("/")[0]
        if folder not in self._folders:
            components: Sequence[str] = folder.split("/")
            for end in range(1, len(components) + 1):
                self._folders.setdefault("/".join(components[:end]), shot)
        other = self._files.setdefault(path, shot)
        if other == shot:
            other = self._folders.get(path, shot)
        if other == shot and folder not in self._clear:
            components = folder.split("/")
            inside = ("/".join(components[:end]) for end in range(1, len(components) + 1))
            other = next((self._files[each] for each in inside if each in self._files), shot)
            if other == shot:
                self._clear.add(folder)
        if other != shot:
            message = f"{shot} would be written over {other}: both go to {target}"
            hint = "put {{ shot.id }} into output"
            found = Problem(place=place(), code=codes.OUTPUT_COLLISION, message=message, hint=hint)
            self._problems.append(found)
