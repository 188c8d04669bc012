"""The ledger open for recording: nothing paid for is forgotten, whatever files go."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from omnibatch.errors import JournalMissing, LedgerDamaged, LedgerHeld, LedgerUnwritable
from omnibatch.ledger import (
    Attempt,
    Ledger,
    LedgerPlace,
    Opening,
    SendKey,
    SendState,
    State,
    TaskState,
    encode_lockfile,
    ledger_exists,
    read_ledger,
    state_of,
)
from omnibatch.ledger.codec import attempt_to_json
from omnibatch.ledger.join import join_ledgers
from omnibatch.ledger.lockfile import read_lockfile, write_lockfile
from omnibatch.ledger.records import read_journal

from .samples import NOW, a_book, a_ledger, a_place, an_id, made, sent

REQUESTS = {"sha256:" + "0" * 64: {"prompt": "A pier."}}


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def locked(folder: Path) -> Ledger:
    found = read_lockfile(a_place(folder).lockfile)
    assert found is not None
    return found


def test_reading_makes_no_file(tmp_path: Path) -> None:
    assert read_ledger(a_place(tmp_path)) == Ledger()
    assert not ledger_exists(a_place(tmp_path))
    assert files(tmp_path) == set()


def test_a_book_that_records_nothing_leaves_no_ledger(tmp_path: Path) -> None:
    with a_book(tmp_path) as book:
        book.close()

    assert not ledger_exists(a_place(tmp_path))
    assert files(tmp_path) == {".omnibatch/.gitignore", ".omnibatch/harbor.held"}


def test_what_is_recorded_is_read_again(tmp_path: Path) -> None:
    with a_book(tmp_path) as book:
        book.record_now(made(1))
        assert read_ledger(a_place(tmp_path)).attempts == {an_id(1): made(1)}
        book.close()

    assert locked(tmp_path).attempts == {an_id(1): made(1)}
    assert locked(tmp_path).batch == book.batch
    assert locked(tmp_path).name == "harbor"


def test_a_kill_after_a_record_loses_nothing(tmp_path: Path) -> None:
    with a_book(tmp_path) as book:
        book.record_now(sent(1))
        book.record_now(made(1))
    with a_book(tmp_path) as book:
        assert book.attempts[an_id(1)] == made(1)


def test_an_unchanged_ledger_changes_no_byte(tmp_path: Path) -> None:
    with a_book(tmp_path) as book:
        book.record_now(made(1))
        book.close()
    place = a_place(tmp_path)
    before = (place.lockfile.stat(), place.journal.read_bytes())
    with a_book(tmp_path) as book:
        book.close()

    assert (place.lockfile.stat(), place.journal.read_bytes()) == before


def test_a_second_book_is_refused(tmp_path: Path) -> None:
    with a_book(tmp_path), pytest.raises(LedgerHeld):
        a_book(tmp_path)
    a_book(tmp_path).release()


def test_a_book_that_cannot_be_read_frees_its_lock(tmp_path: Path) -> None:
    a_place(tmp_path).lockfile.write_text("{")
    for _ in range(2):
        with pytest.raises(LedgerDamaged):
            a_book(tmp_path)


def test_a_fresh_clones_journal_knows_the_lockfile_after_the_first_record(tmp_path: Path) -> None:
    place = a_place(tmp_path)
    cloned = Ledger(
        batch="b-aaaaaaaa", name="harbor", requests=REQUESTS, attempts={an_id(1): made(1)}
    )
    write_lockfile(place.lockfile, cloned)
    with a_book(tmp_path) as book:
        book.record_now(made(2))
    place.lockfile.unlink()

    found = read_ledger(place)
    assert found.attempts == {an_id(1): made(1), an_id(2): made(2)}
    assert found.requests == REQUESTS
    assert found.batch == "b-aaaaaaaa"


@pytest.mark.parametrize("back_to", ["deleted", "older"])
def test_a_lockfile_deleted_or_checked_out_old_loses_nothing(tmp_path: Path, back_to: str) -> None:
    place = a_place(tmp_path)
    with a_book(tmp_path) as book:
        book.record_now(made(1))
        book.close()
    old = place.lockfile.read_bytes()
    with a_book(tmp_path) as book:
        book.begin_buying("2026-11-22T10:00:00Z")
        book.record_now(made(2))
        book.close()
    newest = place.lockfile.read_bytes()
    if back_to == "deleted":
        place.lockfile.unlink()
    else:
        place.lockfile.write_bytes(old)
    with a_book(tmp_path) as book:
        book.record_now(made(2))
        book.close()

    assert locked(tmp_path).attempts.keys() == {an_id(1), an_id(2)}
    assert back_to == "deleted" or place.lockfile.read_bytes() == newest


def test_a_pull_during_a_run_is_joined_not_overwritten(tmp_path: Path) -> None:
    """`git pull` in the hours that a run takes: the other machine's paid tasks stay."""
    place = a_place(tmp_path)
    write_lockfile(place.lockfile, a_ledger(sent(1)))
    with a_book(tmp_path) as book:
        book.begin_buying("2026-11-22T10:00:00Z")
        book.record_now(made(2))
        pulled = join_ledgers(locked(tmp_path), a_ledger(made(1), made(3)))
        place.lockfile.write_text(encode_lockfile(pulled), encoding="utf-8")
        book.close()

    assert locked(tmp_path).attempts == a_ledger(made(1), made(2), made(3)).attempts
    assert locked(tmp_path).open is None
    place.lockfile.unlink()
    assert read_ledger(place).attempts[an_id(3)] == made(3)


