"""Queues of values: in order of time, ended when nothing can come, and cheap to wait in."""

import tracemalloc

import anyio
import pytest
import trio

from omnibatch.run.agenda import Agenda, Changed

from .lab import on_virtual_clock


def test_items_come_in_order_of_their_time_and_not_before_it() -> None:
    taken = []

    async def main() -> None:
        agenda: Agenda[str] = Agenda()
        for name, due in (("late", 30.0), ("soon", 10.0), ("between", 20.0)):
            agenda.add(name, due=due)
        while (name := await agenda.take()) is not None:
            taken.append((name, anyio.current_time()))
            agenda.done()

    on_virtual_clock(main)

    assert taken == [("soon", 10.0), ("between", 20.0), ("late", 30.0)]


def test_items_due_at_once_come_in_the_order_they_were_added() -> None:
    async def main() -> list[int | None]:
        agenda: Agenda[int] = Agenda()
        for number in range(5):
            agenda.add(number, due=0)
        return [await agenda.take() for _ in range(5)]

    assert on_virtual_clock(main) == [0, 1, 2, 3, 4]


def test_an_earlier_item_added_meanwhile_wakes_who_waits_for_a_later_one() -> None:
    async def main() -> tuple[str | None, float]:
        agenda: Agenda[str] = Agenda()
        agenda.add("later", due=100)

        async def add() -> None:
            await anyio.sleep(5)
            agenda.add("sooner", due=10)

        async with anyio.create_task_group() as group:
            group.start_soon(add)
            return await agenda.take(), anyio.current_time()

    assert on_virtual_clock(main) == ("sooner", 10.0)


def test_an_empty_queue_with_nobody_to_add_ends_all_who_wait() -> None:
    ended = []

    async def main() -> None:
        agenda: Agenda[int] = Agenda()
        agenda.expect()

        async def work() -> None:
            ended.append(await agenda.take())

        async with anyio.create_task_group() as group:
            for _ in range(8):
                group.start_soon(work)
            await anyio.sleep(50)
            assert ended == []
            agenda.finish()

    on_virtual_clock(main)

    assert ended == [None] * 8


def test_a_taken_item_may_still_bring_others_so_nobody_leaves() -> None:
    taken = []

    async def main() -> None:
        agenda: Agenda[int] = Agenda()
        agenda.add(3, due=0)

        async def work() -> None:
            while (number := await agenda.take()) is not None:
                await anyio.sleep(10)
                if number:
                    agenda.add(number - 1, due=anyio.current_time())
                    agenda.add(number - 1, due=anyio.current_time())
                taken.append(number)
                agenda.done()

        async with anyio.create_task_group() as group:
            for _ in range(4):
                group.start_soon(work)

    on_virtual_clock(main)

    assert sorted(taken) == [0] * 8 + [1] * 4 + [2] * 2 + [3]


def test_no_item_is_lost_and_none_comes_twice_with_many_at_both_ends() -> None:
    taken: list[int] = []

    async def main() -> None:
        agenda: Agenda[int] = Agenda()

        async def add(start: int) -> None:
            for number in range(start, start + 100):
                await anyio.sleep(0.1 + number % 7)
                agenda.add(number, due=anyio.current_time() + number % 11)
            agenda.finish()

        async def work() -> None:
            while (number := await agenda.take()) is not None:
                taken.append(number)
                await anyio.sleep(number % 5)
                agenda.done()

        async with anyio.create_task_group() as group:
            for start in range(0, 1000, 100):
                agenda.expect()
                group.start_soon(add, start)
            for _ in range(3):
                group.start_soon(work)

    on_virtual_clock(main)

    assert sorted(taken) == list(range(1000))


def test_a_hundred_thousand_waiting_items_cost_no_task_and_little_memory() -> None:
    async def main() -> tuple[int, int]:
        agenda: Agenda[int] = Agenda()
        before = trio.lowlevel.current_statistics().tasks_living
        tracemalloc.start()
        for number in range(100_000):
            agenda.add(number, due=1000.0)
        used, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return trio.lowlevel.current_statistics().tasks_living - before, used

    tasks, used = on_virtual_clock(main)

    assert tasks == 0
    assert used / 100_000 < 250  # bytes; a task is some 6,000


def test_everybody_who_waits_is_woken_by_one_change() -> None:
    woken = []

    async def main() -> None:
        changed = Changed()

        async def wait() -> None:
            await changed.wait()
            woken.append(anyio.current_time())

        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(wait)
            await anyio.sleep(7)
            changed.tell()

    on_virtual_clock(main)

    assert woken == [7.0] * 3


def test_a_wait_ends_after_its_seconds_without_any_change() -> None:
    async def main() -> float:
        await Changed().wait(12)
        return anyio.current_time()

    assert on_virtual_clock(main) == pytest.approx(12)
