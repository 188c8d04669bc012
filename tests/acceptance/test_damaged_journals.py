"""A journal that a bad disk or an editor has damaged: nothing is bought on a guess, and there
is a way on that needs no backup."""

from pathlib import Path

import pytest

from ..workplace import Workplace, both, prompt_of


def killed(place: Workplace, *, recorded: int = 2) -> Path:
    """Kill a run of two shots once so many tasks are recorded; return its journal."""
    place.reopen(render_s=(0.4, 0.4))
    place.write(2)
    with place.start_run() as running:
        running.until("created task", times=recorded)
        running.kill()
    return place.folder / ".omnibatch" / "film.journal"


def spoil(journal: Path, line: int, *, byte: int = 40) -> int:
    """Flip a byte of the line; return the offset at which that line begins."""
    lines = journal.read_bytes().splitlines(keepends=True)
    spoilt = bytearray(lines[line])
    spoilt[byte] ^= 1
    lines[line] = bytes(spoilt)
    journal.write_bytes(b"".join(lines))
    return sum(map(len, lines[:line]))


def lines_of(journal: Path, word: str) -> list[int]:
    lines = journal.read_text(encoding="utf-8").splitlines()
    return [number for number, line in enumerate(lines) if word in line]


@both
def test_a_damaged_journal_is_refused_with_its_place_and_a_way_on(place: Workplace) -> None:
    journal = killed(place)
    offset = spoil(journal, lines_of(journal, '"open"')[0])
    before = journal.read_bytes()

    finished = place.run()

    assert finished.code == 7, finished.said
    assert f"damaged at byte {offset}:" in finished.err
    for word in ("backup", "omnibatch status", "adopt", "--journal-lost"):
        assert word in finished.err
    assert place.posts == 2
    assert journal.read_bytes() == before


@pytest.mark.slow
@both
def test_whichever_line_is_damaged_nothing_is_bought_twice(place: Workplace) -> None:
    """Slow: three command lines for each line of the journal."""
    journal = killed(place)
    whole = {path: path.read_bytes() for path in (journal, place.lockfile)}
    count = len(whole[journal].splitlines())
    for line in range(count):
        for path, data in whole.items():
            path.write_bytes(data)
        spoil(journal, line)

        refused = place.run()
        finished = place.run("--journal-lost")
        again = place.run()

        assert refused.code == 7, (line, refused.said)
        assert finished.code in (0, 4), (line, finished.said)
        # What the damaged line may have bought keeps the journal missed; a doubt does not.
        is_missed = "may have bought it" in finished.out
        assert again.code == (7 if is_missed else finished.code), (line, again.said)
        assert place.posts == 2, (line, finished.said)
    assert count >= 5


def test_buying_goes_on_with_a_new_journal_and_the_damaged_one_is_kept(place: Workplace) -> None:
    journal = killed(place)
    spoil(journal, lines_of(journal, '"open"')[0])
    damaged = journal.read_bytes()
    place.write(3)

    undecided = place.run("--journal-lost")
    place.omnibatch("retry", "film.yaml", "s3")
    finished = place.run("--journal-lost")

    assert undecided.code == 4, undecided.said
    assert "records of it are whole" in undecided.err
    assert finished.code == 0, finished.said
    assert place.sold == {prompt_of(n): 1 for n in (1, 2, 3)}
    assert journal.with_name("film.journal.damaged-1").read_bytes().startswith(damaged)
    place.lockfile.unlink()
    assert place.run().code == 0
    assert place.posts == 3