def test_a_pull_during_a_run_brings_the_other_runs_opening(tmp_path: Path) -> None:
    place = a_place(tmp_path)
    other = Opening("zzzzzzzz", "2026-11-22T09:00:00Z")
    with a_book(tmp_path) as book:
        book.begin_buying("2026-11-22T10:00:00Z")
        book.record_now(made(2))
        pulled = join_ledgers(locked(tmp_path), Ledger(open=other))
        place.lockfile.write_text(encode_lockfile(pulled), encoding="utf-8")
        book.close()

    assert locked(tmp_path).open == Opening("zzzzzzzz", "2026-11-22T10:00:00Z")
    with pytest.raises(JournalMissing):
        a_book(tmp_path)


def test_a_lockfile_that_looks_untouched_is_joined_all_the_same(tmp_path: Path) -> None:
    """The same file, of the same size and time: clocks tick coarsely, and tools set times."""
    place = a_place(tmp_path)
    write_lockfile(place.lockfile, a_ledger(made(1)))
    with a_book(tmp_path) as book:
        before = place.lockfile.stat()
        place.lockfile.write_text(encode_lockfile(a_ledger(made(3))), encoding="utf-8")
        os.utime(place.lockfile, ns=(before.st_atime_ns, before.st_mtime_ns))
        after = place.lockfile.stat()
        assert (after.st_ino, after.st_size, after.st_mtime_ns) == (
            before.st_ino,
            before.st_size,
            before.st_mtime_ns,
        )
        book.close()

    assert locked(tmp_path).attempts == a_ledger(made(1), made(3)).attempts


def test_a_lockfile_spoilt_during_a_run_is_not_overwritten(tmp_path: Path) -> None:
    place = a_place(tmp_path)
    with a_book(tmp_path) as book:
        book.record_now(made(1))
        place.lockfile.write_text("half an edit")
        with pytest.raises(LedgerDamaged):
            book.close()

    assert place.lockfile.read_text() == "half an edit"
    place.lockfile.unlink()
    assert read_ledger(place).attempts == {an_id(1): made(1)}


def test_buying_is_said_in_the_lockfile_before_and_unsaid_at_the_end(tmp_path: Path) -> None:
    with a_book(tmp_path) as book:
        book.begin_buying("2026-11-22T10:00:00Z")
        assert locked(tmp_path).open == Opening(book.writer, NOW)
        book.begin_buying("later")
        assert locked(tmp_path).open == Opening(book.writer, NOW)
        book.record_now(made(1))
        book.close()

    assert locked(tmp_path).open is None


def killed_while_buying(folder: Path) -> str:
    with a_book(folder) as book:
        book.begin_buying("2026-11-22T10:00:00Z")
        book.record_now(sent(1))
    return book.writer


def test_the_machine_that_was_killed_goes_on(tmp_path: Path) -> None:
    killed_while_buying(tmp_path)
    with a_book(tmp_path) as book:
        assert state_of(book.attempts[an_id(1)]) is State.UNCONFIRMED
        book.close()

    assert locked(tmp_path).open is None


