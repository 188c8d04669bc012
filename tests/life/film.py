"""The film of one machine, as the state machine edits it: a small manifest with a memory."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ..workplace import Document

__all__ = ["PROFILES", "Film", "Request", "Shot", "Wanted"]

PROFILES = ("draft", "final")


class Request(NamedTuple):
    """What a clip is rendered from, as a manifest, a lockfile and a meter all tell it."""

    prompt: str
    mode: str


class Wanted(NamedTuple):
    """One place in the film: the shot, its take, and what it is to show."""

    shot: "Shot"
    take: int
    request: Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    id: str
    prompt: str
    mode: str = "std"
    was: str | None = None
    skip: bool = False
    locked: bool = False
    takes: int = 1

    def document(self) -> Document:
        """The shot as a manifest has it."""
        written: Document = {"id": self.id, "prompt": self.prompt, "mode": self.mode}
        written |= {"was": self.was} if self.was else {}
        written |= {"skip": True} if self.skip else {}
        written |= {"locked": True} if self.locked else {}
        return written | ({"takes": self.takes} if self.takes > 1 else {})


@dataclass(slots=True)
class Film:
    """Shots by id in the order of the film, the profile in use, and the budget."""

    shots: dict[str, Shot] = field(default_factory=dict)
    profile: str = "draft"
    budget: str | None = None

    def copy(self) -> "Film":
        """A film of its own, for another machine."""
        return Film(dict(self.shots), self.profile, self.budget)

    def nth(self, number: int) -> Shot | None:
        """The shot that `number` stands for, whatever it is; None in an empty film."""
        shots = list(self.shots.values())
        return shots[number % len(shots)] if shots else None

    def change(self, shot: Shot, **changes: object) -> None:
        """Edit a shot where it stands."""
        self.shots[shot.id] = replace(shot, **changes)  # type: ignore[arg-type]  # by field name

    def rename(self, shot: Shot, name: str, *, told: bool) -> None:
        """Give a shot another id, and say so with `was`, or not."""
        renamed = replace(shot, id=name, was=shot.id if told else None)
        self.shots = {
            (name if each.id == shot.id else each.id): (renamed if each.id == shot.id else each)
            for each in self.shots.values()
        }

    def wanted(self) -> Iterator[Wanted]:
        """Every place of the film in its profile, but for shots that are left out."""
        for shot in self.shots.values():
            mode = "pro" if self.profile == "final" else shot.mode
            for take in range(1, shot.takes + 1):
                yield Wanted(shot, take, Request(shot.prompt, mode))

    def keys(self) -> Document:
        """The manifest's other keys."""
        return {
            "profiles": {"draft": {"duration": 5}, "final": {"mode": "pro"}},
            "profile": self.profile,
            **({"budget": self.budget} if self.budget else {}),
        }

    def documents(self) -> list[Document]:
        """The shots as a manifest has them."""
        return [shot.document() for shot in self.shots.values()]
