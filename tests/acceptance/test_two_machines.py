"""Two machines with one film: what each has bought when their branches meet."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from omnibatch.emulator import Fault

from ..repository import Repository
from ..workplace import Document, Workplace, prompt_of

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def here(place: Workplace, home: Path) -> Repository:
    """The film in git, with the driver that `init` sets up."""
    repository = Repository(place.folder, home)
    place.write(2)
    done = place.omnibatch("init")
    assert done.code == 0, done.said
    repository.commit("the film")
    return repository


def another_machine(place: Workplace, here: Repository) -> tuple[Workplace, Repository]:
    """A clone of the film in a folder of its own, with git set up in it."""
    folder = place.folder.parent / "there"
    here.must("clone", "--quiet", str(place.folder), str(folder))
    there = replace(place, folder=folder)
    assert there.omnibatch("merge-lock", "--install").code == 0
    return there, Repository(folder, place.home)


def clip_bytes(place: Workplace) -> dict[str, bytes]:
    return {path: data for path, data in place.listing().items() if path.endswith(".mp4")}


def test_one_shot_bought_on_both_keeps_both_clips_and_says_so(
    place: Workplace, here: Repository
) -> None:
    place.run("--select", "s1")
    here.commit()
    there, theirs = another_machine(place, here)
    assert there.run("--select", "s2").code == 0
    theirs.commit()
    assert place.run("--select", "s2").code == 0
    here.commit()
    assert place.sold == {prompt_of(1): 1, prompt_of(2): 2}, "nobody could have known"
    before = clip_bytes(place)

    here.must("pull", "--quiet", "--no-rebase", str(there.folder), "main")
    run = place.run()

    assert run.code == 0, run.said
    assert place.posts == 3
    assert clip_bytes(place) == before, "no clip has changed or made way"
    (attempt,) = (a for a in place.ledger()["attempts"] if a["shot"] == "s2")
    assert len(attempt["tasks"]) == 2
    assert len({task["output"]["sha256"] for task in attempt["tasks"]}) == 2
    for machine in (place, there):
        if machine is there:
            theirs.must("pull", "--quiet", str(place.folder), "main")
        (shown,) = (shot for shot in machine.status()["shots"] if shot["shot"] == "s2")
        assert shown["note"].startswith("2 clips were paid for: also task "), shown
        assert "not here" in shown["note"]
        stands = (machine.folder / shown["output"]).stat().st_size
        (own,) = (t for t in attempt["tasks"] if t["task_id"] == shown["task_id"])
        assert own["output"]["bytes"] == stands


def test_a_clip_that_another_machine_has_finished_is_told_apart(
    place: Workplace, here: Repository
) -> None:
    """Both bought s1 from one commit; the other was killed, and finishes later."""
    there, theirs = another_machine(place, here)
    place.reopen(render_s=(0.6, 0.6))
    with there.start_run("--select", "s1") as running:
        running.until("created task")
        running.kill()
    theirs.run("add", "film.lock.json")
    theirs.commit()
    assert place.run("--select", "s1").code == 0
    here.commit()

    pull = ("pull", "--quiet", "--no-rebase", str(there.folder), "main")
    here.must(*pull)
    refused = place.run("--select", "s1")
    assert refused.code == 7, "the other's journal may know more"
    assert "let the machine that has it finish the run" in refused.err

    assert there.run("--select", "s1").code == 0
    theirs.commit()
    here.must(*pull)
    run = place.run("--select", "s1")

    assert run.code == 0, run.said
    assert place.ledger()["open"] is None
    assert place.sold == {prompt_of(1): 2}
    assert place.clips() == ["s1.mp4"], "each has its own"
    assert there.clips() == ["s1.mp4"]
    (shown,) = (shot for shot in place.status()["shots"] if shot["shot"] == "s1")
    assert shown["note"].startswith("2 clips were paid for")


def test_no_clip_makes_way_for_one_of_another_machine(place: Workplace, here: Repository) -> None:
    """The other's task was known when it was killed: its lockfile says so, and this one fetches it."""
    there, theirs = another_machine(place, here)
    assert place.run("--select", "s1").code == 0
    here.commit()
    place.faults(Fault(on="download", do="drop_after"))
    left = there.run("--select", "s1")
    assert left.code != 0, left.said
    place.faults()
    theirs.commit()
    before = clip_bytes(place)

    here.must("pull", "--quiet", "--no-rebase", str(there.folder), "main")
    run = place.run("--select", "s1")

    assert run.code == 0, run.said
    after = clip_bytes(place)
    assert before.items() < after.items()
    assert place.clips() == ["s1.mp4", "s1.v2.mp4"]
    assert place.sold == {prompt_of(1): 2}


