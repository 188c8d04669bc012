"""Three copies of a lockfile, as git hands them to its merge driver, made into one."""

from omnibatch.errors import LedgerDamaged, LedgerError
from omnibatch.ledger.join import join_ledgers
from omnibatch.ledger.lockfile import encode_lockfile, parse_lockfile
from omnibatch.ledger.model import Ledger

__all__ = ["looks_like_lockfile", "merge_lockfiles"]


def looks_like_lockfile(text: bytes) -> bool:
    """Tell whether a file is, or was before something broke it, a lockfile of omnibatch."""
    return b'"batch":' in text and b'"attempts":' in text


def merge_lockfiles(base: bytes, ours: bytes, theirs: bytes) -> bytes:
    """The lockfile of all that is known to either side: the same from whichever it is made.

    What was taken away on both sides, as by a reverted commit, the base brings back; but
    a run that both call ended is ended. An empty text knows nothing: a file that only one
    side has. A base that cannot be read (git may have put a conflict of its own into it)
    adds nothing either.

    Raise `LedgerDamaged` or `LedgerTooNew` for a side that cannot be read, naming it.
    """
    joined = join_ledgers(_side(ours, "ours"), _side(theirs, "theirs"))
    try:
        before = _side(base, "the base")
    except LedgerError:
        before = Ledger()
    ended = Ledger(
        batch=before.batch, name=before.name, requests=before.requests, attempts=before.attempts
    )
    return encode_lockfile(join_ledgers(joined, ended)).encode()


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
