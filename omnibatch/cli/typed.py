"""The options of a command as they are typed, for the next command that it names."""

import shlex
from dataclasses import dataclass, replace
from pathlib import Path

from omnibatch.cli.options import Chosen

__all__ = ["Typed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A manifest and the options it was read with: without them another film is meant.

    `again` is the command that goes on with it, `run` or `rehearse`.
    """

    chosen: Chosen
    again: str = "run"
    ledger: Path | None = None
    select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def run(self, options: str = "", *, profile: str = "") -> str:
        """`run` or `rehearse` with `options`, for the same shots, in a `profile` where one is named."""
        patterns = [word for pattern in self.select for word in ("--select", pattern)]
        patterns += [word for pattern in self.exclude for word in ("--exclude", pattern)]
        return f"omnibatch {self.again} {options}{_quoted([*self._common(profile), *patterns])}{self._manifest}"

    def about(self, command: str, *, profile: str = "") -> str:
        """`command` for the manifest, in a `profile` where one is named."""
        return f"omnibatch {command} {_quoted(self._common(profile))}{self._manifest}"

    def validate(self, *, profile: str = "") -> str:
        """`validate` for the manifest, which knows no ledger, in a `profile` where one is named."""
        return replace(self, ledger=None).about("validate", profile=profile)

    @property
    def _manifest(self) -> str:
        return shlex.quote(str(self.chosen.manifest))

    def _common(self, profile: str = "") -> list[str]:
        chosen = self.chosen
        words: list[str] = []
        if profile or chosen.profile is not None:
            words += ["--profile", profile or chosen.profile or ""]
        for name, text in chosen.variables.items():
            words += ["--var", f"{name}={text}"]
        if chosen.ref_root is not None:
            words += ["--ref-root", str(chosen.ref_root)]
        if self.ledger is not None:
            words += ["--ledger", str(self.ledger)]
        return words


def _quoted(words: list[str]) -> str:
    return "".join(f"{shlex.quote(word)} " for word in words)
