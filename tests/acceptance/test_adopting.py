"""adopt: each task is asked about first, alone or from a list, and a list counts as a whole."""

import json
import shutil
from pathlib import Path

import pytest

from omnibatch.emulator import Fault

from ..launching import Finished
from ..workplace import KEY, Workplace, both, prompt_of

SWAPPED = ("s1", "s2")


@pytest.fixture
def doubtful(place: Workplace) -> Workplace:
    """A finished run of three shots, the first two of them unconfirmed."""
    place.write(3, run={"in_flight": 1})
    place.faults(Fault(on="create", do="drop_after", times=2))
    finished = place.run()
    assert finished.code == 4, finished.said
    assert place.states() == {"s1": "unconfirmed", "s2": "unconfirmed", "s3": "collected"}
    return place


def task_of(place: Workplace, number: int) -> str:
    return place.task_ids(prompt_of(number))[0]


def listed(place: Workplace, *lines: str, header: str = "shot,task_id") -> None:
    text = "\n".join((header, *lines)) + "\n"
    (place.folder / "tasks.csv").write_text(text, encoding="utf-8")


def adopt_list(place: Workplace, *options: str, **variables: str) -> Finished:
    return place.omnibatch("adopt", "film.yaml", "--csv", "tasks.csv", *options, **variables)


def test_a_list_of_tasks_is_adopted_and_collected_for_free(doubtful: Workplace) -> None:
    listed(doubtful, f"s1,{task_of(doubtful, 1)}", f"s2,{task_of(doubtful, 2)}")

    adopted = adopt_list(doubtful)
    finished = doubtful.run()

    assert adopted.code == 0, adopted.said
    assert adopted.out.splitlines()[-1] == (
        "next: omnibatch run film.yaml   (free: collects 2 already paid for)"
    )
    assert finished.code == 0, finished.said
    assert set(doubtful.states().values()) == {"collected"}
    assert doubtful.posts == 3


def test_a_list_adopted_twice_changes_no_byte(doubtful: Workplace) -> None:
    listed(doubtful, f"s1,{task_of(doubtful, 1)}", f"s2,{task_of(doubtful, 2)}")
    adopt_list(doubtful)
    before = doubtful.listing()

    again = adopt_list(doubtful)

    assert again.code == 0, again.said
    assert again.out.count("is its own already; nothing changed") == 2
    assert doubtful.listing() == before


def test_all_that_is_wrong_with_a_list_is_told_with_its_lines_and_nothing_is_adopted(
    doubtful: Workplace,
) -> None:
    listed(
        doubtful,
        f"s1,{task_of(doubtful, 1)},1",
        "nobody,clx1,",
        "s2,two words,",
        "s3,clx2,",
        f"s2,{task_of(doubtful, 1)},",
        f"s2,{task_of(doubtful, 3)},x",
        "s*,clx3,",
        "s2",
        "s2,clx4,2",
        header="shot,task_id,take",
    )
    before = doubtful.listing()
    queries = doubtful.meter()["queries"]

    finished = adopt_list(doubtful)

    assert finished.code == 2
    for line, words in {
        3: "'nobody' names no shot",
        4: "'two words' is not a task id",
        5: "s3 has task",
        6: "stands at tasks.csv:2 already",
        7: "'x' is not a take",
        8: "'s*' is not a shot's id",
        9: "has not as many cells",
        10: "'s2@2' names no shot",
    }.items():
        (told,) = [each for each in finished.err.splitlines() if f"tasks.csv:{line}: " in each]
        assert words in told
    assert "8 rows are wrong, so none of 9 was adopted" in finished.err
    assert doubtful.listing() == before
    assert doubtful.meter()["queries"] == queries, "nobody is asked about a list that is wrong"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the first line is empty"),
        ("s1,clx1\n", "the first line is s1,clx1"),
        ("shot;task_id\ns1;clx1\n", "shot;task_id"),
        ("shot,task_id,colour\n", "colour"),
        ("shot,task_id,shot\n", "shot,task_id,shot"),
        ("shot,task_id\n", "no rows"),
        ('shot,task_id\ns1,"clx1\n', "no CSV"),
    ],
)
def test_a_list_without_a_header_or_rows_is_refused(
    doubtful: Workplace, text: str, words: str
) -> None:
    (doubtful.folder / "tasks.csv").write_text(text, encoding="utf-8")

    finished = adopt_list(doubtful)

    assert finished.code == 2
    assert words in finished.err


