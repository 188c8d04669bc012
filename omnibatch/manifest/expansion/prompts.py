"""Prompts in files of their own: texts with places, like those in the manifest itself."""

from pathlib import Path
from typing import Final, NamedTuple

from omnibatch.manifest import codes, nodes
from omnibatch.manifest.expansion.scope import Scope
from omnibatch.manifest.sources import Sources
from omnibatch.problems import Place, Problem
from omnibatch.shots import FileSource

__all__ = ["PromptFiles"]

# Far above any prompt: 2,500 characters are sent at most.
_MOST_BYTES: Final = 64 * 1024


class PromptFiles:
    """The prompt files of one manifest, each read once; findings are added to `problems`."""

    def __init__(self, sources: Sources, problems: list[Problem]) -> None:
        self._sources = sources
        self._problems = problems
        self._read: dict[Path, nodes.Scalar | _Flaw] = {}

    def scalar(self, node: nodes.Node, scope: Scope) -> nodes.Scalar | None:
        """The text that a `prompt` is: itself, or that of the file it names.

        None where the file cannot be used, which is recorded.
        """
        if isinstance(node, nodes.Scalar):
            return node
        file = node.get("file") if isinstance(node, nodes.Mapping) else None
        path = scope.text(file) if isinstance(file, nodes.Scalar) else None
        if path is None or not isinstance(file, nodes.Scalar):
            return None
        source = self._sources.find(path, file)
        if source is None:
            return None
        if not isinstance(source, FileSource):
            hint = "name a text file beside the manifest"
            self._add(_Flaw(f"{path[:60]} is an address", hint), file.place)
            return None
        read = self._read.get(source.path)
        if read is None:
            shown = self._sources.shown(source, file)
            read = self._read[source.path] = _text(source.path, shown)
        if isinstance(read, nodes.Scalar):
            return read
        self._add(read, file.place)
        return None

    def _add(self, flaw: "_Flaw", otherwise: Place) -> None:
        self._problems.append(
            Problem(
                place=flaw.place or otherwise,
                code=codes.BAD_PROMPT_FILE,
                message=flaw.message,
                hint=flaw.hint,
            )
        )


class _Flaw(NamedTuple):
    """What is wrong with a file, the cure, and the place in it if that can be told."""

    message: str
    hint: str
    place: Place | None = None


def _text(path: Path, shown: str) -> nodes.Scalar | _Flaw:
    """The file's text, with the places of its characters; or what is wrong with it."""
    try:
        size = path.stat().st_size
        if size > _MOST_BYTES:
            message = f"{shown} has {size:,} bytes, limit {_MOST_BYTES:,}"
            return _Flaw(message, "name the prompt's file")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        return _Flaw(f"{shown} cannot be read: {error.strerror}", "check its permissions")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8", "replace")
        message = f"the byte 0x{error.object[error.start]:02X} is not UTF-8"
        return _Flaw(message, "save the file as UTF-8", _after(before, shown))
    text = text.replace("\r\n", "\n")
    strange = next((c for c in text if (c < " " and c not in "\n\t") or c == "\x7f"), None)
    if strange is not None:
        message = f"the invisible character U+{ord(strange):04X} may not stand in a prompt"
        return _Flaw(message, "delete it", _after(text[: text.index(strange)], shown))
    start = Place(shown, 1, 1)
    return nodes.scalar_at(start, text, "literal", (start, 1))


def _after(text: str, shown: str) -> Place:
    """The place of the character behind `text`, which begins the file."""
    return Place(shown, text.count("\n") + 1, len(text) - text.rfind("\n"))
