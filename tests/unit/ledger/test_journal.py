"""The journal as a file: whatever was cut, flipped or refused, nothing is guessed."""

import os
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from omnibatch.errors import LedgerDamaged, LedgerTooNew, LedgerUnwritable
from omnibatch.ledger.journal import Journal
from omnibatch.ledger.records import read_journal, record_line

HEADER = {"journal": 1, "batch": "b-aaaaaaaa", "writer": "aaaaaaaa"}
RECORDS = [{"attempts": [{"id": f"ob-{n}", "refusal": f"né\u2028{n}\n"}]} for n in range(4)]


def open_journal(path: Path, writer: str = "bbbbbbbb") -> Journal:
    journal, _ = Journal.open(path, batch="b-aaaaaaaa", writer=writer)
    return journal


def written(path: Path) -> bytes:
    data = b"".join(map(record_line, [HEADER, *RECORDS]))
    path.write_bytes(data)
    return data


def test_a_record_is_on_disk_as_soon_as_it_is_appended(tmp_path: Path) -> None:
    path = tmp_path / "j"
    journal = open_journal(path)
    journal.append(RECORDS)
    journal.close()
    text = read_journal(path)

    assert text is not None
    assert list(text.records) == RECORDS
    assert text.batch == "b-aaaaaaaa"
    assert text.writers == {"bbbbbbbb"}


def test_a_journal_cut_at_any_byte_opens_and_loses_at_most_its_last_record(tmp_path: Path) -> None:
    path = tmp_path / "j"
    data = written(path)
    ends = [i + 1 for i, byte in enumerate(data) if byte == 0x0A]
    for cut in range(len(data) + 1):
        path.write_bytes(data[:cut])
        whole = sum(end <= cut for end in ends)
        journal = open_journal(path)
        journal.append([{"requests": {}}])
        journal.close()
        text = read_journal(path)
        torn = data[max([0, *(end for end in ends if end <= cut)]) : cut]
        aside = tmp_path / "j.torn-1"

        assert text is not None
        assert text.torn == b""
        kept = [record for record in text.records if "attempts" in record]
        assert kept == RECORDS[: max(0, whole - 1)]
        assert text.records[-1] == {"requests": {}}
        assert (aside.read_bytes() if aside.exists() else b"") == torn
        aside.unlink(missing_ok=True)


def test_a_flipped_byte_is_refused_with_the_place_of_its_line(tmp_path: Path) -> None:
    """Of the last line, too, but for its end: without that it looks cut off."""
    path = tmp_path / "j"
    data = written(path)
    starts = [0, *(i + 1 for i, byte in enumerate(data) if byte == 0x0A)]
    for place in range(len(data) - 1):
        for bit in (0x01, 0x40, 0x80):
            path.write_bytes(data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :])
            line = max(start for start in starts if start <= place)
            with pytest.raises(LedgerDamaged, match=rf"damaged at byte {line}\b"):
                read_journal(path)


def test_of_a_damaged_journal_every_record_that_is_whole_is_read(tmp_path: Path) -> None:
    """Also the two beside a newline that broke, and all of a file with other line ends."""
    path = tmp_path / "j"
    data = written(path)
    ends = [i for i, byte in enumerate(data) if byte == 0x0A]
    for place in range(len(data) - 1):
        path.write_bytes(data[:place] + bytes([data[place] ^ 0x40]) + data[place + 1 :])
        text = read_journal(path, damaged=True)
        bad = sum(end < place for end in ends)
        expected = [r for n, r in enumerate(RECORDS, 1) if n != bad or place in ends]

        assert text is not None
        assert text.damaged_at is not None
        assert list(text.records) == expected, place
        assert text.batch == ("b-aaaaaaaa" if bad or place in ends else "")
    path.write_bytes(data.replace(b"\n", b"\r\n"))
    text = read_journal(path, damaged=True)
    assert text is not None
    assert list(text.records) == RECORDS


@pytest.mark.parametrize(
    "tail", [b"{", b"\0" * 9000, b'{"crc":"0', b'{"crc":"0\0\0}\n', b"\0\0\n\0\0}\n{"]
)
def test_what_a_power_cut_leaves_is_a_torn_tail(tmp_path: Path, tail: bytes) -> None:
    path = tmp_path / "j"
    data = written(path)
    path.write_bytes(data + tail)
    text = read_journal(path)

    assert text is not None
    assert list(text.records) == RECORDS
    assert (text.good_bytes, text.torn) == (len(data), tail)


@pytest.mark.parametrize("spoilt", [b"\0", b"x"])
def test_a_journal_of_which_no_line_is_good_is_refused_not_begun_again(
    tmp_path: Path, spoilt: bytes
) -> None:
    path = tmp_path / "j"
    data = written(path).replace(b'"crc"', b'"' + spoilt * 3 + b'"')
    path.write_bytes(data)

    with pytest.raises(LedgerDamaged, match="byte 0"):
        open_journal(path)
    assert path.read_bytes() == data


