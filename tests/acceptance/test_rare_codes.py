"""Problems that no other test is about: of rows, prices, and of files that are too much."""

from pathlib import Path

import pytest
from PIL import Image

from ..launching import Launcher

TOP = "version: 1\nprovider: apimodels\ndefaults: {aspect_ratio: 16:9}\n"
ROWS = TOP + "shots: [{id: 'a-{{ row.sku }}', rows: r.csv, prompt: '{{ row.words }}'}]\n"
FRAME = TOP + "shots: [{id: a, prompt: x, first_frame: huge.png}]\n"

CASES: dict[str, tuple[str, dict[str, bytes], str]] = {
    "an id without a cell": (
        TOP + "shots: [{id: a, rows: r.csv, prompt: x}]\n",
        {"r.csv": b"sku\n1\n2\n"},
        "film.yaml:4:14: OB234",
    ),
    "prices in two currencies": (
        TOP
        + "prices: {apimodels: 0.09 USD/s, cometapi: 0.09 EUR/s}\n"
        + "shots: [{id: a, prompt: x}]\n",
        {},
        "film.yaml:4:43: OB260",
    ),
    "a price with its point in the wrong place": (
        TOP + "prices: {apimodels: 900 USD/s}\nshots: [{id: a, prompt: x}]\n",
        {},
        "film.yaml:4:21: OB261",
    ),
    "a budget in another currency than the table": (
        TOP + "budget: 5 EUR\nshots: [{id: a, prompt: x}]\n",
        {},
        "film.yaml:4:9: OB571",
    ),
    "a price for nothing": (
        TOP + "prices: {cometapy: 0.09 USD/s}\nshots: [{id: a, prompt: x}]\n",
        {},
        "film.yaml:4:20: OB572",
    ),
    "rows without any": (ROWS, {"r.csv": b"sku,words\n"}, "film.yaml:4:39: OB341"),
    "a column without a name": (ROWS, {"r.csv": b"sku,,words\n1,2,3\n"}, "r.csv:1:1: OB342"),
    "another encoding": (ROWS, {"r.csv": b"sku,words\n1,caf\xe9\n"}, "r.csv:2:1: OB343"),
    "a row with a cell too many": (
        ROWS,
        {"r.csv": b"sku,words\n1,x\n2,x,y\n"},
        "r.csv:3:1: OB344",
    ),
    "a quote that is not closed": (ROWS, {"r.csv": b'sku,words\n1,"x\n'}, "r.csv:2:1: OB345"),
    "a list in a cell": (
        ROWS.replace("r.csv", "r.jsonl"),
        {"r.jsonl": b'{"sku": 1, "words": ' + b"[" * 12 + b'"x"' + b"]" * 12 + b"}\n"},
        "r.jsonl:1:1: OB346",
    ),
    "a character that no text has": (
        ROWS,
        {"r.csv": b"sku,words\n1,x\x00y\n"},
        "r.csv:2:4: OB347",
    ),
    "a thousand columns and one": (
        ROWS,
        {"r.csv": ",".join(f"c{n}" for n in range(1001)).encode() + b"\n"},
        "r.csv:1:1: OB348",
    ),
    "what a spreadsheet made of a ratio": (
        ROWS,
        {"r.csv": b"sku,words\n1,16:09:00\n"},
        "r.csv:2:1: OB350",
    ),
}


def _validate(folder: Path, home: Path, launcher: Launcher) -> list[str]:
    environment = {"HOME": str(home), "PATH": "/nowhere", "PYTHONUTF8": "1"}
    with launcher.start(
        ("validate", "film.yaml"), folder=folder, environment=environment
    ) as running:
        return running.wait().out.splitlines()


@pytest.mark.parametrize("name", CASES)
def test_it_is_told_at_its_place_with_a_cure(
    tmp_path: Path, home: Path, launcher: Launcher, name: str
) -> None:
    text, files, expected = CASES[name]
    (tmp_path / "film.yaml").write_text(text, "utf-8")
    for file, content in files.items():
        (tmp_path / file).write_bytes(content)

    lines = _validate(tmp_path, home, launcher)

    told = [line for line in lines if line.startswith(expected)]
    assert told, lines
    assert told[0].endswith(")")


def test_a_picture_of_too_many_bytes_is_not_read(
    tmp_path: Path, home: Path, launcher: Launcher
) -> None:
    (tmp_path / "film.yaml").write_text(FRAME, "utf-8")
    with (tmp_path / "huge.png").open("wb") as file:
        file.truncate(67_108_865)

    (line,) = _validate(tmp_path, home, launcher)

    assert line.startswith("film.yaml:4:41: OB405 huge.png has 67,108,865 bytes")
    assert "67,108,864" in line


def test_a_picture_of_too_many_pixels_is_not_unpacked(
    tmp_path: Path, home: Path, launcher: Launcher
) -> None:
    (tmp_path / "film.yaml").write_text(FRAME, "utf-8")
    Image.new("1", (10_000, 10_000)).save(tmp_path / "huge.png")

    (line,) = _validate(tmp_path, home, launcher)

    assert line.startswith("film.yaml:4:41: OB406 huge.png has ")
    assert "50,000,000" in line
