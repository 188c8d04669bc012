"""Prompts in files of their own: texts with places, like those in the manifest itself."""

from pathlib import Path
from typing import Final

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
        self._read: dict[Path, nodes.Scalar | tuple[str, str]] = {}

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
            self._add(file, f"{path[:60]} is an address", "name a text file beside the manifest")
            return None
        read = self._read.get(source.path)
        if read is None:
            shown = self._sources.shown(source, file)
            read = self._read[source.path] = _text(source.path, shown)
        if isinstance(read, nodes.Scalar):
            return read
        self._add(file, *read)
        return None

    def _add(self, file: nodes.Scalar, message: str, hint: str) -> None:
        self._problems.append(
            Problem(place=file.place, code=codes.BAD_PROMPT_FILE, message=message, hint=hint)
        )


def _text(path: Path, shown: str) -> nodes.Scalar | tuple[str, str]:
    """The file's text, with the places of its characters; or what is wrong, and the cure."""
    try:
        size = path.stat().st_size
        if size > _MOST_BYTES:
            return f"{shown} has {size:,} bytes, limit {_MOST_BYTES:,}", "name the prompt's file"
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        return f"{shown} cannot be read: {error.strerror}", "check its permissions"
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return f"{shown} is not UTF-8: line {line} breaks off", "save it as UTF-8"
    text = text.replace("\r\n", "\n")
    strange = next((c for c in text if (c < " " and c not in "\n\t") or c == "\x7f"), None)
    if strange is not None:
        line = text[: text.index(strange)].count("\n") + 1
        return f"{shown} has a control character in line {line}", "take it out"
    start = Place(shown, 1, 1)
    return nodes.Scalar(text=text, style="literal", place=start, body=start, indent=1)
