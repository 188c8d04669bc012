"""A broken download goes on where it ended, in the very same file, or begins anew: no splices."""

import errno
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from omnibatch.wire import Fetched, NotFetched

from .conftest import Dialled
from .listening import Call, Listener

CLIP = os.urandom(200_000)
OTHER = os.urandom(200_000)
CUT = 120_000
ETAG = '"v1"'


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "clip.mp4.part"


@dataclass(slots=True)
class Store:
    """A server of one file. `cuts` says how much of each answer's body is sent, in order."""

    content: bytes = CLIP
    etag: str | None = ETAG
    cuts: list[int] = field(default_factory=list)
    more: dict[str, str] = field(default_factory=dict)
    status: int | None = None
    answer: Callable[["Store", Call, int], None] | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, call: Call) -> None:
        head = call.read().decode("latin-1").lower()
        wanted = re.search(r"\r\nrange: (.*?)\r\n", head)
        condition = re.search(r"\r\nif-range: (.*?)\r\n", head)
        self.asked.append((wanted[1] if wanted else "", condition[1] if condition else ""))
        first = int(wanted[1].removeprefix("bytes=").removesuffix("-")) if wanted else 0
        if self.status is not None:
            call.answer(self.status, b"")
        elif wanted and self.answer is not None:
            self.answer(self, call, first)
        elif wanted and condition and condition[1] == self.etag:
            self.part(call, first)
        else:
            self.whole(call)

    def whole(self, call: Call) -> None:
        self.send(call, 200, self.content, {})

    def part(self, call: Call, first: int, **headers: str) -> None:
        total = len(self.content)
        span = {"content-range": f"bytes {first}-{total - 1}/{total}"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.send(call, 206, self.content[first:], {**span, **named})

    def send(self, call: Call, status: int, body: bytes, headers: dict[str, str]) -> None:
        known = {} if self.etag is None else {"etag": self.etag}
        named = {"content-length": str(len(body)), **known, **self.more, **headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in named.items() if value)
        cut = self.cuts.pop(0) if self.cuts else len(body)
        call.send(f"HTTP/1.1 {status} Status\r\n{lines}\r\n".encode() + body[:cut])


@pytest.fixture
def store() -> Store:
    """Breaks off once, after `CUT` bytes."""
    return Store(cuts=[CUT])


@pytest.fixture
def server(store: Store) -> Iterator[Listener]:
    with Listener(store) as server:
        yield server


def broken(fetched: Fetched | NotFetched, kept: float = CUT / len(CLIP)) -> None:
    assert isinstance(fetched, NotFetched), fetched
    assert fetched.again
    assert fetched.kept == pytest.approx(kept)


def whole(content: bytes) -> Fetched:
    return Fetched(bytes=len(content), sha256=hashlib.sha256(content).hexdigest())


def test_a_broken_download_goes_on_where_it_ended(
    dialled: Dialled, server: Listener, store: Store, part: Path
) -> None:
    broken(dialled.fetch(f"{server.url}/clip.mp4?sig=first", part))
    fetched = dialled.fetch(f"{server.url}/clip.mp4?sig=second", part)

    assert fetched == whole(CLIP)
    assert part.read_bytes() == CLIP
    assert store.asked == [("", ""), (f"bytes={CUT}-", ETAG)]
    assert [path.name for path in part.parent.iterdir()] == [part.name]


def test_it_goes_on_as_often_as_it_breaks(
    dialled: Dialled, server: Listener, store: Store, part: Path
) -> None:
    store.cuts = [50_000, 50_000, 50_000]

    for kept in (0.25, 0.5, 0.75):
        broken(dialled.fetch(server.url, part), kept)
    fetched = dialled.fetch(server.url, part)

    assert fetched == whole(CLIP)
    assert part.read_bytes() == CLIP
    assert [wanted for wanted, _ in store.asked[1:]] == [
        f"bytes={first}-" for first in (50_000, 100_000, 150_000)
    ]


def test_a_server_may_give_less_than_the_rest(
    dialled: Dialled, server: Listener, store: Store, part: Path
) -> None:
    def a_little(store: Store, call: Call, first: int) -> None:
        span = f"bytes {first}-{first + 9_999}/{len(CLIP)}"
        store.send(call, 206, CLIP[first : first + 10_000], {"content-range": span})

    broken(dialled.fetch(server.url, part))
    store.answer = a_little
    broken(dialled.fetch(server.url, part), (CUT + 10_000) / len(CLIP))
    store.answer = None

    assert dialled.fetch(server.url, part) == whole(CLIP)


def test_a_file_that_has_changed_is_fetched_from_its_start(
    dialled: Dialled, server: Listener, store: Store, part: Path
) -> None:
    broken(dialled.fetch(server.url, part))
    store.content, store.etag = OTHER, '"v2"'

    assert dialled.fetch(server.url, part) == whole(OTHER)
    assert part.read_bytes() == OTHER
    assert len(store.asked) == 2


LENGTH = len(OTHER)
SPOILED: dict[str, dict[str, str]] = {
    "another validator": {"etag": '"v2"'},
    "no validator": {"etag": ""},
    "a weak validator": {"etag": f"W/{ETAG}"},
    "no range": {"content_range": ""},
    "another beginning": {"content_range": f"bytes 0-{LENGTH - 1}/{LENGTH}"},
    "one byte further": {"content_range": f"bytes {CUT + 1}-{LENGTH - 1}/{LENGTH}"},
    "another length": {"content_range": f"bytes {CUT}-{LENGTH}/{LENGTH + 1}"},
    "an unknown length": {"content_range": f"bytes {CUT}-{LENGTH - 1}/*"},
    "an end beyond the end": {"content_range": f"bytes {CUT}-{LENGTH}/{LENGTH}"},
    "an end that its length denies": {"content_range": f"bytes {CUT}-{LENGTH - 2}/{LENGTH}"},
    "several ranges": {"content_type": "multipart/byteranges; boundary=x", "content_range": ""},
}


@pytest.mark.parametrize("headers", SPOILED.values(), ids=SPOILED.keys())
def test_a_part_that_does_not_fit_is_never_joined_on(
    dialled: Dialled, server: Listener, store: Store, part: Path, headers: dict[str, str]
) -> None:
    """A server, or a cache before it, that knows ranges and not what to check them by."""
    broken(dialled.fetch(server.url, part))
    store.content = OTHER
    store.answer = lambda store, call, first: store.part(call, first, **headers)

    assert dialled.fetch(server.url, part) == whole(OTHER)
    assert part.read_bytes() == OTHER
    assert [wanted for wanted, _ in store.asked] == ["", f"bytes={CUT}-", ""]


@pytest.mark.parametrize(
    ("etag", "more"),
    [
        (None, {}),
        (f"W/{ETAG}", {}),
        ("v1", {}),
        (ETAG, {"accept-ranges": "none"}),
        (ETAG, {"content-length": "", "connection": "close"}),
    ],
    ids=["no validator", "a weak one", "a bare word", "no ranges", "no length"],
)
def test_what_cannot_be_gone_on_with_is_fetched_from_its_start(
    dialled: Dialled,
    server: Listener,
    store: Store,
    part: Path,
    etag: str | None,
    more: dict[str, str],
) -> None:
    store.etag, store.more = etag, more
    dialled.fetch(server.url, part)
    store.more = {}

    assert dialled.fetch(server.url, part) == whole(CLIP)
    assert store.asked == [("", ""), ("", "")]


def test_a_file_at_another_address_is_fetched_from_its_start(
    dialled: Dialled, server: Listener, store: Store, part: Path
) -> None:
    broken(dialled.fetch(f"{server.url}/one.mp4", part))

    assert dialled.fetch(f"{server.url}/two.mp4", part) == whole(CLIP)
    assert store.asked == [("", ""), ("", "")]


@pytest.mark.parametrize("spoil", ["edited", "shortened", "removed"])
def test_a_beginning_that_is_not_as_it_was_is_not_built_on(
    dialled: Dialled, server: Listener, store: Store, part: Path, spoil: str
) -> None:
    """A power cut may leave zeros where bytes were; the note's hash tells."""
    broken(dialled.fetch(server.url, part))
    if spoil == "removed":
        part.unlink()
    else:
        part.write_bytes(bytes(CUT) if spoil == "edited" else CLIP[: CUT - 1])

    assert dialled.fetch(server.url, part) == whole(CLIP)
    assert store.asked == [("", ""), ("", "")]


def test_bytes_behind_the_noted_beginning_are_cut_off(
    dialled: Dialled, server: Listener, store: Store, part: Path
) -> None:
    """As a kill leaves them that came after the note was written."""
    broken(dialled.fetch(server.url, part))
    part.write_bytes(CLIP[:CUT] + b"and more")

    assert dialled.fetch(server.url, part) == whole(CLIP)
    assert part.read_bytes() == CLIP


@pytest.mark.parametrize(
    "note", [b"", b"[]", b"{}", b"[" * 9000, b'{"bytes": 1}', b"\xff", b"null"]
)
def test_a_note_that_cannot_be_read_is_no_note(
    dialled: Dialled, server: Listener, store: Store, part: Path, note: bytes
) -> None:
    broken(dialled.fetch(server.url, part))
    part.with_name(f"{part.name}.kept").write_bytes(note)

    assert dialled.fetch(server.url, part) == whole(CLIP)


@pytest.mark.parametrize(
    ("field", "value"),
    [("bytes", 0), ("bytes", -1), ("bytes", len(CLIP)), ("bytes", True), ("total", "9"),
     ("sha256", "g" * 64), ("etag", 1), ("source", None)],
)  # fmt: skip
def test_a_note_that_says_nonsense_is_no_note(
    dialled: Dialled, server: Listener, store: Store, part: Path, field: str, value: object
) -> None:
    broken(dialled.fetch(server.url, part))
    note = part.with_name(f"{part.name}.kept")
    note.write_text(json.dumps({**json.loads(note.read_bytes()), field: value}))

    assert dialled.fetch(server.url, part) == whole(CLIP)
    assert store.asked == [("", ""), ("", "")]


def test_a_note_holds_no_signature(dialled: Dialled, server: Listener, part: Path) -> None:
    broken(dialled.fetch(f"{server.url}/clip.mp4?sig=canary", part))

    note = part.with_name(f"{part.name}.kept").read_text()
    assert json.loads(note)["source"] == f"{server.url}/clip.mp4"
    assert "canary" not in note


def test_an_expired_address_in_between_costs_nothing_that_was_kept(
    dialled: Dialled, server: Listener, store: Store, part: Path
) -> None:
    broken(dialled.fetch(server.url, part))
    store.status = 403
    broken(dialled.fetch(server.url, part))
    store.status = None

    assert dialled.fetch(server.url, part) == whole(CLIP)
    assert store.asked[-1] == (f"bytes={CUT}-", ETAG)


@pytest.mark.parametrize("status", [400, 403, 416, 501])
def test_a_server_that_refuses_ranges_alone_is_asked_for_the_whole(
    dialled: Dialled, server: Listener, store: Store, part: Path, status: int
) -> None:
    """Else its clip could never be had again."""
    broken(dialled.fetch(server.url, part))
    store.answer = lambda store, call, first: store.send(call, status, b"", {"etag": ""})

    assert dialled.fetch(server.url, part) == whole(CLIP)
    assert [wanted for wanted, _ in store.asked] == ["", f"bytes={CUT}-", ""]


def test_a_range_that_brings_nothing_is_not_asked_for_again(
    dialled: Dialled, server: Listener, store: Store, part: Path
) -> None:
    broken(dialled.fetch(server.url, part))
    store.cuts = [0]
    broken(dialled.fetch(server.url, part), 0)

    assert dialled.fetch(server.url, part) == whole(CLIP)
    assert [wanted for wanted, _ in store.asked] == ["", f"bytes={CUT}-", ""]


def test_a_redirect_is_followed_with_the_range_of_where_it_leads(
    dialled: Dialled, server: Listener, store: Store, part: Path
) -> None:
    def point(call: Call) -> None:
        assert b"\r\nrange:" not in call.read().lower()
        call.answer(302, b"", location=f"{server.url}/clip.mp4")

    with Listener(point) as first:
        broken(dialled.fetch(first.url, part))

        assert dialled.fetch(first.url, part) == whole(CLIP)
    assert store.asked[-1] == (f"bytes={CUT}-", ETAG)


class RoughDisk:
    """The system's calls, of which the `fails`-th of those named in `steps` is refused."""

    steps = frozenset({"open", "write", "fdatasync", "fsync", "ftruncate", "close", "lseek"})

    def __init__(self, fails: int) -> None:
        self._left = fails

    @property
    def has_failed(self) -> bool:
        return self._left <= 0

    def __getattr__(self, name: str) -> object:
        real = getattr(os, name)
        if name not in self.steps:
            return real

        def step(*args: object, **options: object) -> object:
            self._left -= 1
            if self._left == 0:
                if name == "close":
                    real(*args)  # the descriptor is gone all the same
                raise OSError(errno.EIO, "Input/output error")
            return real(*args, **options)

        return step


def test_no_step_that_the_disk_refuses_makes_a_broken_clip_whole(
    dialled: Dialled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step of a download that breaks off, and of the one that goes on, fails once."""
    for fails in range(1, 100):
        part = tmp_path / str(fails) / "clip.part"
        store = Store(cuts=[CUT])
        rough = RoughDisk(fails)
        with Listener(store) as server:
            monkeypatch.setattr("omnibatch.disk.os", rough)
            fetched = [dialled.fetch(server.url, part) for _ in range(2)]
            monkeypatch.setattr("omnibatch.disk.os", os)
            left = sorted(path.name for path in part.parent.glob("*"))
            last = fetched[-1]
            if isinstance(last, NotFetched):
                assert not last.again or last.kept
                last = dialled.fetch(server.url, part)
        assert last == whole(CLIP)
        assert part.read_bytes() == CLIP
        told = [each for each in fetched if isinstance(each, NotFetched) and not each.again]
        if not rough.has_failed:
            break
        assert len(told) <= 1
        if told and told[0] is fetched[-1]:
            assert left == [], "half a clip takes the room that the ledger needs"
    assert fails > 12
    assert told == []
