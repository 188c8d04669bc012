"""Former ids: a shot that was renamed keeps what was paid for under its old name."""

from collections.abc import Iterator
from unicodedata import normalize

from omnibatch.manifest import codes, nodes
from omnibatch.manifest.expansion.draft import Draft
from omnibatch.manifest.expansion.matrix import Combination
from omnibatch.manifest.expansion.scope import Scope
from omnibatch.problems import Problem
from omnibatch.shots import Shot

__all__ = ["former_id", "former_ids"]


def former_id(draft: Draft, combination: Combination | None, scope: Scope) -> str:
    """The id that a shot had before, made the way that its own is made in `scope`."""
    picked = draft.pick("was") if "was" in draft.values else None
    if picked is None or not isinstance(picked.node, nodes.Scalar):
        return ""
    scope.asked.clear()
    was = scope.text(picked.node)
    if was is None:
        draft.failed = True
        return ""
    if was and combination is not None and "matrix" not in scope.asked:
        was += combination.suffix
    return normalize("NFC", was.strip())  # as ids are


def former_ids(shots: list[Shot]) -> Iterator[Problem]:
    """Former ids that would take a clip away from another shot."""
    moved = [shot for shot in shots if shot.was and shot.slot.take == 1]
    if not moved:
        return
    present = {shot.slot.shot: shot for shot in shots}
    claimed: dict[str, Shot] = {}
    for shot in moved:
        first = claimed.setdefault(shot.was, shot)
        if shot.was in present:
            message = f"{shot.id} cannot have been {shot.was}: there is a shot of this id"
            hint = f"give the other shot another id; without was, it gets what was bought as {shot.was}"
        elif first is not shot:
            message = f"{shot.id} cannot have been {shot.was}: {first.id} says so, too"
            hint = "leave was on one of them"
        else:
            continue
        yield Problem(place=shot.place_of("was"), code=codes.FORMER_ID, message=message, hint=hint)
