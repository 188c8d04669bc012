"""Three copies of a lockfile, as git hands them to its merge driver, made into one."""

from dataclasses import dataclass, field, replace
from typing import Any

from omnibatch.errors import LedgerDamaged, LedgerError
from omnibatch.ledger.codec import attempt_from_json
from omnibatch.ledger.join import join_ledgers
from omnibatch.ledger.lockfile import encode_lockfile, parse_lockfile
from omnibatch.ledger.model import Attempt, Ledger, Opening

__all__ = ["ended_since", "looks_like_lockfile", "merge_lockfiles", "without"]


def looks_like_lockfile(text: bytes) -> bool:
    """Tell whether a file is, or was before something broke it, a lockfile of omnibatch."""
    return b'"batch":' in text and b'"attempts":' in text


def merge_lockfiles(base: bytes, ours: bytes, theirs: bytes) -> bytes:
    """The lockfile of all that is known to either side: the same from whichever it is made.

    What was taken away on both sides, as by a reverted commit, the base brings back. A run
    that one side knows to have ended since is no longer open, whatever the other says. An
    empty text knows nothing: a file that only one side has. A base that cannot be read
    (git may have put a conflict of its own into it) adds nothing either.

    Raise `LedgerDamaged` or `LedgerTooNew` for a side that cannot be read, naming it.
    """
    once = _Once()
    left, right = _side(ours, "ours", once), _side(theirs, "theirs", once)
    try:
        before = _side(base, "the base", once)
    except LedgerError:
        before = Ledger()
    joined = join_ledgers(join_ledgers(left, right), replace(before, open=None))
    still_open = without(
        joined.open, ended_since(before, left, right) | ended_since(before, right, left)
    )
    return encode_lockfile(replace(joined, open=still_open)).encode()


def ended_since(before: Ledger, side: Ledger, other: Ledger) -> frozenset[str]:
    """The writers of `before` that `side` calls ended, and knows what they bought.

    A side that knows no more than before says nothing: it may be a reverted commit. And
    who has gone on buying on the `other` side has not ended.
    """
    if before.open is None:
        return frozenset()
    ended = before.open.writers - (side.open.writers if side.open else frozenset())
    whole = join_ledgers(before, side).attempts
    if whole != side.attempts or whole == before.attempts:
        return frozenset()
    known = {(attempt.id, key) for attempt in before.attempts.values() for key in attempt.sends}
    still_buying = {
        key.writer
        for attempt in other.attempts.values()
        for key in attempt.sends
        if other.open is not None and key.writer in other.open.writers
        if (attempt.id, key) not in known
    }
    return ended - still_buying


def without(opening: Opening | None, writers: frozenset[str]) -> Opening | None:
    """An opening with `writers` taken out of it; None where nobody is left."""
    left = () if opening is None else sorted(opening.writers - writers)
    return Opening("+".join(left), opening.since) if opening is not None and left else None


@dataclass(frozen=True, slots=True)
class _Once:
    """Reads attempts; one that stands in several copies alike is one value, and joins at once.

    Three copies of a long film's lockfile differ in a few attempts only.
    """

    _seen: dict[str, tuple[Any, Attempt]] = field(default_factory=dict)

    def __call__(self, entry: Any) -> Attempt:
        named = entry.get("id") if isinstance(entry, dict) else None
        if not isinstance(named, str):
            return attempt_from_json(entry)
        seen = self._seen.get(named)
        if seen is not None and seen[0] == entry:
            return seen[1]
        attempt = attempt_from_json(entry)
        self._seen[named] = (entry, attempt)
        return attempt


def _side(text: bytes, name: str, once: _Once) -> Ledger:
    if not text.strip():
        return Ledger()
    try:
        return parse_lockfile(text.decode(), read=once)
    except UnicodeDecodeError as error:
        raise LedgerDamaged(f"{name} is not a lockfile: it is not UTF-8") from error
    except LedgerDamaged as error:
        raise LedgerDamaged(f"{name} is not a lockfile: {error.message}") from error
    except LedgerError as error:
        raise type(error)(f"{name} cannot be read: {error.message}", error.hint) from error
