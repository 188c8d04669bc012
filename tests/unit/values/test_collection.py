"""The garbage collector is held back, and left as it was found."""

import gc
from collections.abc import Iterator

import pytest

from omnibatch.collection import without_collection


@pytest.fixture(autouse=True)
def _as_found() -> Iterator[None]:
    was_enabled = gc.isenabled()
    yield
    gc.unfreeze()
    (gc.enable if was_enabled else gc.disable)()


def test_nothing_is_collected_inside() -> None:
    gc.enable()
    with without_collection():
        assert not gc.isenabled()

    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    with without_collection():
        pass

    assert not gc.isenabled()


def test_what_was_made_inside_is_old_afterwards_and_not_frozen() -> None:
    gc.enable()
    gc.collect()
    with without_collection():
        made = [[number] for number in range(100_000)]
        young = gc.get_count()[0]
        assert young > 90_000

    assert gc.get_count()[0] < 10_000
    assert gc.get_freeze_count() == 0
    assert any(each is made for each in gc.get_objects(generation=2))


def test_what_others_have_frozen_stays_frozen() -> None:
    gc.enable()
    gc.freeze()
    frozen = gc.get_freeze_count()
    with without_collection():
        pass

    # What is dropped later leaves the count; nothing is thawed.
    assert gc.get_freeze_count() > frozen * 0.9