def test_a_lockfile_left_open_is_refused_without_its_journal(tmp_path: Path) -> None:
    writer = killed_while_buying(tmp_path)
    a_place(tmp_path).journal.unlink()
    before = a_place(tmp_path).lockfile.read_bytes()
    with pytest.raises(JournalMissing, match=writer):
        a_book(tmp_path)

    assert a_place(tmp_path).lockfile.read_bytes() == before
    with a_book(tmp_path, without_journal=True) as book:
        book.close()
    held = locked(tmp_path).open
    assert held is not None
    assert held.writer == writer, "nothing was bought, so the run is still unaccounted for"
    with a_book(tmp_path, without_journal=True) as book:
        book.begin_buying("2026-11-22T10:00:00Z")
        book.close()
    still = locked(tmp_path).open
    assert still is not None
    assert still.writer == writer, "some things were bought, and others may have been before"
    with a_book(tmp_path, without_journal=True) as book:
        book.unaccounted = None
        book.close()
    assert locked(tmp_path).open is None


def test_a_journal_of_another_run_does_not_stand_in_for_the_missing_one(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
        killed_while_buying(folder)
    shutil.copy(a_place(there).lockfile, a_place(here).lockfile)

    with pytest.raises(JournalMissing):
        a_book(here)


def test_an_older_copy_of_the_journal_does_not_stand_in_for_it(tmp_path: Path) -> None:
    """A cache or a backup brings back yesterday's journal beside today's lockfile."""
    with a_book(tmp_path) as book:
        book.record_now(made(2))
        book.close()
    old = a_place(tmp_path).journal.read_bytes()
    killed_while_buying(tmp_path)
    a_place(tmp_path).journal.write_bytes(old)

    with pytest.raises(JournalMissing):
        a_book(tmp_path)


def test_a_lockfile_that_two_runs_left_open_needs_both_journals(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
        killed_while_buying(folder)
    both = join_ledgers(locked(here), locked(there))
    for folder in (here, there):
        write_lockfile(a_place(folder).lockfile, both)
        with pytest.raises(JournalMissing):
            a_book(folder)


def test_two_copies_of_one_folder_never_give_two_sends_one_name(tmp_path: Path) -> None:
    """One copy's certain `not created` must not end the other's doubt."""
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    with a_book(here) as book:
        book.record_now(Attempt(id=an_id(1), intent=sent(1).intent))
        book.close()
    shutil.copytree(here, there)
    for folder, state in ((here, SendState.IN_DOUBT), (there, SendState.NOT_CREATED)):
        with a_book(folder) as book:
            book.record_now(Attempt(id=an_id(1), sends={SendKey(1, book.writer): state}))
            book.close()

    both = join_ledgers(locked(here), locked(there))
    assert state_of(both.attempts[an_id(1)]) is State.UNCONFIRMED


def test_a_sends_name_is_never_used_for_a_second_post(tmp_path: Path) -> None:
    """Else the second one's doubt would vanish behind the first one's verdict."""
    with a_book(tmp_path) as book:
        book.record_now(sent(1))
        book.record_now(sent(1, SendState.NOT_CREATED))
        with pytest.raises(ValueError, match="already sent"):
            book.record_now(sent(1))


def test_an_attempt_found_open_may_be_recorded_again_as_it_is(tmp_path: Path) -> None:
    with a_book(tmp_path) as book:
        book.record_now(sent(1))
        book.record_now(book.attempts[an_id(1)])

        assert book.attempts[an_id(1)] == sent(1)


TOLD = """
    import resource, signal, sys
    from pathlib import Path
    sys.path.insert(0, sys.argv[2])
    from omnibatch.errors import LedgerUnwritable
    from omnibatch.ledger import Attempt, AttemptId, Book, LedgerPlace, SendKey, SendState
    from omnibatch.ledger import Task, TaskKey, TaskState, encode_lockfile
    from omnibatch.ledger.codec import attempt_from_json
    import json

    whole = attempt_from_json(json.loads(sys.argv[3]))
    opened = attempt_from_json(json.loads(sys.argv[4]))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    place = LedgerPlace.beside(Path(sys.argv[1]) / "harbor.yaml")
    book = Book.open(place, name="harbor", now=lambda: "now", randomness=lambda n: b"\\x01" * n)
    with book:
        book.begin_buying("2026-11-22T10:00:00Z")
        while place.journal.stat().st_size < 20_000:
            book.record_now(Attempt(id=whole.id, intent=whole.intent, refusal="x" * 500))
        resource.setrlimit(resource.RLIMIT_FSIZE, (place.journal.stat().st_size,) * 2)
        for delta in (whole, opened):
            try:
                book.record_now(delta)
            except LedgerUnwritable:
                continue
            sys.exit(1)
        book.close()
    sys.exit(7)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="has no RLIMIT_FSIZE")
def test_a_task_that_the_journal_has_no_room_for_still_reaches_the_lockfile(tmp_path: Path) -> None:
    """The journal's disk is full, the lockfile's is not; the send never made is no doubt."""
    done = subprocess.run(
        [
            *(sys.executable, "-c", textwrap.dedent(TOLD), str(tmp_path), "."),
            *(json.dumps(attempt_to_json(attempt)) for attempt in (made(1), sent(2))),
        ],
        capture_output=True,
        text=True,
    )

    assert done.returncode == 7, done.stderr
    assert locked(tmp_path).attempts[an_id(1)].tasks == made(1).tasks
    assert an_id(2) not in locked(tmp_path).attempts
    with a_book(tmp_path) as book:
        assert book.attempts[an_id(1)].tasks == made(1).tasks


def test_a_lockfile_that_cannot_say_open_stops_before_buying(tmp_path: Path) -> None:
    with a_book(tmp_path) as book:
        a_place(tmp_path).lockfile.mkdir()
        for _ in range(2):
            with pytest.raises((LedgerUnwritable, LedgerDamaged)):
                book.begin_buying("2026-11-22T10:00:00Z")


@pytest.mark.anyio
async def test_checkpoints_cost_no_more_than_the_ledger_is_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """1,500 shots with three records each: a handful of writes, and linear in bytes."""
    place, sizes = a_place(tmp_path), []
    with a_book(tmp_path) as book:
        seen = None
        for state in (SendState.OPEN, SendState.NOT_CREATED, SendState.CREATED):
            for number in range(1500):
                book._append([sent(number, state)], {})
                if number % 50 == 49:
                    await book.record(Attempt(id=an_id(number)))
                now = place.lockfile.stat() if place.lockfile.exists() else None
                if now is not None and (seen is None or now.st_ino != seen.st_ino):
                    sizes.append(now.st_size)
                seen = now
        book.close()

    assert 3 <= len(sizes) <= 8
    assert sum(sizes) <= 6 * place.lockfile.stat().st_size


@pytest.mark.anyio
async def test_requests_are_recorded_once(tmp_path: Path) -> None:
    with a_book(tmp_path) as book:
        await book.record(sent(1), requests=REQUESTS)
        await book.record(sent(2), requests=REQUESTS)
    text = read_journal(a_place(tmp_path).journal)

    assert text is not None
    assert sum("requests" in record for record in text.records) == 1
    assert read_ledger(a_place(tmp_path)).requests == REQUESTS


def test_the_journals_folder_ignores_itself_in_git(tmp_path: Path) -> None:
    a_book(tmp_path).release()

    assert (tmp_path / ".omnibatch" / ".gitignore").read_text() == "*\n"


def test_a_folder_of_the_users_is_not_made_invisible_to_git(tmp_path: Path) -> None:
    """`--ledger .` must not hide the manifest and the lockfile beside it."""
    place = LedgerPlace.beside(tmp_path / "harbor.yaml", folder=tmp_path)
    place.prepare()

    assert files(tmp_path) == set()


def test_a_kept_folder_that_we_make_ignores_itself(tmp_path: Path) -> None:
    LedgerPlace.beside(tmp_path / "harbor.yaml", folder=tmp_path / "kept").prepare()

    assert files(tmp_path) == {"kept/.gitignore"}


def test_a_rehearsal_touches_no_file_of_the_real_ledger(tmp_path: Path) -> None:
    real, rehearsal = a_place(tmp_path), LedgerPlace.of_rehearsal(tmp_path / "harbor.yaml")

    assert not {real.lockfile, real.journal, real.held} & {
        *(rehearsal.lockfile, rehearsal.journal, rehearsal.held)
    }
    rehearsal.prepare()
    assert (tmp_path / ".omnibatch" / ".gitignore").read_text() == "*\n"


def test_a_collected_clip_is_never_uncollected_by_an_older_copy(tmp_path: Path) -> None:
    with a_book(tmp_path) as book:
        book.record_now(made(1, TaskState.COLLECTED))
        book.record_now(made(1, TaskState.RUNNING))
        assert state_of(book.attempts[an_id(1)]) is State.COLLECTED
