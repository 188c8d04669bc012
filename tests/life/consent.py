"""The oracle of consent: what one run may buy, as a careful reader of the design would say.

It looks at the ledger that the run began with and at nothing that our plan says. Where the
design leaves room it allows more; that a run buys less is no concern of this page.
"""

from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import replace

from omnibatch.ledger import Attempt, Ledger

from .facts import is_on, request_of, standing
from .film import Film, Request, Wanted

__all__ = ["may_buy"]

_LIVE = frozenset({"fetch", "running", "doubt"})


def may_buy(
    film: Film,
    ledger: Ledger,
    *,
    stale: bool,
    failed: bool,
    void: Set[str] = frozenset(),
    lost_run: str = "",
) -> Counter[Request]:
    """How many clips of each request a run of `film` may buy on top of `ledger`.

    `void` are the attempts in doubt of which a provider can tell, and be believed, that
    nothing came of them: they are as good as released. Where a run that began at `lost_run`
    is not accounted for, only what was granted since may be bought.
    """
    ledger = replace(
        ledger,
        attempts={
            id_: replace(each, sends={}) if id_ in void and standing(each) == "doubt" else each
            for id_, each in ledger.attempts.items()
        },
    )
    wanted = [(each, _own(each, film, ledger)) for each in film.wanted()]
    here = {attempt.id for _, own in wanted for attempt in own}
    return Counter(
        each.request
        for each, own in wanted
        if any(_granted_since(lost_run, attempt) for attempt in own) or not lost_run
        if _may_be_bought(each, own, ledger, here, stale=stale, failed=failed)
    )


def _may_be_bought(
    wanted: Wanted,
    own: Sequence[Attempt],
    ledger: Ledger,
    here: Set[str],
    *,
    stale: bool,
    failed: bool,
) -> bool:
    if any(_is_waited_for(attempt) for attempt in own):
        return False
    has_clip = any(standing(attempt) == "collected" for attempt in own)
    if wanted.shot.skip or (wanted.shot.locked and has_clip):
        return False
    tips = _tips(own)
    if any(is_on(tip, "granted") for tip in tips):
        return True
    same = [
        attempt
        for attempt in ledger.attempts.values()
        if attempt.slot.take == wanted.take and request_of(ledger, attempt) == wanted.request
    ]
    if any(standing(attempt) == "collected" for attempt in same):
        return False
    if any(_is_waited_for(attempt) for attempt in same if attempt.id not in here):
        return False
    return not tips or any(_is_open(tip, ledger, wanted, has_clip, stale, failed) for tip in tips)


def _is_open(
    tip: Attempt, ledger: Ledger, wanted: Wanted, has_clip: bool, stale: bool, failed: bool
) -> bool:
    """Whether a slot whose last attempt is `tip` may be bought for."""
    how = standing(tip)
    if how == "abandoned":
        return False
    if request_of(ledger, tip) == wanted.request:
        return how == "released" or failed
    return stale or not has_clip


def _granted_since(when: str, attempt: Attempt) -> bool:
    return attempt.granted is not None and attempt.granted.on and attempt.granted.at >= when


def _is_waited_for(attempt: Attempt) -> bool:
    return standing(attempt) in _LIVE and not is_on(attempt, "granted")


def _own(wanted: Wanted, film: Film, ledger: Ledger) -> Sequence[Attempt]:
    """The attempts of a place in the film, under its name and all that it was bought under."""
    names = {wanted.shot.id}
    if wanted.shot.was and wanted.shot.was not in film.shots:
        names.add(wanted.shot.was)
    attempts = ledger.attempts.values()
    while True:
        before = {
            ledger.attempts[after].slot.shot
            for attempt in attempts
            if attempt.slot.shot in names and (after := attempt.known_intent.after)
            if after in ledger.attempts
        }
        more = before - names - film.shots.keys()
        if not more:
            break
        names |= more
    slot = (film.profile, wanted.take)
    return [
        attempt
        for attempt in attempts
        if attempt.slot.shot in names and (attempt.slot.profile, attempt.slot.take) == slot
    ]


def _tips(attempts: Iterable[Attempt]) -> Sequence[Attempt]:
    """Those that no other was made after; two, where two machines went on from one."""
    attempts = tuple(attempts)
    continued = {attempt.known_intent.after for attempt in attempts}
    return [attempt for attempt in attempts if attempt.id not in continued]
