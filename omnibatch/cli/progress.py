"""Progress: bars on a terminal, plain lines elsewhere; both from the same events."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Never

import click

from omnibatch.cli.saying import clean
from omnibatch.plan import Names
from omnibatch.run import Event, Kind

if TYPE_CHECKING:
    from tqdm import tqdm

__all__ = ["Progress", "ticking"]

_LINES = {
    Kind.SENDING: "sending",
    Kind.CREATED: "created task",
    Kind.FOUND: "",
    Kind.REFUSED: "refused:",
    Kind.IN_DOUBT: "unconfirmed:",
    Kind.SUCCEEDED: "rendered",
    Kind.FAILED: "failed:",
    Kind.COLLECTED: "collected",
    Kind.NOT_COLLECTED: "clip not fetched:",
    Kind.STALLED: "left for a later run:",
    Kind.WAITING: "waiting:",
    Kind.WARNING: "warning:",
    Kind.KNOWN: "not bought, since another machine has:",
    Kind.HALTED: "no more sends:",
}
# What a bar shows by moving needs no line of its own.
_SHOWN_BY_THE_BAR = frozenset({Kind.SENDING, Kind.CREATED, Kind.SUCCEEDED, Kind.COLLECTED})
_ENDS = frozenset(
    {Kind.COLLECTED, Kind.FAILED, Kind.REFUSED, Kind.IN_DOUBT, Kind.NOT_COLLECTED, Kind.STALLED}
)


class Progress:
    """Observes a run that should bring `total` slots to an end. A context manager.

    A task keeps the id that its shot had when it was bought; it is told of by today's.
    """

    def __init__(self, total: int, names: Names, *, rendering: int = 0) -> None:
        self._total = total
        self._names = names
        self._rendering = rendering
        self._bar: tqdm[Never] | None = None

    def __enter__(self) -> "Progress":
        if self._total and sys.stderr.isatty():
            from tqdm import tqdm

            self._bar = tqdm(
                total=self._total,
                file=sys.stderr,
                ncols=_columns(),
                ascii=None if _can_draw() else True,
                bar_format="{n_fmt}/{total_fmt} clips |{bar}| {elapsed}{postfix}",
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def __call__(self, event: Event) -> None:
        """Take one event in."""
        if event.kind is Kind.CREATED or event.kind is Kind.FOUND:
            self._rendering += 1
        elif event.kind in (Kind.SUCCEEDED, Kind.FAILED, Kind.STALLED):
            self._rendering = max(0, self._rendering - 1)
        if self._bar is None:
            click.echo(self._line(event), err=True)
            return
        if event.kind not in _SHOWN_BY_THE_BAR:
            self._bar.write(self._line(event), file=sys.stderr)
        self._bar.set_postfix_str(f"{self._rendering} rendering", refresh=False)
        self._bar.update(1 if event.kind in _ENDS else 0)
        self._bar.refresh()

    def _line(self, event: Event) -> str:
        parts = [
            f"{self._names.today(event.slot)}:" if event.slot is not None else "",
            _LINES.get(event.kind, event.kind.value),
            event.text,
            event.task_id or "" if event.kind is Kind.CREATED else "",
            f"({event.price})" if event.price is not None else "",
        ]
        return clean(" ".join(part for part in parts if part))

    def tick(self) -> None:
        """Redraw, so that the clock goes on while nothing happens."""
        if self._bar is not None:
            self._bar.refresh()


@asynccontextmanager
async def ticking(tick: Callable[[], None]) -> AsyncIterator[None]:
    """Call `tick` about once a second while the body runs."""

    async def work() -> None:
        while True:
            await asyncio.sleep(1)
            tick()

    # Not a task group: what stops the body is to come out as it is.
    ticker = asyncio.get_running_loop().create_task(work())
    try:
        yield
    finally:
        ticker.cancel()


def _columns() -> int:
    """The bar's width: a little less than the terminal, which shows `^C` behind it."""
    return max(20, min(100, shutil.get_terminal_size().columns - 4))


def _can_draw() -> bool:
    encoding = (sys.stderr.encoding or "ascii").lower()
    return encoding.startswith("utf")
