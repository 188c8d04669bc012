"""A provider without a network: scripted, counted, and on the clock of whatever loop runs.

It speaks apimodels' and CometAPI's JSON, so that the real readers read it. What it does
is held to what the real wire does at the real emulator by `test_wire_contract.py`.
"""

import hashlib
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import anyio

from omnibatch.endpoints import Account
from omnibatch.providers import Request, Response
from omnibatch.wire import Fetched, Lost, NotFetched, NotSent

APIMODELS = "/api/v1/video/generations"
COMET = "/kling/v1/videos/omni-video"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepts:
    """Make a task: it ends after `render_s` (None: never), well, or failed with `fails`."""

    render_s: float | None = 0.0
    fails: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Make nothing, and answer this."""

    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drops:
    """Lose the reply, with the work done (`made`) or not."""

    made: bool


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Refuse the connection."""


Step = Accepts | Answers | Drops | Unreachable
Asked = Answers | Drops | Unreachable | None
WAIT = Answers(status=429, body={"code": 429, "msg": "Too many requests"})
NO_KEY = Answers(status=401, body={"code": 401, "msg": "Invalid token"})
REFUSED = Answers(status=400, body={"code": 400, "msg": "The request was refused"})
BROKEN = Answers(status=502)
REDIRECT = Answers(status=307, headers={"location": "https://elsewhere.example/x"})
DOWN = Unreachable()
LOST = Drops(made=False)
LOST_AFTER = Drops(made=True)


