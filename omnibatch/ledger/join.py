"""The join of two copies of a ledger: commutative, associative, idempotent.

Whatever order copies meet in, and however often, the result is the same; so lockfiles
of two branches, a journal and its lockfile, or a record replayed twice all just join.
Every field is a semilattice of one of four kinds: the further state, the union of maps,
the latest mark, and, for what should never differ, the smaller canonical JSON.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from omnibatch.ledger.codec import canonical, intent_to_json, output_to_json
from omnibatch.ledger.model import Attempt, Intent, Ledger, Mark, Opening, Output, Task

__all__ = ["join_attempts", "join_ledgers", "join_openings", "join_tasks"]

K = TypeVar("K")
V = TypeVar("V")


def join_ledgers(a: Ledger, b: Ledger) -> Ledger:
    """Join two ledgers. Cost: linear in the attempts of both."""
    return Ledger(
        batch=_known_smaller(a.batch, b.batch),
        name=_known_smaller(a.name, b.name),
        # An opening is only ever lost on purpose, by its own run or with the user's word.
        open=join_openings(a.open, b.open),
        requests=_union(a.requests, b.requests, _smaller_json),
        attempts=_union(a.attempts, b.attempts, join_attempts),
    )


def join_attempts(a: Attempt, b: Attempt) -> Attempt:
    """Join two states of knowledge about one attempt (their ids must agree)."""
    if a.id != b.id:
        raise ValueError(f"BUG: {a.id} and {b.id} are different attempts")
    return Attempt(
        id=a.id,
        intent=_present(a.intent, b.intent, _smaller_intent),
        sends=_union(a.sends, b.sends, max),
        tasks=_union(a.tasks, b.tasks, join_tasks),
        refusal=_present(a.refusal, b.refusal, min),
        abandoned=_present(a.abandoned, b.abandoned, _later_mark),
        granted=_present(a.granted, b.granted, _later_mark),
        picked=_present(a.picked, b.picked, _later_mark),
    )


def join_tasks(a: Task, b: Task) -> Task:
    """The task that has come further; between equals each fact that either knows."""
    if a.state != b.state:
        return a if a.state > b.state else b
    return Task(
        state=a.state,
        error=_known_smaller(a.error, b.error),
        output=_present(a.output, b.output, _smaller_output),
        finished_at=_known_smaller(a.finished_at, b.finished_at),
    )


def join_openings(a: Opening | None, b: Opening | None) -> Opening | None:
    """Neither is forgotten: each stands for purchases that may be in no lockfile yet.

    The later time counts, since what was decided before may be used up.
    """
    if a is None or b is None:
        return a or b
    return Opening("+".join(sorted(a.writers | b.writers)), max(a.since, b.since))


def _smaller_output(a: Output, b: Output) -> Output:
    return min(a, b, key=lambda output: canonical(output_to_json(output)))


def _smaller_intent(a: Intent, b: Intent) -> Intent:
    return min(a, b, key=lambda intent: canonical(intent_to_json(intent)))


def _smaller_json(a: Mapping[str, Any], b: Mapping[str, Any]) -> Mapping[str, Any]:
    # Not `==`, by which 1 is 1.0 and the join would depend on the order.
    return a if a is b or repr(a) == repr(b) else min(a, b, key=canonical)


def _later_mark(a: Mark, b: Mark) -> Mark:
    return max(a, b)


def _known_smaller(a: str, b: str) -> str:
    return min(a, b) if a and b else a or b


def _present(a: V | None, b: V | None, join: Callable[[V, V], V]) -> V | None:
    """Join two values of which None is the least."""
    if a is None or b is None:
        return b if a is None else a
    return a if a is b or a == b else join(a, b)


def _union(a: Mapping[K, V], b: Mapping[K, V], join: Callable[[V, V], V]) -> Mapping[K, V]:
    """Union of two maps, joining what both hold; neither is changed."""
    if a is b or not b:
        return a
    if not a:
        return b
    merged = dict(a)
    for key, value in b.items():
        held = merged.get(key)
        if held is not value:
            merged[key] = value if held is None else join(held, value)
    return merged
