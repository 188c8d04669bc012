"""Files and addresses that shots refer to: which may be sent, and whether they are there.

A manifest may come from somebody else's branch, and what it names is uploaded. So a path
is resolved, links and all, and must stay inside the allowed root: the git work tree, or
the manifest's folder where there is none. It is checked before the disk is asked whether
the file exists. No file is opened here.
"""

import os
import re
import stat
from pathlib import Path
from typing import Final

from omnibatch.manifest import codes
from omnibatch.manifest.expansion.addresses import address_flaw, scheme_of
from omnibatch.manifest.nodes import Scalar
from omnibatch.manifest.suggest import closest
from omnibatch.problems import Problem
from omnibatch.shots import FileSource, Source, UrlSource

__all__ = ["Sources", "allowed_root", "looks_like_source"]

_DRIVE = re.compile(r"[A-Za-z]:")
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_KINDS: Final = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}

_Flaw = tuple[str, str, str]  # code, message, hint


def allowed_root(folder: Path) -> Path:
    """The nearest folder with a `.git` in it, from `folder` upwards; else `folder`."""
    real = Path(os.path.realpath(folder))
    for each in (real, *real.parents):
        if (each / ".git").exists():
            return each
    return real


def looks_like_source(text: str) -> bool:
    """Whether `text` is a path or an address rather than the name of a reference."""
    return "/" in text or "\\" in text or scheme_of(text) is not None or bool(_ENDING.search(text))


class Sources:
    """The sources of one manifest, each looked at once.

    `folder` is the folder that paths are relative to, `shown` how messages name it, and
    `root` the real path that nothing may lead out of.
    """

    def __init__(self, *, folder: Path, shown: str, root: Path, problems: list[Problem]) -> None:
        self._folder = folder
        self._shown = shown
        self._root = root
        self._problems = problems
        self._files: dict[str, FileSource | _Flaw] = {}
        self._folders: dict[str, list[str]] = {}

    def find(self, text: str, scalar: Scalar, key: str | None = None) -> Source | None:
        """The source that `text` names, or None where it may not be used: a problem.

        `scalar` is where it is written. `key` stands for the content of an address.
        """
        if scheme_of(text) is not None and scheme_of(text) != "file":
            flaw = address_flaw(text)
            if flaw is None:
                return UrlSource(url=text, key=key)
            self._refuse(scalar, (codes.URL_REFUSED, *flaw))
            return None
        if text not in self._files:
            self._files[text] = self._file(text)
        found = self._files[text]
        if isinstance(found, FileSource):
            return found
        self._refuse(scalar, found)
        return None

    def _refuse(self, scalar: Scalar, flaw: _Flaw) -> None:
        code, message, hint = flaw
        self._problems.append(Problem(place=scalar.place, code=code, message=message, hint=hint))

    def _file(self, text: str) -> FileSource | _Flaw:
        flaw = _path_flaw(text)
        if flaw is not None:
            return codes.PATH_REFUSED, *flaw
        path = Path(os.path.normpath(self._folder / text))
        if not Path(os.path.realpath(path)).is_relative_to(self._root):
            hint = "keep files in the manifest's git work tree, or give --ref-root"
            return codes.PATH_REFUSED, f"{text} leads out of the folder that may be sent", hint
        looked_at = os.path.normpath(os.path.join(self._shown, text)).replace(os.sep, "/")
        try:
            mode = os.stat(path).st_mode
        except (FileNotFoundError, NotADirectoryError):
            return codes.FILE_MISSING, f"there is no file {looked_at}", self._near(path, text)
        except OSError as error:
            return codes.PATH_REFUSED, f"{looked_at}: {error.strerror}", "check the path"
        if not stat.S_ISREG(mode):
            kind = _KINDS.get(stat.S_IFMT(mode), "not a file")
            return codes.PATH_REFUSED, f"{looked_at} is {kind}", "name a file"
        return FileSource(path=path, shown=text)

    def _near(self, path: Path, text: str) -> str:
        """The file beside that was probably meant."""
        folder = str(path.parent)
        if folder not in self._folders:
            try:
                self._folders[folder] = sorted(os.listdir(folder))
            except OSError:
                self._folders[folder] = []
        near = closest(path.name, self._folders[folder])
        if near is None:
            return "paths are relative to the manifest's folder"
        return f"did you mean {text[: len(text) - len(path.name)]}{near}?"


def _path_flaw(text: str) -> tuple[str, str] | None:
    relative = "write a path relative to the manifest's folder, with /"
    if not text.strip():
        return "there is no path here", relative
    if any(ord(char) < 32 or ord(char) == 127 or 0xD800 <= ord(char) < 0xE000 for char in text):
        return f"{text[:60]!r} has characters that no path has", relative
    if text.startswith("~"):
        return f"{text} begins with ~, which nobody expands here", relative
    if text.lower().startswith("file:"):
        return f"{text} is a file: address", relative
    if "\\" in text or _DRIVE.match(text):
        return f"{text} is a Windows path", relative
    return None
