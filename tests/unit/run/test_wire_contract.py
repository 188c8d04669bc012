"""One contract, kept by the fake wire and by the real one at the real emulator.

Whatever the other tests of this folder build on must be true of both.
"""

import hashlib
import socket
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import anyio
import pytest

from omnibatch.emulator import Emulator, Fault, Settings
from omnibatch.endpoints import Account, Endpoint
from omnibatch.media import ClipFacts, probe_clip
from omnibatch.providers import (
    CreateReply,
    LookupReply,
    Provider,
    Response,
    StatusReply,
    Verdict,
    provider_named,
)
from omnibatch.wire import Fetched, HttpWire, Lost, NotFetched, NotSent, Wire

from .fake import DOWN, LOST, LOST_AFTER, Accepts, Answers, Drops, FakeWire, Step
from .lab import a_shot, an_account


@dataclass(slots=True, kw_only=True)
class Stand:
    """One wire, one provider at its other end, and words for what a run does with them."""

    wire: Wire
    account: Account
    provider: Provider
    attempts: int = 0

    async def create(self, account: Account | None = None) -> CreateReply | NotSent | Lost:
        """One create, read as a run reads it."""
        self.attempts += 1
        shot = a_shot("contract", model="kling-v3-omni")
        request = self.provider.create_request(shot, self.attempt_id, {})
        response = await self.wire.create(account or self.account, request)
        return self.provider.read_created(response) if isinstance(response, Response) else response

    @property
    def attempt_id(self) -> str:
        """The external id of the last create."""
        return f"ob-{self.attempts:026d}"

    async def created(self) -> str:
        """A create that must be accepted; its task id."""
        reply = await self.create()
        assert isinstance(reply, CreateReply)
        assert reply.task_id is not None
        return reply.task_id

    async def status(self, task_id: str, account: Account | None = None) -> StatusReply:
        """One query, read as a run reads it."""
        request = self.provider.query_request(task_id)
        response = await self.wire.ask(account or self.account, request)
        assert isinstance(response, Response)
        return self.provider.read_status(response)

    async def look_up(self) -> LookupReply:
        """Ask for the task of the last create."""
        request = self.provider.lookup_request(self.attempt_id)
        assert request is not None
        response = await self.wire.ask(self.account, request)
        assert isinstance(response, Response)
        return self.provider.read_lookup(response, self.attempt_id)

    async def until_over(self, task_id: str) -> StatusReply:
        """Ask until the task is at its end."""
        with anyio.fail_after(10):
            while (reply := await self.status(task_id)).phase == "running":  # noqa: ASYNC110
                await anyio.sleep(0.01)
        return reply


Play = Callable[[Callable[[Stand], Awaitable[None]]], None]
Make = Callable[..., Play]
RATE_LIMIT = Answers(status=429, headers={"retry-after": "7"})
REDIRECT = Answers(status=307, headers={"location": "http://127.0.0.1:9/elsewhere"})
BROKEN = Answers(status=502, body="<html>bad gateway</html>")
GARBAGE = Answers(status=200, body="no task at all")


