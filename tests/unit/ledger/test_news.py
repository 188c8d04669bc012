"""What others put into the lockfile of an open ledger, and what a purchase is held against."""

from pathlib import Path

import pytest

from omnibatch.errors import JournalMissing
from omnibatch.ledger import Ledger, Opening, TaskState, encode_lockfile, read_ledger
from omnibatch.ledger.join import join_ledgers
from omnibatch.ledger.lockfile import read_lockfile, write_lockfile

from .samples import NOW, a_book, a_ledger, a_place, an_id, made, sent


def put(folder: Path, ledger: Ledger) -> None:
    """As a pull does: what was there, and `ledger`."""
    lockfile = a_place(folder).lockfile
    joined = join_ledgers(read_lockfile(lockfile) or Ledger(), ledger)
    lockfile.write_text(encode_lockfile(joined), encoding="utf-8")


def test_buying_begins_where_nothing_has_changed(tmp_path: Path) -> None:
    with a_book(tmp_path) as book:
        assert book.begin_buying(NOW)
        assert book.ledger.open == Opening(book.writer, NOW)
        book.close()


def test_buying_does_not_begin_on_a_plan_that_a_pull_has_outdated(tmp_path: Path) -> None:
    with a_book(tmp_path) as book:
        put(tmp_path, a_ledger(made(3)))

        assert not book.begin_buying(NOW)
        assert book.ledger.open is None
        assert book.attempts[an_id(3)] == made(3)
        assert book.begin_buying(NOW)
        book.close()


def test_a_lockfile_that_tells_nothing_new_is_no_news(tmp_path: Path) -> None:
    write_lockfile(a_place(tmp_path).lockfile, a_ledger(made(1), made(2)))
    with a_book(tmp_path) as book:
        a_place(tmp_path).lockfile.write_text(encode_lockfile(a_ledger(sent(1))), encoding="utf-8")

        assert book.begin_buying(NOW)
        book.close()


def test_nothing_is_bought_beside_a_run_that_a_pull_tells_of(tmp_path: Path) -> None:
    with a_book(tmp_path) as book:
        put(tmp_path, Ledger(open=Opening("zzzzzzzz", NOW)))
        with pytest.raises(JournalMissing, match="zzzzzzzz"):
            book.begin_buying(NOW)
        book.close()

    found = read_lockfile(a_place(tmp_path).lockfile)
    assert found is not None
    assert found.open == Opening("zzzzzzzz", NOW)


def test_a_run_of_ours_that_was_killed_is_not_missed_where_a_checkout_brings_it_back(
    tmp_path: Path,
) -> None:
    with a_book(tmp_path) as book:
        book.begin_buying(NOW)
        book.record_now(made(1))
    left_open = a_place(tmp_path).lockfile.read_bytes()
    with a_book(tmp_path) as book:
        book.close()
    with a_book(tmp_path) as book:
        a_place(tmp_path).lockfile.write_bytes(left_open)

        assert book.begin_buying(NOW)
        book.close()


def test_a_first_lockfile_that_comes_meanwhile_names_the_ledger(tmp_path: Path) -> None:
    """Else the ids and accounts of this machine would be another ledger's."""
    with a_book(tmp_path) as book:
        assert book.batch != "b-aaaaaaaa"
        put(tmp_path, a_ledger(made(1)))

        assert not book.begin_buying(NOW)
        assert book.batch == "b-aaaaaaaa"
        book.record_now(made(2))
        book.close()

    assert read_ledger(a_place(tmp_path)).batch == "b-aaaaaaaa"


def test_a_look_takes_in_what_has_come_and_says_which_tasks_are_new(tmp_path: Path) -> None:
    write_lockfile(a_place(tmp_path).lockfile, a_ledger(made(1)))
    with a_book(tmp_path) as book:
        book.begin_buying(NOW)
        book.look()
        assert not book.brought
        put(tmp_path, a_ledger(made(1, TaskState.COLLECTED), made(2)))
        book.look()

        (news,) = book.brought
        assert {known: len(tasks) for known, tasks in news.tasks.items()} == {
            an_id(1): 0,
            an_id(2): 1,
        }
        book.close()


def test_a_look_leaves_a_file_that_cannot_be_read_to_the_checkpoint(tmp_path: Path) -> None:
    """A merge may be writing it."""
    with a_book(tmp_path) as book:
        book.begin_buying(NOW)
        whole = a_place(tmp_path).lockfile.read_bytes()
        a_place(tmp_path).lockfile.write_text("half a file")
        book.look()
        a_place(tmp_path).lockfile.write_bytes(whole)
        put(tmp_path, a_ledger(made(2)))
        book.look()

        assert an_id(2) in book.attempts
        book.close()
