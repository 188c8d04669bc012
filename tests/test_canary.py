"""The net that all tests hang in: a key that is printed, or left on the disk, is found."""

from base64 import b64encode, urlsafe_b64encode
from pathlib import Path
from urllib.parse import quote

import pytest

from .canary import KEY, spelling_in, spellings_under
from .workplace import Workplace


@pytest.mark.parametrize(
    "text",
    [
        KEY,
        KEY.upper(),
        f"authorization: Bearer {KEY}\r\n",
        KEY[::-1],
        KEY.encode().hex(),
        quote(f"?key={KEY}"),
        "".join(f"%{byte:02x}" for byte in KEY.encode()),
        *(
            b64encode(b"x" * n + KEY.encode() + b"y" * m).decode()
            for n in range(7)
            for m in range(4)
        ),
        urlsafe_b64encode(f"user:{KEY}".encode()).decode(),
        KEY.encode("utf-16").decode("latin-1"),
    ],
)
def test_the_key_is_found_however_it_is_spelt(text: str) -> None:
    assert spelling_in(b"before " + text.encode("latin-1") + b" after") is not None


def test_nothing_is_found_where_it_is_not() -> None:
    assert spelling_in(b"canary-4d1f is no key; canary") is None
    assert spelling_in(b64encode(b"canary-4d1f is no key")) is None


def test_files_are_looked_through_with_their_names(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("leaky")
    (folder / "below").mkdir()
    (folder / "below" / "clip.mp4").write_bytes(b"\0\1" + KEY.encode() + b"\2")
    (folder / f"{KEY}.txt").touch()
    (folder / ".env").write_text(f"APIMODELS_API_KEY={KEY}\n")
    (folder / "fine.txt").write_text("nothing")

    found = spellings_under(folder)

    assert found == ["below/clip.mp4: as it is", f"{KEY}.txt: as it is"]


def test_a_command_line_that_prints_the_key_fails_its_test(place: Workplace) -> None:
    with pytest.raises(AssertionError, match="the key was printed"):
        place.omnibatch("plan", f"{KEY}.yaml")


def test_every_test_with_a_folder_is_looked_after(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    assert "canary" in request.fixturenames
