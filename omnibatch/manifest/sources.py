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
from omnibatch.manifest.addresses import address_flaw, scheme_of
from omnibatch.manifest.nodes import Scalar
from omnibatch.manifest.suggest import closest
from omnibatch.problems import Problem
from omnibatch.shots import FileSource, Source, UrlSource

__all__ = ["Sources", "allowed_root", "looks_like_source"]

_LONGEST_SHOWN: Final = 200
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
    """The sources of one manifest and of the files it includes, each looked at once.

    A path belongs to the file it is written in. `root` is the real path that nothing may
    lead out of; findings are added to `problems`.
    """

    def __init__(self, *, file: str, folder: Path, root: Path, problems: list[Problem]) -> None:
        """Begin with the manifest, shown as `file`, in `folder`."""
        self._root = os.path.join(root, "")
        self._problems = problems
        self._folders = {file: str(folder)}
        self._files: dict[tuple[str, str], FileSource | _Flaw] = {}
        self._addresses: dict[tuple[str, str | None], UrlSource | _Flaw] = {}
        self._is_inside: dict[str, bool] = {}
        self._listed: dict[str, list[str]] = {}

    def belongs(self, file: str, folder: Path) -> None:
        """Paths written in the file shown as `file` are relative to `folder`."""
        self._folders[file] = str(folder)

    def shown(self, source: FileSource, scalar: Scalar) -> str:
        """How messages name `source`, which is written in `scalar`."""
        return _shown(scalar.place.file, source.shown)

    def find(self, text: str, scalar: Scalar, key: str | None = None) -> Source | None:
        """The source that `text` names, or None where it may not be used: a problem.

        `scalar` is where it is written. `key` stands for the content of an address.
        """
        scheme = scheme_of(text) if ":" in text else None
        if scheme is not None and scheme != "file":
            address = self._addresses.get((text, key))
            if address is None:
                flaw = address_flaw(text)
                address = (codes.URL_REFUSED, *flaw) if flaw else UrlSource(url=text, key=key)
                self._addresses[text, key] = address
            if isinstance(address, UrlSource):
                return address
            self._refuse(scalar, address)
            return None
        file = scalar.place.file
        found = self._files.get((file, text))
        if found is None:
            found = self._files[file, text] = self._file(file, text)
        if isinstance(found, FileSource):
            return found
        self._refuse(scalar, found)
        return None

    def _refuse(self, scalar: Scalar, flaw: _Flaw) -> None:
        code, message, hint = flaw
        self._problems.append(Problem(place=scalar.place, code=code, message=message, hint=hint))

    def _file(self, file: str, text: str) -> FileSource | _Flaw:
        flaw = _path_flaw(text)
        if flaw is not None:
            return codes.PATH_REFUSED, *flaw
        path = os.path.normpath(os.path.join(self._folders[file], text))
        if not self._stays_inside(path):
            hint = "keep files in the manifest's git work tree, or give --ref-root"
            message = f"{_short(text)} leads out of the folder that may be sent"
            return codes.PATH_REFUSED, message, hint
        try:
            mode = os.stat(path).st_mode
        except (FileNotFoundError, NotADirectoryError):
            message = f"there is no file {_shown(file, text)}"
            return codes.FILE_MISSING, message, self._near(file, path, text)
        except OSError as error:
            return codes.PATH_REFUSED, f"{_shown(file, text)}: {error.strerror}", "check the path"
        if not stat.S_ISREG(mode):
            kind = _KINDS.get(stat.S_IFMT(mode), "not a file")
            return codes.PATH_REFUSED, f"{_shown(file, text)} is {kind}", "name a file"
        return FileSource(path=Path(path), shown=text)

    def _stays_inside(self, path: str) -> bool:
        """Whether `path` leads nowhere out of the root, its links followed."""
        folder = os.path.dirname(path)
        if folder not in self._is_inside:
            real = os.path.join(os.path.realpath(folder), "")
            self._is_inside[folder] = real.startswith(self._root)
        if os.path.islink(path):
            return os.path.realpath(path).startswith(self._root)
        return self._is_inside[folder]

    def _near(self, file: str, path: str, text: str) -> str:
        """The file beside that was probably meant; never `file`, which it is written in."""
        if any(char in text for char in "*?"):
            return "patterns are not read: name each file"
        folder, name = os.path.split(path)
        if folder not in self._listed:
            try:
                self._listed[folder] = sorted(os.listdir(folder))
            except OSError:
                self._listed[folder] = []
        own = os.path.basename(file) if folder == self._folders[file] else ""
        near = closest(name, [each for each in self._listed[folder] if each != own])
        if near is None:
            return "paths are relative to the file that they are written in"
        return f"did you mean {text[: len(text) - len(name)]}{near}?"


def _shown(file: str, text: str) -> str:
    text = _short(text)
    return os.path.normpath(os.path.join(os.path.dirname(file), text)).replace(os.sep, "/")


def _short(text: str) -> str:
    """As much of a path as a message shows: its end says most."""
    return text if len(text) <= _LONGEST_SHOWN else f"...{text[-_LONGEST_SHOWN:]}"


def _holds_secrets(part: str) -> bool:
    """Whether a part of a path, in lower case, is where keys are kept: `.env`, git's own files."""
    return part == ".git" or part == ".env" or part.startswith(".env.")


def _path_flaw(text: str) -> tuple[str, str] | None:
    relative = "write a path relative to the file that it is written in, with /"
    if not text.strip():
        return "there is no path here", relative
    if any(ord(char) < 32 or ord(char) == 127 or 0xD800 <= ord(char) < 0xE000 for char in text):
        return f"{text[:60]!r} has characters that no path has", relative
    if text.startswith("~"):
        return f"{_short(text)} begins with ~, which nobody expands here", relative
    if text.lower().startswith("file:"):
        return f"{_short(text)} is a file: address", relative
    if "\\" in text or _DRIVE.match(text):
        return f"{_short(text)} is a Windows path", relative
    if any(_holds_secrets(part) for part in text.lower().split("/")):
        return f"{_short(text)} is never sent: it may hold keys", "name another file"
    return None
