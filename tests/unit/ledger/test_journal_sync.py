"""Group commit: many waits, few syncs; and one that fails ends them all."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from omnibatch.errors import LedgerUnwritable
from omnibatch.ledger.journal import Journal, sync_in_thread

pytestmark = pytest.mark.anyio

RECORD = {"requests": {}}


class Disk:
    """A sync that counts, takes a while, and fails from the `fails_at`-th on."""

    def __init__(self, fails_at: int = 0) -> None:
        self.syncs = 0
        self.begun = anyio.Event()
        self.fails_at = fails_at

    async def __call__(self, fd: int) -> None:
        self.syncs += 1
        self.begun.set()
        await anyio.sleep(0.01)
        if self.fails_at and self.syncs >= self.fails_at:
            raise OSError(5, os.strerror(5))


def open_journal(folder: Path, sync: Callable[[int], Awaitable[None]]) -> Journal:
    journal, _ = Journal.open(folder / "j", batch="b-aaaaaaaa", writer="aaaaaaaa", sync=sync)
    return journal


async def test_many_waits_make_few_syncs(tmp_path: Path) -> None:
    disk = Disk()
    journal = open_journal(tmp_path, disk)
    done = []

    async def record(number: int) -> None:
        await anyio.lowlevel.checkpoint()
        await journal.durable(journal.append([RECORD]))
        done.append(number)

    async with anyio.create_task_group() as group:
        for number in range(200):
            group.start_soon(record, number)
    journal.close()

    assert len(done) == 200
    assert disk.syncs <= 4


async def test_a_record_made_during_a_sync_waits_for_the_next(tmp_path: Path) -> None:
    disk = Disk()
    journal = open_journal(tmp_path, disk)
    async with anyio.create_task_group() as group:
        group.start_soon(journal.durable, journal.append([RECORD]))
        await disk.begun.wait()
        await journal.durable(journal.append([RECORD]))
    journal.close()

    assert disk.syncs == 2


async def test_what_is_durable_already_is_not_synced_again(tmp_path: Path) -> None:
    disk = Disk()
    journal = open_journal(tmp_path, disk)
    position = journal.append([RECORD])
    await journal.durable(position)
    await journal.durable(position)
    journal.close()

    assert disk.syncs == 1


async def test_a_failed_sync_fails_every_wait_and_is_never_tried_again(tmp_path: Path) -> None:
    disk = Disk(fails_at=1)
    journal = open_journal(tmp_path, disk)
    failed = []

    async def record() -> None:
        try:
            await journal.durable(journal.append([RECORD]))
        except LedgerUnwritable as error:
            failed.append(error)

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(record)
    size = (tmp_path / "j").stat().st_size
    with pytest.raises(LedgerUnwritable):
        journal.append([RECORD])
    with pytest.raises(LedgerUnwritable):
        await journal.durable(10**9)
    journal.close()

    assert len(failed) == 20
    assert disk.syncs == 1
    assert (tmp_path / "j").stat().st_size == size


async def test_a_wait_that_is_cancelled_leaves_the_others_to_go_on(tmp_path: Path) -> None:
    disk = Disk()
    journal = open_journal(tmp_path, disk)
    done = []

    async def record() -> None:
        await journal.durable(journal.append([RECORD]))
        done.append(True)

    async with anyio.create_task_group() as group:
        with anyio.move_on_after(0.001):
            await journal.durable(journal.append([RECORD]))
        group.start_soon(record)
        group.start_soon(record)
    journal.close()

    assert done == [True, True]


async def test_the_real_sync_makes_records_durable(tmp_path: Path) -> None:
    journal = open_journal(tmp_path, sync_in_thread)
    await journal.durable(journal.append([RECORD]))
    journal.close()


async def test_the_real_sync_of_a_closed_file_breaks_the_journal(tmp_path: Path) -> None:
    journal = open_journal(tmp_path, sync_in_thread)
    position = journal.append([RECORD])
    journal.close()

    with pytest.raises(LedgerUnwritable):
        await journal.durable(position)
