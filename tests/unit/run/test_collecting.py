"""Clips: whole, hashed, recorded, then in place; and what stands at a path stays there."""

import hashlib
from collections import deque
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from omnibatch.endpoints import Endpoint
from omnibatch.ledger import Attempt, Output, State, Task, TaskKey, TaskState
from omnibatch.run import Kind
from omnibatch.wire import NotFetched

from .fake import Accepts, Answers
from .lab import Lab

TARGET = "renders/s0000.mp4"
GONE = NotFetched(reason="HTTP 410", again=False)
LATER = NotFetched(reason="HTTP 403")


class Killed(BaseException):
    """Ends a run as abruptly as anything inside a process can."""


def render(lab: Lab) -> TaskKey:
    """Leave one finished task that was paid for, and its clip not fetched."""
    lab.wire.fetch_script = deque([GONE])
    lab.run(lab.shots(1))
    lab.restart()
    lab.wire.fetches.clear()
    lab.wire.asks.clear()
    lab.events.clear()
    (key,) = lab.attempt().tasks
    assert lab.states() == {"s0000": State.SUCCEEDED}
    return key


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def output_of(lab: Lab, key: TaskKey) -> Output:
    output = lab.attempt().tasks[key].output
    assert output is not None
    return output


def beside_target(content: bytes) -> str:
    return f"renders/s0000.sha256-{sha256(content)[:8]}.mp4"


def forget_collection(lab: Lab, key: TaskKey, content: bytes) -> None:
    """Go back to where the clip was whole and recorded, and not yet in place."""
    output = Output(path=TARGET, sha256=sha256(content), bytes=len(content), seconds=0.5)
    task = Task(state=TaskState.SUCCEEDED, output=output)
    lab.book.attempts[lab.attempt().id] = replace(lab.attempt(), tasks={key: task})


def test_a_clip_is_at_its_target_with_its_hash_size_and_length_recorded(lab: Lab) -> None:
    lab.run(lab.shots(1))

    (key,) = lab.attempt().tasks
    content = (lab.folder / TARGET).read_bytes()
    assert content == lab.wire.clip_of(key.task_id)
    assert output_of(lab, key) == Output(
        path=TARGET, sha256=sha256(content), bytes=len(content), seconds=0.5
    )
    assert lab.recorded() == {"s0000": State.COLLECTED}
    assert list((lab.folder / "renders").iterdir()) == [lab.folder / TARGET]


def test_hash_and_path_are_durable_before_the_clip_is_in_place_and_collected_after(
    lab: Lab,
) -> None:
    render(lab)
    seen = []

    def look() -> None:
        (task,) = next(iter(lab.durable().attempts.values())).tasks.values()
        seen.append((task.state, task.output is not None, (lab.folder / TARGET).exists()))

    lab.at_sync = look
    lab.durable_bytes = lab.place.journal.stat().st_size
    lab.run()

    assert seen == [
        (TaskState.SUCCEEDED, False, False),  # while hash and path are synced
        (TaskState.SUCCEEDED, True, True),  # while `collected` is
    ]


@pytest.mark.parametrize("number", [1, 2])
def test_a_run_killed_while_it_collects_leaves_a_clip_that_the_next_one_takes(
    lab: Lab, number: int
) -> None:
    render(lab)
    calls = iter(range(1, 100))

    def at_sync() -> None:
        if next(calls) == number:
            raise Killed

    lab.at_sync = at_sync
    with pytest.raises(BaseExceptionGroup) as caught:
        lab.run()
    assert caught.group_contains(Killed)
    lab.at_sync = lambda: None
    lab.crash()

    lab.run()

    assert lab.states() == {"s0000": State.COLLECTED}
    assert [path.name for path in (lab.folder / "renders").iterdir()] == ["s0000.mp4"]
    assert len(lab.wire.fetches) == 1


def test_a_damaged_part_file_is_not_taken_for_the_clip(lab: Lab) -> None:
    key = render(lab)
    content = lab.wire.clip_of(key.task_id)
    lab.run()
    part = lab.wire.fetches[0][1]
    forget_collection(lab, key, content)
    (lab.folder / TARGET).unlink()
    part.write_bytes(content[:-1])

    lab.run()

    assert (lab.folder / TARGET).read_bytes() == content
    assert len(lab.wire.fetches) == 2