def test_a_list_may_come_as_a_spreadsheet_saves_it(doubtful: Workplace) -> None:
    """A byte order mark, CRLF, spaces, blank lines, columns in another order."""
    text = f"\ufefftask_id , shot,take\r\n {task_of(doubtful, 1)} , s1 ,\r\n\r\n"
    (doubtful.folder / "tasks.csv").write_bytes(text.encode())

    assert adopt_list(doubtful).code == 0
    assert doubtful.states()["s1"] == "running"


def test_a_list_names_takes_profiles_and_providers(place: Workplace) -> None:
    place.write(
        [{"id": "s1", "prompt": "A boat.", "takes": 2}],
        profiles={"draft": {"mode": "std"}, "final": {"mode": "pro"}},
        profile="draft",
        run={"in_flight": 1},
    )
    place.faults(Fault(on="create", do="drop_after", times=2))
    assert place.run("--profile", "final").code == 4
    first, second = sorted(place.meter()["tasks"], key=lambda task: task["created_at"])
    columns = "shot,take,profile,provider,task_id"
    rows = [f"s1,{n},final,apimodels,{t['task_id']}" for n, t in ((1, first), (2, second))]
    listed(place, rows[0], rows[1].replace("apimodels", "cometapi"), header=columns)
    wrong = adopt_list(place)
    listed(place, *rows, header=columns)

    adopted = adopt_list(place)

    assert wrong.code == 2
    assert "is bought at apimodels, and the task is said to be at cometapi" in wrong.err
    assert adopted.code == 0, adopted.said
    assert place.run("--profile", "final").code == 0
    assert place.posts == 2


def test_a_task_that_the_provider_does_not_know_is_refused_unless_unchecked(
    doubtful: Workplace,
) -> None:
    listed(doubtful, f"s1,{task_of(doubtful, 1)}", "s2,clxnowhere")
    before = doubtful.ledger()

    refused = adopt_list(doubtful)
    still = doubtful.ledger()
    unchecked = adopt_list(doubtful, "--unchecked")

    assert refused.code == 2
    assert "tasks.csv:3: apimodels does not know task clxnowhere" in refused.err
    assert "--unchecked" in refused.err
    assert still == before
    assert unchecked.code == 0, unchecked.said
    assert doubtful.states()["s2"] == "running"


def test_without_a_key_a_task_is_adopted_only_unchecked(doubtful: Workplace) -> None:
    task_id = task_of(doubtful, 1)

    refused = doubtful.omnibatch("adopt", "film.yaml", "s1", task_id, APIMODELS_API_KEY="")
    unchecked = doubtful.omnibatch(
        "adopt", "film.yaml", "s1", task_id, "--unchecked", APIMODELS_API_KEY=""
    )

    assert refused.code == 2
    assert "APIMODELS_API_KEY is not set" in refused.err
    assert unchecked.code == 0, unchecked.said
    assert doubtful.run().code == 4
    assert doubtful.states()["s1"] == "collected"


@both
def test_out_of_reach_a_task_is_adopted_only_unchecked(place: Workplace) -> None:
    """No lookup finds it, so that it is unconfirmed at either provider."""
    place.faults(Fault(on="create", do="drop_after", times=1), Fault(on="lookup", do="not_found"))
    place.write(1)
    with place.start_run() as running:
        place.until(lambda meter: meter["creates"]["accepted"] == 1, "the task")
        running.kill()
    task_id = task_of(place, 1)
    place.shut()

    refused = place.omnibatch("adopt", "film.yaml", "s1", task_id)
    unchecked = place.omnibatch("adopt", "film.yaml", "s1", task_id, "--unchecked")
    place.open()

    assert refused.code == 2
    assert "does not say what task" in refused.err
    assert unchecked.code == 0, unchecked.said
    assert place.run().code == 0
    assert place.posts == 1


def test_a_task_of_another_prompt_or_length_is_refused_where_the_provider_tells(
    doubtful: Workplace,
) -> None:
    data = {
        "taskId": "clx1",
        "state": "processing",
        "model": "kling-video/kling-video-o1",
        "param": json.dumps({"prompt": "A cat.", "duration": "5"}),
    }
    body = {"code": 200, "msg": "success", "data": data}
    doubtful.faults(Fault(on="query", do="answer", status=200, body=json.dumps(body)))

    refused = doubtful.omnibatch("adopt", "film.yaml", "s1", "clx1")

    assert refused.code == 2
    assert f"its prompt is A cat., and not {prompt_of(1)}" in refused.err


