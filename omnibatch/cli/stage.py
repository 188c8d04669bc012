"""Where a run takes place: what `run` and `rehearse` differ in."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from omnibatch.endpoints import Account
from omnibatch.ledger import LedgerPlace
from omnibatch.shots import RunSettings

if TYPE_CHECKING:
    from omnibatch.wire import WireSettings

__all__ = ["Stage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where a run takes place: its ledger, its endpoints and accounts, its pace.

    `endpoints` takes provider names, `accounts` those and the batch's id, and leaves out
    providers that have no key. `next_line` is the last line where all went well.
    """

    place: LedgerPlace
    endpoints: Callable[[Iterable[str]], Mapping[str, str]]
    accounts: Callable[[Iterable[str], str], Mapping[str, Account]]
    pace: Callable[[RunSettings], RunSettings]
    wire: "WireSettings"
    is_free: bool = False
    next_line: str | None = None
