"""What can still be read of a broken lockfile: it holds one attempt a line, each by itself.

For the lines that a merge gone wrong leaves: both sides without markers, a comma too few,
half of a file. Pure. Each line was written by omnibatch, and facts only ever grow, so
that whatever is found may be joined to any other copy; what is missing shows in `lost`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

from omnibatch.errors import LedgerDamaged
from omnibatch.ledger.codec import attempt_from_json, canonical
from omnibatch.ledger.join import join_attempts, join_ledgers
from omnibatch.ledger.lockfile import parse_lockfile
from omnibatch.ledger.model import Attempt, AttemptId, Ledger

__all__ = ["Salvaged", "salvage"]

# What stands between the facts, and git's markers. (Conflict styles add a base: facts, too.)
# A branch or a subject may stand behind a marker; what is of a lockfile's line is lost.
_LABEL = r'(?: (?!.*(?:"[]:{}]|[{,]")).*)?'
_FRAME = re.compile(r'|"requests":\{|\},?|"attempts":\[|\]\}|={7,}|(?:<{7,}|\|{7,}|>{7,})' + _LABEL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Salvaged:
    """The `ledger` of the lines that could be read, and the `torn` ones as they stand.

    `is_framed` tells whether the head and the end of the file are there: else more than
    the torn lines may be missing.
    """

    ledger: Ledger
    torn: tuple[str, ...]
    is_framed: bool

    @property
    def lost(self) -> int:
        """How many lines could not be read."""
        return len(self.torn)

    @property
    def whole(self) -> bool:
        """Tell whether nothing of the file is lost."""
        return self.is_framed and not self.torn


def salvage(data: bytes) -> Salvaged:
    """Read line by line. Raise `LedgerTooNew` for a head of a later format."""
    heads: list[Ledger] = []
    requests: dict[str, Mapping[str, Any]] = {}
    attempts: dict[AttemptId, Attempt] = {}
    torn: list[str] = []
    ended = False
    for line in data.split(b"\n"):
        try:
            text = line.decode().removesuffix("\r")
            ended = ended or text == "]}"
            if _FRAME.fullmatch(text):
                continue
            found = _fact(text.removesuffix(","))
        except (LedgerDamaged, ValueError, TypeError, AttributeError):
            torn.append(line.decode(errors="replace"))
            continue
        if found.batch:
            heads.append(found)
        for digest, request in found.requests.items():
            requests[digest] = min(requests.get(digest, request), request, key=canonical)
        for attempt in found.attempts.values():
            held = attempts.get(attempt.id)
            attempts[attempt.id] = attempt if held is None else join_attempts(held, attempt)
    ledger = reduce(join_ledgers, heads, Ledger(requests=requests, attempts=attempts))
    return Salvaged(ledger=ledger, torn=tuple(torn), is_framed=bool(heads) and ended)


def _fact(text: str) -> Ledger:
    """The ledger of one line. Raise for one that was not written by omnibatch."""
    if text.startswith('{"version":'):
        return parse_lockfile(text + ',"requests":{},"attempts":[]}')
    if text.startswith('"sha256:'):
        requests: Mapping[str, Any] = json.loads("{" + text + "}")
        return Ledger(requests=requests)
    attempt = attempt_from_json(json.loads(text))
    if attempt.intent is None:
        raise ValueError("no intent")
    return Ledger(attempts={attempt.id: attempt})
