"""The clips: made when first asked for, kept as files, each made once.

Encoding happens on threads of its own, so that the server goes on answering. A file gets
its name when it is whole; what a killed emulator left half-made is swept at the start.
"""

import asyncio
import hashlib
import os
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from omnibatch.emulator.settings import Settings
from omnibatch.emulator.task import Task

__all__ = ["Clips", "ClipsClosed"]

_LOOK = "1"
"""Goes into every clip's key: raise it when clips come to look different."""

_SMALL_SIDE = 160
_SMALL_FPS = 6
_FULL_FPS = 24


class ClipsClosed(Exception):
    """The emulator is stopping; this clip will not be made."""


class Clips:
    """The clips of one emulator, in `folder`."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for left_over in folder.glob("*.part"):
            left_over.unlink(missing_ok=True)
        self._folder = folder
        self._seed = settings.seed
        self._small = settings.clip == "small"
        self._titles: Mapping[str, str] = settings.titles
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="emulator-clip")
        self._making: dict[Path, asyncio.Future[None]] = {}

    async def read(self, task: Task) -> bytes:
        """Return the bytes of a task's clip, making it if need be.

        Raise `ClipsClosed` if the emulator stops before it is whole.
        """
        title = self._title(task)
        traits = (_LOOK, self._seed, task.digest, task.copy, title, self._small)
        name = hashlib.sha256(repr(traits).encode()).hexdigest()
        path = self._folder / f"{name[:32]}.mp4"
        if not path.exists():
            await self._made(path, task, title, int(name[-4:], 16) / 0x10000)
        return path.read_bytes()

    def stop(self) -> None:
        """Have every clip that is being made given up, within a frame's time."""
        self._stop.set()

    def close(self) -> None:
        """Stop, and wait for the threads."""
        self.stop()
        self._pool.shutdown(wait=True, cancel_futures=True)

    async def _made(self, path: Path, task: Task, title: str, hue: float) -> None:
        making = self._making.get(path)
        if making is None:
            loop = asyncio.get_running_loop()
            making = loop.run_in_executor(self._pool, self._make, path, task, title, hue)
            self._making[path] = making
            making.add_done_callback(lambda _: self._making.pop(path, None))
        # Several downloads may wait for one clip; one of them giving up must not end it.
        await asyncio.shield(making)

    def _make(self, path: Path, task: Task, title: str, hue: float) -> None:
        from omnibatch.emulator.clips.card import draw_card
        from omnibatch.emulator.clips.encode import write_clip

        if self._stop.is_set():
            raise ClipsClosed
        width, height, fps = task.width, task.height, _FULL_FPS
        if self._small:
            short = min(width, height)
            width, height = (_even(side * _SMALL_SIDE / short) for side in (width, height))
            fps = _SMALL_FPS
        foot = f"{task.model}  {task.mode}  {task.seconds} s  render {task.copy}"
        card = draw_card(
            width=width, height=height, title=title, prompt=task.prompt, foot=foot, hue=hue
        )
        part = path.with_suffix(".part")
        if not write_clip(part, card, fps=fps, seconds=task.seconds, stop=self._stop):
            raise ClipsClosed
        part.replace(path)

    def _title(self, task: Task) -> str:
        by_id = self._titles.get(task.external_id or "")
        return by_id or self._titles.get(task.prompt) or task.external_id or "placeholder"


def _even(side: float) -> int:
    return round(side / 2) * 2