def test_a_journal_with_windows_line_ends_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "j"
    path.write_bytes(written(path).replace(b"\n", b"\r\n"))

    with pytest.raises(LedgerDamaged):
        read_journal(path)


def test_a_torn_header_is_begun_again_and_kept_aside(tmp_path: Path) -> None:
    path = tmp_path / "j"
    path.write_bytes(record_line(HEADER)[:-5])
    assert read_journal(path) is None
    open_journal(path).close()
    text = read_journal(path)

    assert text is not None
    assert text.writers == {"bbbbbbbb"}
    assert (tmp_path / "j.torn-1").read_bytes() == record_line(HEADER)[:-5]


def test_a_torn_tail_never_replaces_an_earlier_one(tmp_path: Path) -> None:
    path = tmp_path / "j"
    for tail in (b"one", b"two"):
        written(path)
        with path.open("ab") as file:
            file.write(tail)
        open_journal(path).close()

    assert [(tmp_path / f"j.torn-{n}").read_bytes() for n in (1, 2)] == [b"one", b"two"]


@pytest.mark.parametrize(
    "lines",
    [
        [HEADER | {"journal": 2}],
        [HEADER | {"journal": 2}, {"elsewhere": 1}],
        [HEADER, {"elsewhere": 1}],
    ],
)
def test_a_later_format_is_refused(tmp_path: Path, lines: list[dict[str, object]]) -> None:
    path = tmp_path / "j"
    path.write_bytes(b"".join(map(record_line, lines)))

    with pytest.raises(LedgerTooNew):
        read_journal(path)


@pytest.mark.parametrize("header", [{}, {"journal": "1"}, {"journal": 1}, {"attempts": []}])
def test_a_journal_without_its_header_is_refused(tmp_path: Path, header: dict[str, object]) -> None:
    path = tmp_path / "j"
    path.write_bytes(record_line(header) + record_line(RECORDS[0]))

    with pytest.raises(LedgerDamaged, match="header"):
        read_journal(path)


def test_no_journal_and_an_empty_one_are_none(tmp_path: Path) -> None:
    path = tmp_path / "j"
    assert read_journal(path) is None
    path.touch()
    assert read_journal(path) is None


def test_each_process_that_records_names_itself(tmp_path: Path) -> None:
    path = tmp_path / "j"
    for writer in ("aaaaaaaa", "bbbbbbbb"):
        open_journal(path, writer).close()
    text = read_journal(path)

    assert text is not None
    assert text.writers == {"aaaaaaaa", "bbbbbbbb"}


def test_a_folder_that_is_not_there_is_unwritable(tmp_path: Path) -> None:
    with pytest.raises(LedgerUnwritable, match="cannot be opened"):
        open_journal(tmp_path / "gone" / "j")


@pytest.mark.skipif(os.name == "nt", reason="folders cannot be synced there")
def test_a_new_journals_name_is_synced_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = []
    for name in ("fsync", "fdatasync"):
        if sync := getattr(os, name, None):
            monkeypatch.setattr(
                os,
                name,
                lambda fd, sync=sync: (
                    synced.append(stat.S_ISDIR(os.fstat(fd).st_mode)),
                    sync(fd),
                )[1],
            )
    open_journal(tmp_path / "j").close()

    assert synced == [False, True]


CROWDED = """
    import resource, signal, sys
    from pathlib import Path
    from omnibatch.errors import LedgerUnwritable
    from omnibatch.ledger.journal import Journal

    path, room = Path(sys.argv[1]), int(sys.argv[2])
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    journal, _ = Journal.open(path, batch="b-aaaaaaaa", writer="bbbbbbbb")
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + room,) * 2)
    try:
        journal.append([{"requests": {"sha256:0": {"prompt": "x" * 50}}}])
    except LedgerUnwritable as error:
        size = path.stat().st_size
        for _ in range(2):
            try:
                journal.append([{"requests": {}}])
            except LedgerUnwritable as again:
                assert again is error
        assert path.stat().st_size == size
        assert journal.is_broken
        sys.exit(7)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="has no RLIMIT_FSIZE")
@pytest.mark.parametrize("room", [0, 1, 40, 90])
def test_a_full_disk_breaks_the_journal_and_the_next_run_goes_on(tmp_path: Path, room: int) -> None:
    path = tmp_path / "j"
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(CROWDED), str(path), str(room)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 7, done.stderr
    journal = open_journal(path, "cccccccc")
    journal.append(RECORDS)
    journal.close()
    text = read_journal(path)

    assert text is not None
    assert list(text.records) == [{"writer": "cccccccc"}, *RECORDS]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no /dev/full")
def test_a_device_without_room_is_unwritable() -> None:
    fd = os.open("/dev/full", os.O_RDWR)
    journal = Journal(fd, Path("/dev/full"), "aaaaaaaa")
    try:
        with pytest.raises(LedgerUnwritable, match="No space left"):
            journal.append(RECORDS)
    finally:
        journal.close()
