"""Three copies of a lockfile, as git hands them to its merge driver, made into one."""

from dataclasses import replace

from omnibatch.errors import LedgerDamaged, LedgerError
from omnibatch.ledger.join import join_ledgers
from omnibatch.ledger.lockfile import encode_lockfile, parse_lockfile
from omnibatch.ledger.model import Ledger, Opening

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
    left, right = _side(ours, "ours"), _side(theirs, "theirs")
    try:
        before = _side(base, "the base")
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


def _side(text: bytes, name: str) -> Ledger:
    if not text.strip():
        return Ledger()
    try:
        return parse_lockfile(text.decode())
    except UnicodeDecodeError as error:
        raise LedgerDamaged(f"{name} is not a lockfile: it is not UTF-8") from error
    except LedgerDamaged as error:
        raise LedgerDamaged(f"{name} is not a lockfile: {error.message}") from error
    except LedgerError as error:
        raise type(error)(f"{name} cannot be read: {error.message}", error.hint) from error
