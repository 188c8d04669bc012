"""Words from outside: shown, and nothing of them obeyed; signed addresses are told of bare."""

import json
import re

import pytest

from omnibatch.emulator import Fault

from ..launching import Finished
from ..workplace import Workplace, both

# All that steers a terminal, turns a line or breaks it: C0 but for line feeds, DEL, C1,
# marks of direction, separators.
STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")

HOSTILE = (
    "<script>alert(1)</script> \x1b[2J\x1b]0;owned\x07\x9b31m red\r\n \u202etxt.exe\u202c "
    "\u2066x\u2069 \u2028 next \x00 \U0001f3ac see "
    "https://user:hunter2@cdn.example/a.mp4?X-Signature=5ec4e7&e=1"
)
SECRET = re.compile("5ec4e7|hunter2")


def assert_harmless(finished: Finished) -> None:
    assert "BUG" not in finished.said
    assert STEERING.search(finished.said) is None, ascii(finished.said)
    assert SECRET.search(finished.said) is None, finished.said


def assert_nothing_kept(place: Workplace) -> None:
    """Neither lockfile nor journal holds what steers, nor what signs."""
    for name, content in place.listing().items():
        if not name.endswith((".mp4", ".yaml")):
            text = content.decode("utf-8")
            assert SECRET.search(text) is None, name
            assert STEERING.search(text) is None, name
            assert re.search(r"\\u00[019]|\\u20[26]", text) is None, f"{name}: nor as an escape"


def everything_told(place: Workplace) -> list[Finished]:
    return [
        place.omnibatch("status", "film.yaml"),
        place.omnibatch("status", "film.yaml", "s1"),
        place.omnibatch("status", "film.yaml", "s1", "--json"),
        place.omnibatch("plan", "film.yaml"),
        place.omnibatch("plan", "film.yaml", "--json"),
        place.omnibatch("retry", "film.yaml", "s1"),
    ]


@both
def test_a_failed_tasks_words_are_kept_and_told_without_what_acts_or_signs(
    place: Workplace,
) -> None:
    place.faults(Fault(on="create", do="fail_task", message=HOSTILE))
    place.write(1)

    finished = place.run()

    assert finished.code == 1, finished.said
    for told in (finished, *everything_told(place)):
        assert_harmless(told)
    assert "<script>alert(1)</script>" in place.omnibatch("status", "film.yaml").out
    assert "https://***@cdn.example/a.mp4?***" in place.omnibatch("status", "film.yaml").out
    assert_nothing_kept(place)


@both
@pytest.mark.parametrize("status", [400, 401, 429, 500, 200])
def test_the_words_of_a_refused_create_neither_act_nor_sign(place: Workplace, status: int) -> None:
    body = json.dumps({"code": status, "message": HOSTILE, "msg": HOSTILE, "error": HOSTILE})
    place.faults(Fault(on="create", do="answer", status=status, body=body, times=2))
    place.write(1)

    finished = place.run()

    for told in (finished, *everything_told(place)):
        assert_harmless(told)
    assert_nothing_kept(place)


@both
def test_a_task_id_that_steers_does_not_reach_the_terminal(place: Workplace) -> None:
    hostile = "clx\x1b[2J\u202e01"
    body = json.dumps(
        {
            "code": 0 if place.provider == "cometapi" else 200,
            "data": {"task_id": hostile, "taskId": hostile, "task_status": "submitted"},
        }
    )
    place.faults(Fault(on="create", do="answer", status=200, body=body, times=1))
    place.write(1, run={"stalled_after": 1})

    finished = place.run()

    for told in (finished, *everything_told(place)):
        assert_harmless(told)


def test_names_of_files_and_arguments_that_steer_are_shown_by_their_numbers(
    place: Workplace,
) -> None:
    name = "\x1b[2J\u202efilm.yaml"
    place.write(1).rename(place.folder / name)

    told = [
        place.omnibatch("plan", name),
        place.omnibatch("status", name),
        place.omnibatch("run", name, "--yes"),
        place.omnibatch("plan"),
        place.omnibatch("plan", name, "--select", "\x1b[2J\u2066"),
        place.omnibatch("plan", name, "--var", "\x1b[2J"),
        place.omnibatch("plan", name, "--max-cost", "\x1b[2J\u202e1"),
        place.omnibatch("\x1b[2J"),
        place.omnibatch("plan", "--\x1b[2J\u202e"),
        place.omnibatch("plan", f"not{name}"),
        place.omnibatch("adopt", name, "s1", "\x1b[2J"),
        place.omnibatch("schema", "\x1b[2J\u202e"),
    ]

    for finished in told:
        assert_harmless(finished)
    assert "\\u001b[2J\\u202efilm.yaml" in told[0].out


@both
def test_no_file_keeps_the_address_of_a_result(place: Workplace) -> None:
    place.faults(Fault(on="download", do="expire", times=2))
    place.write(2)

    finished = place.run()

    assert finished.code == 0, finished.said
    kept = {
        name: content.decode("utf-8")
        for name, content in place.listing().items()
        if not name.endswith((".mp4", ".yaml"))
    }
    assert kept
    for name, text in (*kept.items(), ("what was printed", finished.said)):
        addresses = set(re.findall(r"https?://[^\s\"\\]+", text))
        assert addresses <= {place.url}, name
