"""What a check hands on: shots that passed, and a batch of them that only a check makes."""

from collections.abc import Mapping
from dataclasses import InitVar, dataclass, field
from pathlib import Path

from omnibatch.media import ImageFacts
from omnibatch.money import Money
from omnibatch.problems import Problem
from omnibatch.shots import Batch, FrameSource, Shot

__all__ = ["CheckResult", "CheckedBatch", "CheckedShot", "Clip", "admit"]

_PASS = object()
_NO_CLIPS: Mapping[FrameSource, "Clip"] = {}  # one for all: there are many shots without


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A collected clip: its absolute path, how it is shown, and the hash of its bytes."""

    path: Path
    shown: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedShot:
    """One shot that passed.

    `provider` is the first of the shot's list that can take it, `providers` all that
    can, in the order of the list. `request` describes what is bought, fit to be stored;
    `digest` is its hash. `price` is of one take at `provider`, None where unknown.
    `image_facts` runs along `shot.images`, None for an address. A shot with `skip` is
    checked like any other and marked by `shot.skip`.

    A shot with frames of other shots is open until `with_frames` has given it their
    `clips`: its request then says which frame of which shot, its digest is that of no
    purchase, and it cannot be sent.
    """

    shot: Shot
    provider: str
    providers: tuple[str, ...]
    digest: str
    request: Mapping[str, object]
    price: Money | None
    image_facts: tuple[ImageFacts | None, ...]
    clips: Mapping[FrameSource, Clip] = field(default_factory=lambda: _NO_CLIPS)

    @property
    def is_open(self) -> bool:
        """Whether a clip is wanting that a frame of it is taken from."""
        return any(frame not in self.clips for frame in self.shot.frames)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedBatch:
    """A batch whose every shot passed, in the order of the film. `check` alone makes it."""

    batch: Batch
    shots: tuple[CheckedShot, ...]
    admitted_by: InitVar[object] = None

    def __post_init__(self, admitted_by: object) -> None:
        """Raise `TypeError` unless made in this room."""
        if admitted_by is not _PASS:
            raise TypeError("only omnibatch.checks.check makes a CheckedBatch")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """All problems, in file order, and the checked batch where none of them is an error."""

    batch: CheckedBatch | None
    problems: tuple[Problem, ...]


def admit(batch: Batch, shots: tuple[CheckedShot, ...]) -> CheckedBatch:
    """Make the batch that may be bought. For `admission` alone."""
    return CheckedBatch(batch=batch, shots=shots, admitted_by=_PASS)