def test_a_verified_part_file_is_recognised_by_its_hash(lab: Lab) -> None:
    key = render(lab)
    content = lab.wire.clip_of(key.task_id)
    lab.run()
    part = lab.wire.fetches[0][1]
    forget_collection(lab, key, content)
    (lab.folder / TARGET).rename(part)

    lab.run()

    assert (lab.folder / TARGET).read_bytes() == content
    assert lab.states() == {"s0000": State.COLLECTED}
    assert len(lab.wire.fetches) == 1


def test_a_clip_in_place_whose_collection_was_not_recorded_is_recognised(lab: Lab) -> None:
    key = render(lab)
    content = lab.wire.clip_of(key.task_id)
    forget_collection(lab, key, content)
    (lab.folder / "renders").mkdir(exist_ok=True)
    (lab.folder / TARGET).write_bytes(content)

    lab.run()

    assert lab.states() == {"s0000": State.COLLECTED}
    assert lab.wire.fetches == []
    assert lab.wire.asks == []


def test_another_file_at_the_recorded_path_is_not_taken_for_the_clip(lab: Lab) -> None:
    """It may be a stranger's, or the clip of another machine: the clip goes beside it."""
    key = render(lab)
    content = lab.wire.clip_of(key.task_id)
    forget_collection(lab, key, content)
    (lab.folder / "renders").mkdir(exist_ok=True)
    (lab.folder / TARGET).write_bytes(b"somebody's own")

    lab.run()

    assert (lab.folder / TARGET).read_bytes() == b"somebody's own"
    assert (lab.folder / beside_target(content)).read_bytes() == content
    output = output_of(lab, key)
    assert output is not None
    assert output.path == beside_target(content)
    assert lab.states() == {"s0000": State.COLLECTED}


def test_a_clip_beside_another_whose_collection_was_not_recorded_is_recognised(lab: Lab) -> None:
    key = render(lab)
    content = lab.wire.clip_of(key.task_id)
    forget_collection(lab, key, content)
    (lab.folder / "renders").mkdir(exist_ok=True)
    (lab.folder / TARGET).write_bytes(b"somebody's own")
    (lab.folder / beside_target(content)).write_bytes(content)

    lab.run()

    assert lab.states() == {"s0000": State.COLLECTED}
    assert lab.wire.fetches == []


def test_where_both_places_are_taken_neither_is_overwritten(lab: Lab) -> None:
    key = render(lab)
    content = lab.wire.clip_of(key.task_id)
    forget_collection(lab, key, content)
    (lab.folder / "renders").mkdir(exist_ok=True)
    for path in (TARGET, beside_target(content)):
        (lab.folder / path).write_bytes(b"somebody's own")

    lab.run()
    (told,) = lab.told(Kind.NOT_COLLECTED)
    assert "move one of them away" in told.text
    for path in (TARGET, beside_target(content)):
        assert (lab.folder / path).read_bytes() == b"somebody's own"
    (lab.folder / TARGET).rename(lab.folder / "elsewhere.mp4")
    lab.run()

    assert (lab.folder / TARGET).read_bytes() == content
    assert len(lab.wire.fetches) == 1


def test_a_clip_of_this_machine_leaves_the_path_of_another_machines_clip_free(lab: Lab) -> None:
    """Two machines bought one shot; the other's clip has the path, and is not here."""
    key = render(lab)
    theirs = Output(path=TARGET, sha256="9" * 64, bytes=48213)
    attempt = lab.attempt()
    tasks = {
        **attempt.tasks,
        key._replace(task_id="another"): Task(state=TaskState.COLLECTED, output=theirs),
    }
    lab.book.attempts[attempt.id] = replace(attempt, tasks=tasks)

    lab.run()

    output = output_of(lab, key)
    assert output is not None
    assert output.path == "renders/s0000.v2.mp4"
    assert not (lab.folder / TARGET).exists()


def test_a_file_at_the_target_is_never_overwritten(lab: Lab) -> None:
    (lab.folder / "renders").mkdir()
    (lab.folder / TARGET).write_bytes(b"somebody's own")
    (lab.folder / "renders/s0000.v2.mp4").write_bytes(b"and another")

    lab.run(lab.shots(1))

    assert (lab.folder / TARGET).read_bytes() == b"somebody's own"
    assert (lab.folder / "renders/s0000.v2.mp4").read_bytes() == b"and another"
    (task,) = lab.attempt().tasks.values()
    assert task.output is not None
    assert task.output.path == "renders/s0000.v3.mp4"


