"""Which attempt a purchase makes: its id, and what it is meant to buy, where, for how much."""

from omnibatch.endpoints import Account
from omnibatch.ledger import Attempt, AttemptId, Intent, State, attempt_id, state_of
from omnibatch.run.office import Office
from omnibatch.run.targets import Targets
from omnibatch.run.work import Purchase

__all__ = ["id_of", "prepare"]


def id_of(office: Office, purchase: Purchase, account: Account) -> AttemptId:
    """The id of the attempt that a purchase at `account` makes, or sends again."""
    held = _again(office, purchase, account)
    return held.id if held is not None else _new_id(office, purchase, account)


def prepare(office: Office, targets: Targets, purchase: Purchase, account: Account) -> Attempt:
    """The attempt to send: the released one if it still says what is bought, else a new one.

    That is where it is bought, and for how much: what a ledger has spent is the sum of the
    prices that its attempts were made at.
    """
    checked = purchase.checked
    if checked.is_open:
        raise AssertionError(f"BUG: {checked.shot.slot} was to be sent without its frame")
    if purchase.attempt is not None:
        _require_released(office.book.attempts[purchase.attempt])
    held = _again(office, purchase, account)
    if held is not None:
        return held
    new_id = _new_id(office, purchase, account)
    if new_id in office.book.attempts:
        _require_released(office.book.attempts[new_id])
    return Attempt(
        id=new_id,
        intent=Intent(
            slot=checked.shot.slot,
            after=_after(purchase),
            digest=checked.digest,
            provider=account.provider,
            account=account.name,
            endpoint=account.endpoint.name,
            price=_price(purchase),
            target=targets.choose(checked.shot.target),
            intended_at=office.now(),
        ),
    )


def _again(office: Office, purchase: Purchase, account: Account) -> Attempt | None:
    """The released attempt that a purchase names, where it would be bought just so today."""
    if purchase.attempt is None:
        return None
    held = office.book.attempts[purchase.attempt]
    meant = held.known_intent
    wanted = (account.provider, account.name, account.endpoint.name, _price(purchase))
    return held if (meant.provider, meant.account, meant.endpoint, meant.price) == wanted else None


def _new_id(office: Office, purchase: Purchase, account: Account) -> AttemptId:
    return attempt_id(
        office.book.batch,
        purchase.checked.shot.slot,
        purchase.checked.digest,
        _after(purchase),
        provider=account.provider,
        account=account.name,
        endpoint=account.endpoint.name,
    )


def _after(purchase: Purchase) -> AttemptId | None:
    """What a new attempt follows: the released one that is not sent again, if there is one."""
    return purchase.after if purchase.attempt is None else purchase.attempt


def _price(purchase: Purchase) -> str | None:
    price = purchase.checked.price
    return None if price is None else str(price)


def _require_released(attempt: Attempt) -> None:
    """The last gate before money: only what certainly created nothing may be sent."""
    if state_of(attempt) is not State.RELEASED:
        raise AssertionError(f"BUG: {attempt.id} is {state_of(attempt).value} and was to be sent")