def test_a_task_of_another_model_is_refused_where_the_provider_tells(doubtful: Workplace) -> None:
    text = doubtful.manifest.read_text().replace(
        "duration: 5", "duration: 5\n  model: kling-v3-omni"
    )
    doubtful.manifest.write_text(text)
    task_id = task_of(doubtful, 1)

    sent_as_o1 = doubtful.omnibatch("adopt", "film.yaml", "s1", task_id)

    assert sent_as_o1.code == 0, "what counts is what was sent, not what the manifest says today"


@pytest.mark.parametrize("provider", ["cometapi"])
def test_the_id_that_a_task_carries_says_whose_it_is(place: Workplace) -> None:
    place.faults(Fault(on="create", do="drop_after", times=1), Fault(on="lookup", do="not_found"))
    place.write(2, run={"in_flight": 1})
    with place.start_run() as running:
        place.until(lambda meter: meter["creates"]["accepted"] == 1, "the task")
        running.kill()
    place.faults()
    task_id = task_of(place, 1)

    anothers = place.omnibatch("adopt", "film.yaml", "s2", task_id)
    own = place.omnibatch("adopt", "film.yaml", "s1", task_id)

    assert anothers.code == 2
    assert f"task {task_id} was made for s1" in anothers.err
    assert own.code == 0, own.said
    assert "which carries its id" in own.out
    assert place.run().code == 0
    assert place.posts == 2


def test_a_failed_task_can_be_adopted_and_says_what_is_not_known(doubtful: Workplace) -> None:
    failed = {"code": 200, "data": {"taskId": "clx1", "state": "failed", "failMsg": "too dark"}}
    doubtful.faults(Fault(on="query", do="answer", status=200, body=json.dumps(failed)))

    adopted = doubtful.omnibatch("adopt", "film.yaml", "s1", "clx1")

    assert adopted.code == 0, adopted.said
    assert "it has failed (too dark)" in adopted.out
    assert "bill tells" in adopted.out
    assert doubtful.states()["s1"] == "failed"
    assert doubtful.actions()["s1"] == "failed"


def test_a_task_made_here_for_free_never_stands_for_a_real_attempt(doubtful: Workplace) -> None:
    """The ledger says that s1 was sent to the real provider; today's endpoint is this machine."""
    task_id = task_of(doubtful, 1)
    for path in (doubtful.lockfile, doubtful.folder / ".omnibatch" / "film.journal"):
        if path.suffix == ".journal":
            path.unlink()
        else:
            text = path.read_text().replace(doubtful.url, "https://apimodels.app")
            path.write_text(text)

    refused = doubtful.omnibatch("adopt", "film.yaml", "s1", task_id, "--unchecked")

    assert refused.code == 2
    assert "s1 was sent to https://apimodels.app" in refused.err


def test_a_list_can_come_by_a_pipe(doubtful: Workplace, tmp_path: Path) -> None:
    """Nobody is at the keyboard of a test, so stdin is empty."""
    finished = doubtful.omnibatch("adopt", "film.yaml", "--csv", "-")

    assert finished.code == 2
    assert "stdin:1: the first line is empty" in finished.err


def test_nothing_said_of_a_task_holds_the_key(doubtful: Workplace) -> None:
    listed(doubtful, f"s1,{task_of(doubtful, 1)}", "s2,clxnowhere")

    assert KEY not in adopt_list(doubtful).said