def test_a_file_that_appears_at_the_last_moment_is_not_overwritten_either(lab: Lab) -> None:
    render(lab)
    lab.at_sync = lambda: _put(lab.folder / TARGET)
    lab.run()
    assert (lab.folder / TARGET).read_bytes() == b"just put here"
    assert lab.states() == {"s0000": State.SUCCEEDED}
    lab.at_sync = lambda: None
    (lab.folder / TARGET).unlink()
    lab.restart()

    lab.run()

    assert lab.states() == {"s0000": State.COLLECTED}
    assert len(lab.wire.fetches) == 1, "the verified .part is still there"


def _put(path: Path) -> None:
    if not path.exists():
        path.write_bytes(b"just put here")


def test_a_link_that_leads_nowhere_is_left_alone_and_stops_no_run(lab: Lab) -> None:
    key = render(lab)
    content = lab.wire.clip_of(key.task_id)
    lab.run()
    part = lab.wire.fetches[0][1]
    forget_collection(lab, key, content)
    (lab.folder / TARGET).rename(part)
    (lab.folder / TARGET).symlink_to(lab.folder / "nowhere")

    lab.run()

    assert (lab.folder / TARGET).is_symlink()
    assert not (lab.folder / "nowhere").exists()
    assert (lab.folder / beside_target(content)).read_bytes() == content
    assert lab.states() == {"s0000": State.COLLECTED}


@pytest.mark.parametrize(
    "path", ["../s0000.mp4", "a/../../b.mp4", "/tmp/b.mp4", "a\\b.mp4", "C:b.mp4", ".", "", "a\0b"]
)
@pytest.mark.parametrize("where", ["target", "output"])
def test_a_recorded_path_that_leads_out_of_the_folder_is_refused(
    lab: Lab, path: str, where: str
) -> None:
    key = render(lab)
    attempt = lab.attempt()
    if where == "target":
        intent = replace(attempt.known_intent, target=path)
        forged = Attempt(id=attempt.id, intent=intent, tasks=attempt.tasks)
    else:
        output = Output(path=path, sha256="9" * 64, bytes=3)
        forged = replace(attempt, tasks={key: Task(state=TaskState.SUCCEEDED, output=output)})
    lab.book.attempts[attempt.id] = forged

    lab.run()

    assert lab.wire.fetches == []
    (told,) = lab.told(Kind.NOT_COLLECTED)
    assert "leads out of" in told.text
    assert lab.states() == {"s0000": State.SUCCEEDED}


def test_two_tasks_of_one_attempt_keep_both_clips_though_fetched_at_once(lab: Lab) -> None:
    """Two machines that sent from the same commit made two tasks: both were paid for."""
    first = render(lab)
    twin = replace(lab.wire.tasks[first.task_id], task_id="88999999")
    lab.wire.tasks["88999999"] = twin
    second = TaskKey(first.provider, first.account, "88999999")
    lab.book.record_now(Attempt(id=lab.attempt().id, tasks={second: Task(state=TaskState.RUNNING)}))
    lab.wire.latency_s = 3

    lab.run()

    outputs = {key.task_id: output_of(lab, key) for key in (first, second)}
    assert {output.path for output in outputs.values()} == {TARGET, "renders/s0000.v2.mp4"}
    for task_id, output in outputs.items():
        assert (lab.folder / output.path).read_bytes() == lab.wire.clip_of(task_id)
        assert output.sha256 == sha256(lab.wire.clip_of(task_id))


def test_what_comes_and_is_no_clip_is_fetched_again_from_a_new_address(lab: Lab) -> None:
    render(lab)
    lab.wire.fetch_script = deque([b"<html>sign in</html>" * 9])

    lab.run()

    assert lab.states() == {"s0000": State.COLLECTED}
    assert (len(lab.wire.fetches), len(lab.wire.asks)) == (2, 2)


def test_a_cut_clip_is_no_clip(lab: Lab) -> None:
    key = render(lab)
    lab.wire.fetch_script = deque([lab.wire.clip_of(key.task_id)[:200]])

    lab.run()

    assert lab.states() == {"s0000": State.COLLECTED}
    assert len(lab.wire.fetches) == 2


def test_after_five_tries_a_clip_is_left_for_another_run(lab: Lab) -> None:
    render(lab)
    lab.wire.fetch_script = deque([LATER] * 5)

    lab.run()

    assert len(lab.wire.fetches) == 5
    assert lab.states() == {"s0000": State.SUCCEEDED}
    (told,) = lab.told(Kind.NOT_COLLECTED)
    assert told.text == "HTTP 403"


