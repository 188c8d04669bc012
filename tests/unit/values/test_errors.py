"""Exit codes are a contract, and every error that stops a command has one."""

from itertools import pairwise

import pytest

from omnibatch import errors
from omnibatch.errors import Exit, OmnibatchError

STOPPING = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, OmnibatchError)
]


def test_exit_codes_are_these() -> None:
    assert {code.name: code.value for code in Exit} == {
        "DONE": 0,
        "FAILED": 1,
        "USAGE": 2,
        "PROBLEMS": 3,
        "DECISION": 4,
        "ACCOUNT": 5,
        "BUDGET": 6,
        "LEDGER": 7,
        "CONSENT": 8,
        "STOPPED": 9,
        "CHECK": 10,
        "BUG": 70,
        "INTERRUPTED": 130,
        "TERMINATED": 143,
    }


def test_where_several_apply_the_order_is_that_of_the_design() -> None:
    """70, 130 or 143, 7, 5, 6, 4, 9, 8, 1; a manifest with problems goes before a decision."""
    order = [
        *(Exit.BUG, Exit.INTERRUPTED, Exit.TERMINATED, Exit.LEDGER, Exit.ACCOUNT, Exit.BUDGET),
        *(Exit.PROBLEMS, Exit.DECISION, Exit.STOPPED, Exit.CONSENT, Exit.FAILED, Exit.DONE),
    ]

    for worse, better in pairwise(order):
        assert Exit.worst({worse, better}) is worse
    assert Exit.worst(set(order)) is Exit.BUG


def test_nothing_wrong_is_done() -> None:
    assert Exit.worst(set()) is Exit.DONE


@pytest.mark.parametrize("code", [code for code in Exit if code not in (Exit.USAGE, Exit.CHECK)])
def test_one_code_alone_is_itself(code: Exit) -> None:
    assert Exit.worst({code}) is code


@pytest.mark.parametrize("kind", STOPPING)
def test_an_error_carries_what_happened_and_what_to_do(kind: type[OmnibatchError]) -> None:
    error = kind("it is gone", "bring it back")

    assert (error.message, error.hint, str(error)) == ("it is gone", "bring it back", "it is gone")
    assert error.exit_code in Exit


def test_whatever_is_wrong_with_a_ledger_has_one_code() -> None:
    kinds = [kind for kind in STOPPING if issubclass(kind, errors.LedgerError)]

    assert len(kinds) > 4
    assert {kind.exit_code for kind in kinds} == {Exit.LEDGER}