@pytest.mark.parametrize("provider", ["mute", "apimodels"])
def test_tasks_adopted_for_each_others_shots_are_put_right_for_free(doubtful: Workplace) -> None:
    first, second = task_of(doubtful, 1), task_of(doubtful, 2)
    listed(doubtful, f"s1,{second}", f"s2,{first}")
    assert adopt_list(doubtful, "--unchecked").code == 0
    assert doubtful.run().code == 0
    clips = {name: (doubtful.folder / f"renders/film/{name}.mp4").read_bytes() for name in SWAPPED}
    spent = doubtful.status()["summary"]["spent"]
    listed(doubtful, f"s1,{first}", f"s2,{second}")

    refused = adopt_list(doubtful)
    granted = doubtful.omnibatch("retry", "film.yaml", "s1", "s2")
    adopted = adopt_list(doubtful)
    finished = doubtful.run()

    assert (refused.code, granted.code, adopted.code) == (2, 0, 0), adopted.said
    assert f"task {first} belongs to s2" in refused.err
    assert "`omnibatch retry s2` lets go of it" in refused.err
    assert finished.code == 0, finished.said
    rows = {row["shot"]: row for row in doubtful.status()["shots"]}
    assert [rows[name]["task_id"] for name in SWAPPED] == [first, second]
    for name, other in (SWAPPED, SWAPPED[::-1]):
        assert (doubtful.folder / rows[name]["output"]).read_bytes() == clips[other]
    assert doubtful.status()["summary"]["spent"] == spent, "each task was paid for once"
    assert "nothing to do" in doubtful.run().out
    assert doubtful.posts == 3


def test_a_clip_of_the_wrong_task_makes_room_for_the_right_one(doubtful: Workplace) -> None:
    assert doubtful.omnibatch("adopt", "film.yaml", "s1", task_of(doubtful, 2)).code == 0
    doubtful.run()

    refused = doubtful.omnibatch("adopt", "film.yaml", "s1", task_of(doubtful, 1))
    doubtful.omnibatch("retry", "film.yaml", "s1")
    adopted = doubtful.omnibatch("adopt", "film.yaml", "s1", task_of(doubtful, 1))
    again = doubtful.omnibatch("adopt", "film.yaml", "s1", task_of(doubtful, 1))
    doubtful.omnibatch("adopt", "film.yaml", "s2", task_of(doubtful, 2))
    finished = doubtful.run()

    assert (refused.code, adopted.code, again.code) == (2, 0, 0), adopted.said
    assert "`omnibatch retry` makes room for another" in refused.err
    assert "its own already; nothing changed" in again.out
    assert finished.code == 0, finished.said
    assert set(doubtful.states().values()) == {"collected"}
    assert doubtful.posts == 3


def test_a_wrong_id_is_asked_about_until_its_shot_has_a_clip_and_is_let_go_of(
    doubtful: Workplace,
) -> None:
    doubtful.omnibatch("abandon", "film.yaml", "s2")
    doubtful.omnibatch("adopt", "film.yaml", "s1", "no-such-task", "--unchecked")

    unknown = doubtful.run()
    doubtful.omnibatch("adopt", "film.yaml", "s1", task_of(doubtful, 1))
    collected = doubtful.run()
    let_go = doubtful.omnibatch("abandon", "film.yaml", "s1")
    idle = doubtful.run()

    assert unknown.code == 1, unknown.said
    assert "if its id is wrong, adopt the right one" in unknown.err
    assert collected.code == 0, collected.said
    assert "`omnibatch abandon` ends the asking" in collected.err
    assert "task no-such-task is no longer asked about; its clip is kept" in let_go.out
    assert (idle.code, idle.err) == (0, "")
    assert "nothing to do" in idle.out
    assert doubtful.states()["s1"] == "collected"


def test_a_task_adopted_for_two_shots_on_two_copies_is_told_until_it_is_decided(
    doubtful: Workplace, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(doubtful.folder, other)
    task = task_of(doubtful, 1)
    doubtful.omnibatch("adopt", "film.yaml", "s1", task)
    here = doubtful.folder
    doubtful.folder = other
    doubtful.omnibatch("adopt", "film.yaml", "s2", task)
    doubtful.folder = here
    merged = doubtful.omnibatch(
        "merge-lock", "film.lock.json", "film.lock.json", str(other / "film.lock.json")
    )

    told = doubtful.run()
    shown = doubtful.omnibatch("status", "film.yaml")
    doubtful.omnibatch("retry", "film.yaml", "s2")
    doubtful.omnibatch("adopt", "film.yaml", "s2", task_of(doubtful, 2))
    decided = doubtful.run()

    assert merged.code == 0, merged.said
    for said in (told.err, shown.err):
        assert f"task {task} was adopted for s1 and for s2" in said
    assert decided.code == 0, decided.said
    assert "was adopted for" not in decided.err
    assert set(doubtful.states().values()) == {"collected"}
    assert doubtful.posts == 3
