"""The ledger: everything known about attempts. Its door.

Invariants, which the tests hold by killing the process:

1. A send is durable as `open` before its first byte leaves, written last, after slot,
   rate, budget and consent.
2. A task id is durable before anything else is done with it.
3. A clip's hash and path are durable before it is renamed into place; a clip is
   `collected` only after. At start our own verified clips are recognised by their hash.
4. An open or doubtful send found at start is looked up where the provider can be asked.
   Otherwise it is `unconfirmed` and the user decides. Nothing is sent again on a guess.
5. A collected shot whose digest changed is `stale`; stale is not a purchase order, and
   a locked shot is kept. A slot whose digest another slot has collected is kept; one
   whose digest is under way in a slot that the film does not have waits for it.
6. A paid clip is never overwritten or deleted; each attempt has its own path.
7. A paid task whose slot is no longer in the manifest is still collected. Attempts of a
   renamed shot are its own, under whatever id they were made.
8. Same ledger, same lockfile, byte for byte. In it stand no secrets, expiring URLs,
   absolute paths or base64.
9. An attempt made at a loopback endpoint never satisfies a plan for a real one.

`model`, `join`, `codec`, `conflict`, `state`, `order`, `claims`, `answering`, `whereabouts`
and `identity` are pure.
`journal` (its lines: `records`), `lockfile` and `held` each own one file (`volume` knows
where a lock on it may not be seen); `reading` joins them; `book` is the
ledger open for recording, and is loaded by those alone who record: `recording` is what it
knows in memory and journal, `projecting` what it has seen in the lockfile.
"""

from typing import TYPE_CHECKING, Any

from omnibatch.ledger.answering import Copies
from omnibatch.ledger.claims import doubts_beside, twice_claimed
from omnibatch.ledger.conflict import weave
from omnibatch.ledger.decisions import abandon, adopt, grant, revoke
from omnibatch.ledger.identity import account_of, attempt_id
from omnibatch.ledger.lockfile import encode_lockfile, parse_lockfile
from omnibatch.ledger.merging import looks_like_lockfile, merge_lockfiles
from omnibatch.ledger.missing import restore_again
from omnibatch.ledger.model import (
    Attempt,
    AttemptId,
    Intent,
    Ledger,
    Mark,
    Opening,
    Output,
    SendKey,
    SendState,
    Task,
    TaskKey,
    TaskState,
)
from omnibatch.ledger.order import order_of
from omnibatch.ledger.places import LedgerPlace
from omnibatch.ledger.reading import ledger_exists, read_ledger
from omnibatch.ledger.renamed import refuse_left_behind
from omnibatch.ledger.replies import keep_reply
from omnibatch.ledger.restoring import Restored, is_readable, restore_lockfile
from omnibatch.ledger.state import (
    State,
    askable_doubts,
    awaited_tasks,
    best_task,
    doubtful_sends,
    given_up,
    granted_since,
    has_doubt_beside,
    is_granted,
    is_of_lost_run,
    is_picked,
    lost_send,
    may_have_cost,
    next_send_number,
    only_carries,
    state_of,
)
from omnibatch.ledger.volume import network_volume_of
from omnibatch.ledger.whereabouts import UNKNOWN_ACCOUNT, is_asked_at, made_elsewhere

if TYPE_CHECKING:
    from omnibatch.ledger.book import Book

__all__ = [
    "UNKNOWN_ACCOUNT",
    "Attempt",
    "AttemptId",
    "Book",
    "Copies",
    "Intent",
    "Ledger",
    "LedgerPlace",
    "Mark",
    "Opening",
    "Output",
    "Restored",
    "SendKey",
    "SendState",
    "State",
    "Task",
    "TaskKey",
    "TaskState",
    "abandon",
    "account_of",
    "adopt",
    "askable_doubts",
    "attempt_id",
    "awaited_tasks",
    "best_task",
    "doubtful_sends",
    "doubts_beside",
    "encode_lockfile",
    "given_up",
    "grant",
    "granted_since",
    "has_doubt_beside",
    "is_asked_at",
    "is_granted",
    "is_of_lost_run",
    "is_picked",
    "is_readable",
    "keep_reply",
    "ledger_exists",
    "looks_like_lockfile",
    "lost_send",
    "made_elsewhere",
    "may_have_cost",
    "merge_lockfiles",
    "network_volume_of",
    "next_send_number",
    "only_carries",
    "order_of",
    "parse_lockfile",
    "read_ledger",
    "refuse_left_behind",
    "restore_again",
    "restore_lockfile",
    "revoke",
    "state_of",
    "twice_claimed",
    "weave",
]


def __getattr__(name: str) -> Any:  # a door hands out whatever its room defines
    if name != "Book":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from omnibatch.ledger.book import Book

    return Book
