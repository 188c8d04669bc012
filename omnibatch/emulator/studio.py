"""What all requests of one emulator share: settings, state, faults, clips and the time."""

import asyncio
import random
import time
from collections.abc import Iterable
from pathlib import Path

from starlette.requests import Request

from omnibatch.emulator import marks
from omnibatch.emulator.clips.shelf import Clips
from omnibatch.emulator.dialects.dialect import Dialect
from omnibatch.emulator.faults.fault import Fault
from omnibatch.emulator.faults.script import Script
from omnibatch.emulator.serving.callbacks import Courier
from omnibatch.emulator.serving.desk import Desk
from omnibatch.emulator.settings import Settings
from omnibatch.emulator.store import Store
from omnibatch.emulator.task import Task

__all__ = ["Studio"]


class Studio:
    """The emulator behind its HTTP face. To be made and used on the server's own loop.

    `url` is where clients reach it. `stopping` is set when it is about to close, so that
    whatever waits on purpose can stop waiting.
    """

    def __init__(self, folder: Path, settings: Settings, faults: Iterable[Fault], url: str) -> None:
        self.settings = settings
        self.script = Script(faults)
        self.stopping = asyncio.Event()
        self.store = Store(folder)
        self.clips = Clips(folder / "clips", settings)
        self.desk = Desk(self.store, settings, self.now)
        self.courier = Courier(self.store, settings.callback_retry_s, self.now)
        self._url = url
        self._random = random.Random(settings.seed)

    def wind_down(self) -> None:
        """End whatever takes time on purpose, so that open requests can be answered."""
        self.stopping.set()
        self.clips.stop()

    async def close(self) -> None:
        """Stop callbacks and encoders, and release the files."""
        self.wind_down()
        await self.courier.close()
        self.clips.close()
        self.store.close()

    def now(self) -> float:
        """Return the time in seconds since the epoch: tasks outlive the process."""
        return time.time()

    def account(self, request: Request) -> str | None:
        """Return the account that the request's bearer key opens; None if it opens none."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        key = key.strip()
        if scheme.lower() != "bearer" or not key:
            return None
        known = self.settings.accept_keys
        return marks.account_of(key) if known is None or key in known else None

    async def latency(self) -> None:
        """Wait as long as the settings say an answer takes."""
        low, high = self.settings.latency_s
        if high > 0:
            await self.pause(self._random.uniform(low, high))

    async def pause(self, seconds: float) -> None:
        """Wait for `seconds`, or until the emulator stops."""
        try:
            await asyncio.wait_for(self.stopping.wait(), seconds)
        except TimeoutError:
            return

    def link(self, task: Task) -> str:
        """Return the address of the task's clip, with the newest signature."""
        signature = marks.link_signature(self.settings.seed, task.task_id, task.signature)
        return f"{self._url}/clips/{task.task_id}.mp4?sig={signature}"

    def opens(self, task: Task, signature: str) -> bool:
        """Say whether a link with this signature still opens the task's clip."""
        if task.signature <= task.revoked:
            return False
        return signature == marks.link_signature(self.settings.seed, task.task_id, task.signature)

    def announce(self, task: Task, dialect: Dialect) -> None:
        """Have the task's callbacks sent at their times."""
        self.courier.follow(task, dialect, self.link(task))

    def resume_callbacks(self, dialects: Iterable[Dialect]) -> None:
        """Send what callbacks the tasks from before this start still have to come."""
        by_name = {dialect.name: dialect for dialect in dialects}
        for task in self.store.unannounced():
            self.announce(task, by_name[task.dialect])