def test_first_runs_on_two_machines_meet_in_one_ledger(place: Workplace, here: Repository) -> None:
    there, theirs = another_machine(place, here)
    there.run("--select", "s1")
    theirs.commit()
    place.run("--select", "s2")
    here.commit()
    batches = [machine.ledger()["batch"] for machine in (place, there)]
    assert batches[0] != batches[1]

    here.must("pull", "--quiet", "--no-rebase", str(there.folder), "main")
    run = place.run()

    assert run.code == 0, run.said
    assert place.ledger()["batch"] == min(batches)
    assert place.sold == {prompt_of(1): 1, prompt_of(2): 1}
    assert place.clips() == ["s1.mp4", "s2.mp4"], "what is not here is fetched again, for free"


def test_a_fresh_clone_needs_no_driver_and_buys_nothing_again(
    place: Workplace, here: Repository
) -> None:
    """As in CI: nobody told git anything, and two branches are merged there."""
    place.run("--select", "s1")
    here.commit()
    here.must("checkout", "--quiet", "-b", "side", "HEAD~1")
    place.run("--select", "s2")
    here.commit()
    clone = place.folder.parent / "ci"
    here.must("clone", "--quiet", str(place.folder), str(clone))
    ci = replace(place, folder=clone)
    git = Repository(clone, place.home)

    git.run("merge", "--quiet", "origin/main")
    run = ci.run()

    assert run.code == 0, run.said
    assert ci.clips() == ["s1.mp4", "s2.mp4"]
    assert ci.posts == 2


@pytest.mark.parametrize("is_first_run", [True, False])
@pytest.mark.parametrize("buyer", ["here", "there"])
def test_a_frame_of_a_shot_that_two_machines_bought_is_of_the_same_clip_on_both(
    place: Workplace, here: Repository, buyer: str, is_first_run: bool
) -> None:
    """One attempt with two tasks, or, of two first runs, two attempts; each has its own clip."""
    opening = {"id": "s1", "prompt": prompt_of(1)}
    turn = {"id": "turn", "prompt": "She turns.", "first_frame": {"shot": "s1"}}
    if not is_first_run:
        assert place.run("--select", "s2").code == 0
        here.commit()
    there, theirs = another_machine(place, here)
    for machine, git in ((there, theirs), (place, here)):
        assert machine.run("--select", "s1").code == 0
        git.commit()
    here.must("pull", "--quiet", "--no-rebase", str(there.folder), "main")
    theirs.must("pull", "--quiet", str(place.folder), "main")
    for machine in (place, there):
        machine.write([opening, turn, {"id": "s2", "prompt": prompt_of(2)}])
    before = [clip_bytes(machine) for machine in (place, there)]

    digests = [_digest_of_the_frame(machine) for machine in (place, there)]
    machine = place if buyer == "here" else there
    bought = machine.run("--select", "turn")
    again = machine.run("--select", "turn")

    assert digests[0] == digests[1] != ""
    assert bought.code == 0, bought.said
    assert again.code == 0, again.said
    assert place.sold["She turns."] == 1
    after = [clip_bytes(each) for each in (place, there)]
    for was, now in zip(before, after, strict=True):
        assert was.items() <= now.items(), "no clip has made way"
    frames = {r["first_frame"]["clip"] for r in _requests(machine) if "first_frame" in r}
    assert frames == {digests[0]}


def _requests(place: Workplace) -> list[Document]:
    return list(place.ledger()["requests"].values())


def _digest_of_the_frame(place: Workplace) -> str:
    """Of which clip a run would take the frame, by the reason that a plan gives and the ledger."""
    reason = next(s["reason"] for s in place.plan()["shots"] if s["shot"] == "turn")
    outputs = {
        task["task_id"]: f"sha256:{task['output']['sha256']}"
        for attempt in place.ledger()["attempts"]
        for task in attempt["tasks"]
        if attempt["shot"] == "s1"
    }
    named = [task_id for task_id in outputs if f"that of task {task_id}" in reason]
    assert len(named) == 1, reason
    return outputs[named[0]]