def test_status_and_adopt_work_meanwhile(place: Workplace) -> None:
    journal = killed(place)
    tasks = {task["prompt"]: task["task_id"] for task in place.meter()["tasks"]}
    # The send of the second shot and its verdict are both lost.
    opened = lines_of(journal, '"shot":"s2"')
    for line in opened:
        spoil(journal, line)

    shown = place.omnibatch("status", "film.yaml")
    adopted = place.omnibatch("adopt", "film.yaml", "s2", tasks[prompt_of(2)])
    guarded = place.run()
    finished = place.run("--journal-lost")

    assert shown.code == 0, shown.said
    assert "damaged at byte" in shown.err
    assert tasks[prompt_of(1)] in shown.out
    assert adopted.code == 0, adopted.said
    assert guarded.code == 7, guarded.said
    assert finished.code == 0, finished.said
    assert place.posts == 2


def test_a_torn_journal_is_told_of_once_with_the_name_of_what_is_set_aside(
    place: Workplace,
) -> None:
    journal = killed(place)
    with journal.open("ab") as file:
        file.write(b'{"crc":"0000')

    first = place.run()
    second = place.run()

    assert first.code == second.code == 0, first.said
    assert "film.journal.torn-1" in first.err
    assert "torn" not in second.err
    assert journal.with_name("film.journal.torn-1").read_bytes() == b'{"crc":"0000'


@pytest.mark.parametrize("lines", [1, 2])
def test_a_journal_without_its_first_lines_is_damaged_and_read_on(
    place: Workplace, lines: int
) -> None:
    """Its checksums tell that it is no stranger's file."""
    journal = killed(place)
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[lines:]))

    shown = place.omnibatch("status", "film.yaml")
    refused = place.run()
    finished = place.run("--journal-lost")

    assert shown.code == 0, shown.said
    assert all(task in shown.out for task in place.task_ids())
    assert refused.code == 7, refused.said
    assert "is damaged at byte 0" in refused.err
    assert "--journal-lost" in refused.err
    assert finished.code == 0, finished.said
    assert place.posts == 2
    assert place.run().code == 0


@pytest.mark.parametrize("closed", ["as it was", "with --ledger"])
def test_a_backup_from_before_the_damage_was_written_is_told_from_a_later_one(
    place: Workplace, closed: str
) -> None:
    """The run went on after it was made: what it does not know would be bought again."""
    options = [] if closed == "as it was" else ["--ledger", "a volume"]
    place.reopen(render_s=(5.0, 5.0))
    place.write(3)
    folder = place.folder / (options[1] if options else ".omnibatch")
    journal = folder / "film.journal"
    with place.start_run(*options) as running:
        running.until("created task", times=3)
        running.kill()
    whole = journal.read_bytes()
    lines = whole.splitlines(keepends=True)
    older = b"".join(lines[: lines_of(journal, '"open"')[1]])
    spoil(journal, 2)
    assert place.run(*options).code == 7
    journal.write_bytes(older)

    planned = place.omnibatch("plan", "film.yaml", *options)
    refused = place.run(*options)
    lost = place.run("--journal-lost", *options)
    assert (planned.code, refused.code) == (7, 7), planned.said + refused.said
    assert "older" in refused.err
    assert lost.code in (0, 4), lost.said
    assert place.posts == 3
    journal.write_bytes(whole)
    finished = place.run(*options)

    assert finished.code == 0, finished.said
    assert set(place.sold.values()) == {1}


def test_after_a_decision_on_a_damaged_journal_the_next_command_works_as_it_is_printed(
    place: Workplace,
) -> None:
    """The run that made it had ended: no mark in the lockfile stands for the damage."""
    place.write(2)
    assert place.run().code == 0
    journal = place.folder / ".omnibatch" / "film.journal"
    spoil(journal, lines_of(journal, '"open"')[0])

    granted = place.omnibatch("retry", "film.yaml", "s2")
    typed = granted.out.splitlines()[-1].partition("next: ")[2].partition("   (")[0]
    finished = place.omnibatch(*typed.split()[1:], "--yes")

    assert granted.code == 0, granted.said
    assert typed == "omnibatch run --journal-lost film.yaml"
    assert finished.code == 0, finished.said
    assert place.sold == {prompt_of(1): 1, prompt_of(2): 2}
