"""What was made at another endpoint or with another key, and is asked about with today's."""

from collections import Counter
from collections.abc import Iterable, Mapping

from omnibatch.cli.saying import say_warning
from omnibatch.endpoints import Account
from omnibatch.ledger import Attempt, State, is_asked_at, made_elsewhere, only_carries, state_of

__all__ = ["say_elsewhere"]

_ASKED_ABOUT = (State.UNCONFIRMED, State.RUNNING, State.SUCCEEDED)


def say_elsewhere(attempts: Iterable[Attempt], accounts: Mapping[str, Account]) -> None:
    """Warn of what was made at another endpoint or with another key, and is asked about here."""
    counted: Counter[tuple[str, str]] = Counter()
    for attempt in attempts:
        account = accounts.get(attempt.known_intent.provider)
        if account is None or state_of(attempt) not in _ASKED_ABOUT or only_carries(attempt):
            continue
        if is_asked_at(attempt, account.endpoint.name):
            where = made_elsewhere(attempt, endpoint=account.endpoint.name, account=account.name)
            counted[account.provider, where] += bool(where)
    for (provider, where), count in sorted(counted.items()):
        if count:
            clips = "1 clip was" if count == 1 else f"{count} clips were"
            say_warning(f"{provider}: {clips} {where}: not found here is not lost")