@dataclass(slots=True, kw_only=True)
class Created:
    """One POST as the provider saw it, with the virtual seconds of its start and end.

    `at_once` counts what was under way when it came: running tasks, other POSTs, itself.
    """

    prompt: str
    external_id: str | None
    began_at: float
    at_once: int
    ended_at: float = -1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One task as the provider keeps it."""

    task_id: str
    external_id: str | None
    prompt: str
    key: str
    made_at: float
    ends_at: float
    fails: str


class FakeWire:
    """Implements `omnibatch.wire.Wire`. Scripts are used up step by step; then all is well."""

    def __init__(self, clip: bytes, *, render_s: float = 0.0, latency_s: float = 0.0) -> None:
        self.clip = clip
        self.render_s = render_s
        self.latency_s = latency_s
        self.create_script: deque[Step] = deque()
        self.ask_script: deque[Asked | Callable[[Request], Asked]] = deque()
        self.fetch_script: deque[NotFetched | bytes | None] = deque()
        self.after_script: Step | None = None
        self.accept_keys: frozenset[str] | None = None
        self.parallel: int | None = None
        self.lookup_lag_s = 0.0
        self.can_look_up = True
        self.at_create: Callable[[Account, Request], None] = lambda account, request: None
        self.creates: list[Created] = []
        self.tasks: dict[str, Made] = {}
        self.asks: list[tuple[float, str]] = []
        self.dialled: list[tuple[str, str]] = []
        self.fetches: list[tuple[str, Path, bool]] = []
        self.forgotten = 0
        self._sending = 0

    async def create(self, account: Account, request: Request) -> Response | NotSent | Lost:
        """See `Wire`."""
        self.at_create(account, request)
        body = json.loads(request.body or b"")
        self._sending += 1
        seen = Created(
            prompt=body["prompt"],
            external_id=body.get("external_task_id"),
            began_at=anyio.current_time(),
            at_once=self._sending + self._running(),
        )
        self.creates.append(seen)
        await anyio.sleep(self.latency_s)
        self._sending -= 1
        seen.ended_at = anyio.current_time()
        step = self.create_script.popleft() if self.create_script else self.after_script
        if isinstance(step, Unreachable):
            return NotSent(reason="ConnectError: refused")
        if isinstance(step, Answers):
            return _response(step)
        if isinstance(step, Drops) and not step.made:
            return Lost(reason="ReadError: cut")
        refusal = self._refusal(account, request)
        if refusal is not None:
            return refusal
        step_after = step if isinstance(step, Accepts) else Accepts(render_s=self.render_s)
        task = self._make(seen, account, step_after)
        if isinstance(step, Drops):
            return Lost(reason="ReadError: cut")
        return _response(Answers(status=200, body=_created(request.path, task)))

    async def ask(self, account: Account, request: Request) -> Response | NotSent | Lost:
        """See `Wire`."""
        self.asks.append((anyio.current_time(), request.query.get("task_id", request.path)))
        self.dialled.append((account.endpoint.base_url, account.name))
        await anyio.sleep(self.latency_s)
        step = self.ask_script.popleft() if self.ask_script else None
        if callable(step):
            step = step(request)
        match step:
            case Unreachable():
                return NotSent(reason="ConnectError: refused")
            case Drops():
                return Lost(reason="ReadError: cut")
            case Answers():
                return _response(step)
        if self._stranger(account):
            return _response(_unauthorized(request.path))
        key = account.key.reveal()
        found = self._find(request, key)
        if found is None or found.key != key:
            return _response(_not_found(request.path))
        return _response(Answers(status=200, body=_status(request.path, found)))

    async def fetch(self, url: str, part: Path, *, loopback: bool) -> Fetched | NotFetched:
        """See `Wire`."""
        self.fetches.append((url, part, loopback))
        step = self.fetch_script.popleft() if self.fetch_script else None
        if isinstance(step, NotFetched):
            return step
        task = self.tasks[url.rpartition("/")[2].removesuffix(".mp4")]
        content = self.clip_of(task.task_id) if step is None else step
        part.parent.mkdir(parents=True, exist_ok=True)
        with open(part, "wb", buffering=0) as file:
            file.write(content[: len(content) // 2])
            await anyio.sleep(self.latency_s)  # a real download takes time, file in hand
            file.write(content[len(content) // 2 :])
        return Fetched(bytes=len(content), sha256=hashlib.sha256(content).hexdigest())

    def forget_connections(self) -> None:
        """See `Wire`."""
        self.forgotten += 1

    def clip_of(self, task_id: str) -> bytes:
        """The clip of a task: no two are the same, and all are whole MP4 files."""
        words = task_id.encode()
        return self.clip + (8 + len(words)).to_bytes(4, "big") + b"free" + words

    @property
    def most_at_once(self) -> int:
        """The most that was ever under way."""
        return max(create.at_once for create in self.creates)

    @property
    def prompts_made(self) -> list[str]:
        """The prompt of every task, in order: what was paid for."""
        return [task.prompt for task in self.tasks.values()]

    def _running(self) -> int:
        now = anyio.current_time()
        return sum(task.ends_at > now for task in self.tasks.values())

    def _stranger(self, account: Account) -> bool:
        return self.accept_keys is not None and account.key.reveal() not in self.accept_keys

    def _refusal(self, account: Account, request: Request) -> Response | None:
        if self._stranger(account):
            return _response(_unauthorized(request.path))
        if self.parallel is not None and self._running() >= self.parallel:
            return _response(_too_many(request.path))
        return None

    def _make(self, seen: Created, account: Account, step: Accepts) -> Made:
        now = anyio.current_time()
        task = Made(
            task_id=f"88{len(self.tasks):06d}",
            external_id=seen.external_id,
            prompt=seen.prompt,
            key=account.key.reveal(),
            made_at=now,
            ends_at=float("inf") if step.render_s is None else now + step.render_s,
            fails=step.fails,
        )
        self.tasks[task.task_id] = task
        return task

    def _find(self, request: Request, key: str) -> Made | None:
        named = request.query.get("task_id") or unquote(request.path.rpartition("/")[2])
        if named in self.tasks or request.path == APIMODELS or not self.can_look_up:
            return self.tasks.get(named)
        visible = anyio.current_time() - self.lookup_lag_s
        ours = (task for task in self.tasks.values() if task.key == key)
        return next((t for t in ours if t.external_id == named and t.made_at <= visible), None)


def _response(step: Answers) -> Response:
    body = b"" if step.body is None else json.dumps(step.body).encode()
    return Response(status=step.status, headers=dict(step.headers), body=body)


def _created(path: str, task: Made) -> object:
    if path == APIMODELS:
        return {"code": 200, "msg": "success", "data": {"taskId": task.task_id, "state": "pending"}}
    info = {"external_task_id": task.external_id}
    data = {"task_id": task.task_id, "task_status": "submitted", "task_info": info}
    return {"code": 0, "message": "SUCCEED", "data": data}


def _status(path: str, task: Made) -> object:
    ended = anyio.current_time() >= task.ends_at
    url = f"https://clips.example/{task.task_id}.mp4"
    if path == APIMODELS:
        state = ("failed" if task.fails else "completed") if ended else "processing"
        data: dict[str, object] = {"taskId": task.task_id, "state": state}
        if state == "completed":
            data["resultUrls"] = [url]
        if state == "failed":
            data["failMsg"] = task.fails
        return {"code": 200, "msg": "success", "data": data}
    state = ("failed" if task.fails else "succeed") if ended else "processing"
    data = {
        "task_id": task.task_id,
        "task_status": state,
        "task_info": {"external_task_id": task.external_id},
        "task_result": {"videos": [{"url": url}]} if state == "succeed" else {},
    }
    if state == "failed":
        data["task_status_msg"] = task.fails
    return {"code": 0, "message": "SUCCEED", "data": data}


def _error(path: str, status: int, code: int, words: str) -> Answers:
    if path == APIMODELS:
        return Answers(status=status, body={"code": status, "msg": words})
    return Answers(status=status, body={"code": code, "message": words})


def _unauthorized(path: str) -> Answers:
    return _error(path, 401, 1000, "Invalid token")


def _too_many(path: str) -> Answers:
    return _error(path, 429, 1303, "parallel task over resource pack limit")


def _not_found(path: str) -> Answers:
    return _error(path, 404, 1203, "Task not found")
