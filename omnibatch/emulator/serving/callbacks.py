"""Callbacks: news of a task, POSTed to the address given with the create.

CometAPI sends a flat body at every change of state; apimodels.app one at the end, with
three quick repeats and then one a minute for half an hour, until it is answered 2xx.
CometAPI's page names no repeats, so it gets the quick ones only. Nothing is signed.

Only addresses on this machine are called: a rehearsal must not tell a real service about
clips that do not exist. What was pending when the emulator went down is sent after its
next start, perhaps a second time, as the providers warn.
"""

import asyncio
import ipaddress
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from omnibatch.emulator.dialects.dialect import Dialect
from omnibatch.emulator.store import Store
from omnibatch.emulator.task import Task

if TYPE_CHECKING:
    import httpx

__all__ = ["Courier"]

_TIMEOUT_S = 10.0
_LATE_PAUSES_S = (60.0,) * 30


class Courier:
    """Sends the callbacks of all tasks, each task's by an errand of its own."""

    def __init__(self, store: Store, retry_s: Sequence[float], clock: Callable[[], float]) -> None:
        self._store = store
        self._retry_s = tuple(retry_s)
        self._clock = clock
        self._errands: set[asyncio.Task[None]] = set()
        self._client: httpx.AsyncClient | None = None

    def follow(self, task: Task, dialect: Dialect, link: str) -> None:
        """Send the callbacks of `task` as it goes on; `link` opens its clip."""
        url = task.callback_url
        if url is None:
            return
        if not _is_here(url):
            self._store.count("callbacks.withheld")
            self._store.announced(task)
            return
        errand = asyncio.create_task(self._run(task, url, dialect, link))
        self._errands.add(errand)
        errand.add_done_callback(self._errands.discard)

    async def close(self) -> None:
        """Give up what is still to be sent."""
        for errand in self._errands:
            errand.cancel()
        await asyncio.gather(*self._errands, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()

    async def _run(self, task: Task, url: str, dialect: Dialect, link: str) -> None:
        pauses = self._retry_s
        if dialect.name == "apimodels":
            pauses += _LATE_PAUSES_S
        else:
            for moment in (task.created_at, task.starts_at):
                await self._until(moment)
                # The state at its change, not the one that a late callback would find.
                await self._deliver(url, dialect.callback(task, moment, link), pauses)
        if task.fate != "stick":
            await self._until(task.ends_at)
            await self._deliver(url, dialect.callback(task, task.ends_at, link), pauses)
            self._store.announced(task)

    async def _until(self, moment: float) -> None:
        await asyncio.sleep(max(0.0, moment - self._clock()))

    async def _deliver(self, url: str, document: object, pauses: Sequence[float]) -> None:
        """POST `document` until it is answered 2xx, with `pauses` between the attempts."""
        for pause in (*pauses, None):
            if await self._is_taken(url, document):
                self._store.count("callbacks.delivered")
                return
            if pause is not None:
                await asyncio.sleep(pause)
        self._store.count("callbacks.failed")

    async def _is_taken(self, url: str, document: object) -> bool:
        import httpx

        if self._client is None:
            # No certificates: it only ever calls this machine, and loading them takes long.
            self._client = httpx.AsyncClient(timeout=_TIMEOUT_S, trust_env=False, verify=False)
        try:
            response = await self._client.post(url, json=document)
        except (httpx.HTTPError, httpx.InvalidURL):
            return False
        return response.is_success


def _is_here(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