def test_tries_that_bring_more_of_the_clip_are_not_counted(lab: Lab) -> None:
    render(lab)
    steps = [NotFetched(reason="cut", kept=n / 10) for n in range(1, 10)]
    lab.wire.fetch_script = deque(steps)

    lab.run()

    assert len(lab.wire.fetches) == 10
    assert lab.states() == {"s0000": State.COLLECTED}
    assert "cut, 90% kept; fetched again" in [event.text for event in lab.told(Kind.WARNING)]


@pytest.mark.parametrize(
    "kept",
    [
        [0.5] * 9,
        [0.5, 0.51, 0.52, 0.53, 0.54, 0.549],
        [0.5, 0.0, 0.5, 0.0, 0.5, 0.5],  # began anew, and came no further
    ],
    ids=["no more", "hardly more", "again the same"],
)
def test_tries_that_bring_nothing_new_are_counted(lab: Lab, kept: list[float]) -> None:
    render(lab)
    lab.wire.fetch_script = deque(NotFetched(reason="cut", kept=each) for each in kept)

    lab.run()

    assert len(lab.wire.fetches) == 6
    assert lab.states() == {"s0000": State.SUCCEEDED}


def test_a_second_clip_of_one_task_is_told_once_and_the_first_collected(lab: Lab) -> None:
    key = render(lab)
    urls = [f"https://clips.example/{name}.mp4" for name in (key.task_id, "another")]
    data = {"taskId": key.task_id, "state": "completed", "resultUrls": urls}
    lab.wire.ask_script = deque([Answers(status=200, body={"code": 200, "data": data})] * 2)
    lab.wire.fetch_script = deque([LATER])

    lab.run()

    (told,) = [event for event in lab.told(Kind.WARNING) if "clips" in event.text]
    assert "the provider names 2 clips for one task: the first is collected" in told.text
    assert told.task_id == key.task_id
    assert (lab.folder / TARGET).read_bytes() == lab.wire.clip_of(key.task_id)


def test_pauses_between_tries_grow(lab: Lab) -> None:
    render(lab)
    lab.wire.fetch_script = deque([LATER] * 4)

    lab.run()

    times = [at for at, _ in lab.wire.asks]
    gaps = [b - a for a, b in pairwise(times)]
    assert all(b > a for a, b in pairwise(gaps))


def test_what_cannot_get_better_is_not_tried_again_in_this_run(lab: Lab) -> None:
    render(lab)
    lab.wire.fetch_script = deque([GONE])

    lab.run()

    assert len(lab.wire.fetches) == 1
    assert lab.states() == {"s0000": State.SUCCEEDED}


def test_a_failed_download_keeps_no_slot_of_the_provider(lab: Lab) -> None:
    lab.set(in_flight=1)
    lab.wire.fetch_script = deque([LATER] * 5)

    lab.run(lab.shots(2))

    assert sorted(lab.wire.prompts_made) == ["s0000", "s0001"]
    assert lab.states()["s0001"] is State.COLLECTED


def test_a_paid_task_is_collected_with_no_manifest_at_all(lab: Lab) -> None:
    lab.wire.after_script = Accepts(render_s=60)
    lab.run(lab.shots(3), stop_at=1)
    lab.restart()

    lab.run(None)

    assert set(lab.states().values()) == {State.COLLECTED}


def test_a_clip_that_is_gone_is_fetched_again_when_asked_for(lab: Lab) -> None:
    batch = lab.shots(2)
    lab.run(batch)
    (lab.folder / TARGET).unlink()

    lab.run(fetch_again=frozenset({lab.attempt("s0000").id}))

    (key,) = lab.attempt("s0000").tasks
    assert (lab.folder / TARGET).read_bytes() == lab.wire.clip_of(key.task_id)
    assert len(lab.wire.fetches) == 3
    assert len(lab.wire.creates) == 2


@pytest.mark.parametrize(
    ("base_url", "loopback"), [("http://127.0.0.1:8000", True), ("https://relay.example", False)]
)
def test_only_an_endpoint_on_this_machine_may_name_clips_on_this_machine(
    lab: Lab, base_url: str, loopback: bool
) -> None:
    account = lab.accounts["apimodels"]
    lab.accounts["apimodels"] = replace(account, endpoint=Endpoint.at(base_url))

    lab.run(lab.shots(1))

    assert [allowed for _, _, allowed in lab.wire.fetches] == [loopback]
