"""The films that crash tests render, each with what it may cost, and the kinds of provider."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from ..gateways import GATEWAYS
from ..workplace import Document, Workplace

__all__ = [
    "CHAIN",
    "KINDS",
    "ONE",
    "PRICE",
    "TAKES",
    "TWO",
    "Film",
    "Kind",
    "SlotName",
    "kinds",
    "shot",
]

SlotName = tuple[str, int]
"""A shot's id, and the number of its take."""

PRICE = Decimal("0.3165")
"""US dollars for one plain shot, as the emulator charges it: 5 s at 0.0633 USD."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A dialect of the emulator, and how a lost task can be looked up there."""

    dialect: str
    lookup: str
    provider: str

    def __str__(self) -> str:
        return f"{self.dialect}, {self.lookup}"


KINDS = (
    *(Kind("comet", lookup, provider) for lookup, provider in GATEWAYS.items()),
    Kind("apimodels", "none", "apimodels"),
)
"""apimodels.app documents no lookup, so that its dialect has one kind only."""

kinds = pytest.mark.parametrize("kind", KINDS, ids=str)


@dataclass(frozen=True, slots=True)
class Film:
    """Shots of a manifest, all of them plain ones at the same price."""

    name: str
    shots: tuple[Document, ...]
    former: dict[str, str] = field(default_factory=dict)
    """What shots of an earlier film are called in this one."""
    words: dict[str, str] = field(default_factory=dict)
    """What the command line goes on calling some of them, since nothing tells it better."""

    def __str__(self) -> str:
        return self.name

    def renamed(self, *, said: bool) -> "Film":
        """The same film with other ids; `said` by `was`, or left to be seen."""
        new = {shot["id"]: f"{shot['id']}b" for shot in self.shots}
        shots = []
        for shot in self.shots:
            renamed = {**shot, "id": new[shot["id"]]}
            if said:
                renamed["was"] = shot["id"]
            if "first_frame" in shot:
                renamed["first_frame"] = {"shot": new[shot["first_frame"]["shot"]]}
            shots.append(renamed)
        old = {} if said else {renamed: name for name, renamed in new.items()}
        return Film(f"{self.name}, renamed", tuple(shots), new, old)

    @property
    def slots(self) -> dict[SlotName, str]:
        """The prompt of each slot."""
        return {
            (shot["id"], take): shot["prompt"]
            for shot in self.shots
            for take in range(1, shot.get("takes", 1) + 1)
        }

    @property
    def sources(self) -> dict[str, str]:
        """The shot whose clip a shot begins with."""
        return {s["id"]: s["first_frame"]["shot"] for s in self.shots if "first_frame" in s}

    @property
    def cost(self) -> str:
        """What the user agrees to pay in all."""
        return f"{PRICE * len(self.slots)} USD"

    def word(self, slot: SlotName) -> str:
        """What a slot is called on the command line."""
        shot, take = slot
        word = self.words.get(shot, shot)
        return f"{word}@{take}" if (shot, 2) in self.slots else word

    def write(self, place: Workplace, **keys: Any) -> None:
        """Write the manifest, in what looks like a git work tree: a mark is kept there, too."""
        (place.folder / ".git").mkdir(exist_ok=True)
        prices = {place.provider: "0.0633 USD/s"}
        place.write(self.shots, prices=prices, **keys)


def shot(number: int, **keys: Any) -> Document:
    return {"id": f"s{number}", "prompt": f"Harbour, view {number}.", **keys}


ONE = Film("one shot", (shot(1),))
TWO = Film("two shots", (shot(1), shot(2)))
CHAIN = Film("a chain", (shot(1), shot(2, first_frame={"shot": "s1"})))
TAKES = Film("takes and a chain", (shot(1, takes=2), shot(2, first_frame={"shot": "s1"})))
