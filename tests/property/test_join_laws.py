"""Any two copies of a ledger have one join, whatever order they meet in."""

from hypothesis import given
from hypothesis import strategies as st

from omnibatch.ledger import Attempt, AttemptId, Ledger, Opening, SendState, Task, encode_lockfile
from omnibatch.ledger.codec import attempt_to_json, canonical
from omnibatch.ledger.join import join_attempts, join_ledgers, join_openings, join_tasks

from .strategies import attempts, ledgers, openings, steady, tasks

ONE = AttemptId("ob-" + "a" * 26)
ones = attempts(st.just(ONE))


def spelled(attempt: Attempt) -> str:
    """Bytes, not `==`: what is compared in git."""
    return canonical(attempt_to_json(attempt))


@steady
@given(tasks, tasks, tasks)
def test_tasks_join_in_any_order_and_any_number_of_times(a: Task, b: Task, c: Task) -> None:
    assert join_tasks(a, b) == join_tasks(b, a)
    assert join_tasks(join_tasks(a, b), c) == join_tasks(a, join_tasks(b, c))
    assert join_tasks(a, a) == a


@steady
@given(ones, ones, ones)
def test_attempts_join_in_any_order_and_any_number_of_times(
    a: Attempt, b: Attempt, c: Attempt
) -> None:
    both = join_attempts(a, b)

    assert spelled(both) == spelled(join_attempts(b, a))
    assert spelled(join_attempts(both, c)) == spelled(join_attempts(a, join_attempts(b, c)))
    assert join_attempts(a, a) == a
    assert join_attempts(both, a) == both == join_attempts(both, b)


@steady
@given(ledgers(), ledgers(), ledgers())
def test_ledgers_join_in_any_order_and_any_number_of_times(a: Ledger, b: Ledger, c: Ledger) -> None:
    both = join_ledgers(a, b)

    assert encode_lockfile(both) == encode_lockfile(join_ledgers(b, a))
    assert encode_lockfile(join_ledgers(both, c)) == encode_lockfile(
        join_ledgers(a, join_ledgers(b, c))
    )
    assert join_ledgers(a, a) == a
    assert encode_lockfile(join_ledgers(both, a)) == encode_lockfile(both)


@steady
@given(ones, ones)
def test_a_join_moves_no_send_and_no_task_back(a: Attempt, b: Attempt) -> None:
    both = join_attempts(a, b)

    for part in (a, b):
        assert all(both.sends[key] >= state for key, state in part.sends.items())
        assert all(both.tasks[key].state >= task.state for key, task in part.tasks.items())
    assert set(both.sends) == {*a.sends, *b.sends}
    assert set(both.tasks) == {*a.tasks, *b.tasks}


@steady
@given(ones, ones)
def test_a_join_forgets_no_doubt_that_nobody_answered(a: Attempt, b: Attempt) -> None:
    both = join_attempts(a, b)

    for key, state in a.sends.items():
        if state < SendState.NOT_CREATED and key not in b.sends:
            assert both.sends[key] == state


@steady
@given(tasks, tasks)
def test_a_join_of_tasks_as_far_keeps_every_kind_of_fact(a: Task, b: Task) -> None:
    both = join_tasks(a, b)

    if a.state == b.state:
        assert (both.output is None) == (a.output is None and b.output is None)
        assert bool(both.error) == bool(a.error or b.error)
        assert bool(both.finished_at) == bool(a.finished_at or b.finished_at)


@steady
@given(st.none() | openings, st.none() | openings)
def test_a_join_forgets_no_run_that_was_left_open(a: Opening | None, b: Opening | None) -> None:
    both = join_openings(a, b)
    held = both.writers if both else frozenset()

    assert held == (a.writers if a else frozenset()) | (b.writers if b else frozenset())