@pytest.fixture(params=["fake", "http"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["apimodels", "cometapi"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def make(kind: str, name: str, clip: bytes, tmp_path: Path) -> Iterator[Make]:
    """Set a stand up: `make(create=..., ask=..., render_s=..., keys=...)`, then play on it."""
    emulators: list[Emulator] = []

    def make(
        *,
        create: Step | None = None,
        ask: Answers | Drops | None = None,
        render_s: float = 0.0,
        keys: tuple[str, ...] | None = None,
        parallel: int | None = None,
    ) -> Play:
        account = an_account(name)
        if kind == "http":
            faults = [*_fault("create", create), *_fault("query", ask)]
            settings = Settings(
                clip="small",
                render_s=(render_s, render_s),
                queue_s=0.0,
                accept_keys=keys,
                parallel=parallel,
            )
            emulator = Emulator(tmp_path / "state", settings, faults)
            emulator.start()
            emulators.append(emulator)
            account = replace(account, endpoint=Endpoint.at(emulator.url))

        def play(script: Callable[[Stand], Awaitable[None]]) -> None:
            async def main() -> None:
                provider = provider_named(name)
                if kind == "http":
                    async with HttpWire() as wire:
                        await script(Stand(wire=wire, account=account, provider=provider))
                    return
                fake = FakeWire(clip, render_s=render_s)
                fake.create_script.extend([] if create is None else [create])
                fake.ask_script.extend([] if ask is None else [ask])
                fake.accept_keys = None if keys is None else frozenset(keys)
                fake.parallel = parallel
                await script(Stand(wire=fake, account=account, provider=provider))

            anyio.run(main)

        return play

    yield make
    for emulator in emulators:
        emulator.stop()


def _fault(on: Literal["create", "query"], step: Step | None) -> list[Fault]:
    """What makes the emulator do what the fake does at this step."""
    match step:
        case None:
            return []
        case Drops(made=made):
            return [Fault(on=on, do="drop_after" if made else "drop_before", times=1)]
        case Accepts(fails=words) if words:
            return [Fault(on=on, do="fail_task", message=words, times=1)]
        case Answers(status=status, headers=headers):
            body = "" if step.body is None else f'"{step.body}"'
            return [Fault(on=on, do="answer", status=status, body=body, headers=headers, times=1)]
    raise AssertionError(step)


def test_a_create_makes_a_task_that_runs_and_then_has_a_clip(make: Make, tmp_path: Path) -> None:
    async def script(stand: Stand) -> None:
        task_id = await stand.created()
        assert (await stand.status(task_id)).phase == "running"
        done = await stand.until_over(task_id)
        assert done.phase == "succeeded"
        assert len(done.urls) == 1

    make(render_s=0.3)(script)


def test_a_clip_is_fetched_whole_with_its_size_and_hash(make: Make, tmp_path: Path) -> None:
    async def script(stand: Stand) -> None:
        done = await stand.until_over(await stand.created())
        part = tmp_path / "deep" / "clip.part"
        fetched = await stand.wire.fetch(done.urls[0], part, loopback=True)
        content = part.read_bytes()
        assert fetched == Fetched(bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
        assert isinstance(probe_clip(part), ClipFacts)

    make()(script)


def test_two_tasks_have_two_ids_and_two_clips(make: Make, tmp_path: Path) -> None:
    async def script(stand: Stand) -> None:
        hashes = set()
        for number in range(2):
            done = await stand.until_over(await stand.created())
            part = tmp_path / f"{number}.part"
            fetched = await stand.wire.fetch(done.urls[0], part, loopback=True)
            assert isinstance(fetched, Fetched)
            hashes.add(done.urls[0])
        assert len(hashes) == 2

    make()(script)


def test_a_failed_task_says_why(make: Make) -> None:
    async def script(stand: Stand) -> None:
        done = await stand.until_over(await stand.created())
        assert (done.phase, done.error) == ("failed", "too dark")

    make(create=Accepts(fails="too dark"))(script)


def test_a_task_that_nobody_made_is_missing(make: Make) -> None:
    async def script(stand: Stand) -> None:
        assert (await stand.status("880000999")).phase == "missing"

    make()(script)


def test_another_accounts_task_is_missing(make: Make) -> None:
    async def script(stand: Stand) -> None:
        task_id = await stand.created()
        other = replace(
            an_account(stand.account.provider, key="another-key"),
            endpoint=stand.account.endpoint,
        )
        assert (await stand.status(task_id, other)).phase == "missing"

    make()(script)


def test_too_many_running_tasks_mean_wait(make: Make) -> None:
    async def script(stand: Stand) -> None:
        await stand.created()
        reply = await stand.create()
        assert isinstance(reply, CreateReply)
        assert reply.verdict is Verdict.WAIT

    make(render_s=60, parallel=1)(script)


def test_a_strange_key_is_refused_for_creates_and_queries(make: Make) -> None:
    async def script(stand: Stand) -> None:
        reply = await stand.create()
        assert isinstance(reply, CreateReply)
        assert reply.verdict is Verdict.ACCOUNT
        assert (await stand.status("880000999")).phase == "account"

    make(keys=("another-key",))(script)


def test_retry_after_comes_through(make: Make) -> None:
    async def script(stand: Stand) -> None:
        reply = await stand.create()
        assert isinstance(reply, CreateReply)
        assert (reply.verdict, reply.retry_after_s) == (Verdict.WAIT, 7)

    make(create=RATE_LIMIT)(script)


def test_a_redirect_is_told_and_not_followed(make: Make) -> None:
    async def script(stand: Stand) -> None:
        reply = await stand.create()
        assert isinstance(reply, CreateReply)
        assert reply.verdict is Verdict.ELSEWHERE

    make(create=REDIRECT)(script)


@pytest.mark.parametrize("step", [BROKEN, GARBAGE])
def test_a_reply_that_says_nothing_certain_is_a_doubt(make: Make, step: Answers) -> None:
    async def script(stand: Stand) -> None:
        reply = await stand.create()
        assert isinstance(reply, CreateReply)
        assert reply.verdict is Verdict.IN_DOUBT

    make(create=step)(script)


@pytest.mark.parametrize("step", [LOST, LOST_AFTER])
def test_a_reply_that_does_not_come_is_lost(make: Make, step: Drops) -> None:
    async def script(stand: Stand) -> None:
        assert isinstance(await stand.create(), Lost)

    make(create=step)(script)


def test_a_query_whose_reply_does_not_come_is_lost(make: Make) -> None:
    async def script(stand: Stand) -> None:
        request = stand.provider.query_request(await stand.created())
        assert isinstance(await stand.wire.ask(stand.account, request), Lost)

    make(ask=LOST)(script)


@pytest.mark.parametrize("name", ["cometapi"], indirect=True)
@pytest.mark.parametrize(("step", "found"), [(LOST, "unknown"), (LOST_AFTER, "found")])
def test_a_lost_task_is_found_by_its_external_id_if_it_was_made(
    make: Make, step: Drops, found: str
) -> None:
    async def script(stand: Stand) -> None:
        assert isinstance(await stand.create(), Lost)
        reply = await stand.look_up()
        assert reply.found == found
        assert len(reply.task_ids) == (found == "found")

    make(create=step)(script)


def test_where_nobody_listens_nothing_was_sent(make: Make, kind: str, unused: int) -> None:
    async def script(stand: Stand) -> None:
        account = stand.account
        if kind == "http":
            account = replace(account, endpoint=Endpoint.at(f"http://127.0.0.1:{unused}"))
        assert isinstance(await stand.create(account), NotSent)

    make(create=DOWN if kind == "fake" else None)(script)


@pytest.fixture
def unused() -> Iterator[int]:
    """A port that is taken and does not listen."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def test_a_clip_that_is_not_there_is_not_fetched(make: Make, kind: str, tmp_path: Path) -> None:
    async def script(stand: Stand) -> None:
        done = await stand.until_over(await stand.created())
        if isinstance(stand.wire, FakeWire):
            stand.wire.fetch_script.append(NotFetched(reason="HTTP 403", denied=True))
        url = done.urls[0].replace("sig=", "sig=x")
        fetched = await stand.wire.fetch(url, tmp_path / "clip.part", loopback=True)
        assert fetched == NotFetched(reason="HTTP 403", denied=True)

    make()(script)
