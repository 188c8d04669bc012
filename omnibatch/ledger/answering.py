"""Whether the lines that a broken lockfile has lost are known from elsewhere. Pure.

A copy in git that is older than a line proves nothing about it: what it stood for would
be bought again. Nor does a journal that was not there when it was bought. Where in doubt,
the answer is no, which costs the user a look at the provider's task list.
"""

import re
from dataclasses import dataclass

from omnibatch.ledger.codec import canonical
from omnibatch.ledger.model import AttemptId, Ledger
from omnibatch.ledger.salvage import Salvaged
from omnibatch.ledger.spelling import attempt_line

__all__ = ["Copies", "answers_for_lost_lines"]

_REQUEST = re.compile(r'"(sha256:[0-9a-f]{64})":')
_ATTEMPT = re.compile(r'\{"id":"(ob-[a-z2-7]{26})",')


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """The `texts` that git has of a lockfile, and can be read.

    `are_latest` tells whether what the file was made of is among them: the latest commit's,
    and in a merge each side's. Then only what this machine did since can be missing.
    """

    texts: tuple[bytes, ...] = ()
    are_latest: bool = False


def answers_for_lost_lines(own: Salvaged, copies: Copies, journal: Ledger | None) -> bool:
    """Tell whether `journal`, with git's `copies`, knows all that can have stood in torn lines.

    `own` is what was read of the broken file; `journal` None where there is none.
    """
    if journal is None:
        return False
    if copies.are_latest:
        return True
    if copies.texts:  # it was committed broken, perhaps by a machine that knew more
        return own.is_framed and all(_is_cut_from(line, journal) for line in own.torn)
    named = {AttemptId(found) for line in own.torn for found in _ATTEMPT.findall(line)}
    return own.ledger.attempts.keys() | named <= journal.attempts.keys()


def _is_cut_from(line: str, known: Ledger) -> bool:
    """Whether a line is the beginning of one that is `known`, and nothing else."""
    text = line.rstrip("\r")
    if found := _ATTEMPT.match(text):
        attempt = known.attempts.get(AttemptId(found[1]))
        return attempt is not None and attempt_line(attempt).startswith(text)
    if found := _REQUEST.match(text):
        request = known.requests.get(found[1])
        return request is not None and f'"{found[1]}":{canonical(request)}'.startswith(text)
    return False
