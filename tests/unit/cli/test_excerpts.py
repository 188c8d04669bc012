"""The caret stands below its character, whatever stands before it, and no line is too long."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from omnibatch.cli.findings.excerpts import Excerpts
from omnibatch.cli.terminal import clean
from omnibatch.problems import Place

LINES = {
    "ascii": "prompt: a pier {{",
    "chinese": 'prompt: "海辺の灯台、夜明け、{{',
    "korean": "prompt: \u1112\u1161\u11ab 한국어 {{",
    "hebrew": 'prompt: "שלום עולם {{',
    "arabic": 'prompt: "مرحبا بالعالم {{',
    "combining": "prompt: e\u0301e\u0301 Z\u0351\u0327\u0343 {{",
    "hindi": "prompt: नमस्ते {{",
    "emoji": "prompt: 👩‍👩‍👧‍👦 and 👍🏽 and ❤️ {{",
    "flag of tags": "prompt: 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f {{",
    "soft hyphen": "prompt: light\u00adhouse {{",
    "joiners of persian": "prompt: می\u200cخواهم {{",
    "tabs": "prompt:\ta\tb {{",
    "turned": "prompt: \u202eabc\u202c \u2067x\u2069 {{",
    "full width": "prompt: ＡＢＣ {{",
}


def _shown(folder: Path, line: str, column: int, width: int = 80) -> tuple[str, str]:
    file = folder / "film.yaml"
    file.write_bytes(f"version: 1\n{line}\n".encode("utf-8", "surrogatepass"))
    place = Place(str(file), 2, column)
    found = Excerpts([place], width).of(place)
    assert found is not None
    return found


@pytest.mark.parametrize("name", LINES)
def test_the_caret_stands_below_its_character(tmp_path: Path, name: str) -> None:
    line = LINES[name]

    source, caret = _shown(tmp_path, line + " nobody }} x", len(line) + 2)

    before, _, rest = source.partition("nobody")
    assert rest == " }} x"
    assert wcswidth(before) == caret.index("^")


@pytest.mark.parametrize("name", ["ascii", "chinese", "combining", "emoji", "turned"])
def test_a_long_line_is_cut_around_the_caret(tmp_path: Path, name: str) -> None:
    line = LINES[name] * 40

    source, caret = _shown(tmp_path, line + " nobody }}" + "\u6d77 x" * 100, len(line) + 2)

    before, found, rest = source.partition("nobody")
    assert found
    assert wcswidth(before) == caret.index("^")
    assert "…" in before
    assert rest.endswith("…")
    assert wcswidth(source) <= 80


@pytest.mark.parametrize("column", [1, 2, 300, 599, 600, 601, 5000])
def test_a_place_at_either_end_of_a_long_line_is_in_sight(tmp_path: Path, column: int) -> None:
    source, caret = _shown(tmp_path, "x" * 600, column)

    assert len(source) <= 80
    assert 8 <= caret.index("^") <= 79


def test_a_place_behind_the_end_of_its_line_is_at_the_end(tmp_path: Path) -> None:
    source, caret = _shown(tmp_path, "id:", 99)

    assert source == "    2 | id:"
    assert caret == "      |    ^"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_the_reader_ends_them(tmp_path: Path, end: str) -> None:
    file = tmp_path / "film.yaml"
    file.write_bytes(f"\ufeffone: 1{end}two\u0085x: 2{end}three: 3{end}".encode())
    place = Place(str(file), 3, 1)

    assert Excerpts([place], 80).of(place) == ("    3 | three: 3", "      | ^")


def test_a_line_number_of_any_length_moves_the_bar_with_it(tmp_path: Path) -> None:
    file = tmp_path / "film.yaml"
    file.write_text("\n" * 1_234_566 + "id: x\n")
    place = Place(str(file), 1_234_567, 5)

    assert Excerpts([place], 80).of(place) == ("1234567 | id: x", "        |     ^")


@pytest.mark.parametrize(
    "place", [Place("film.yaml"), Place("film.yaml", 99, 1), Place("no", 1, 1)]
)
def test_where_there_is_no_line_nothing_is_shown(
    tmp_path: Path, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "film.yaml").write_text("version: 1\n")

    assert Excerpts([place], 80).of(place) is None


@given(st.text())
def test_nothing_that_steers_a_terminal_is_left(text: str) -> None:
    shown = clean(text)

    assert not re.search(
        "[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]", shown
    )
    shown.encode("utf-8")


def test_what_is_taken_out_can_still_be_read() -> None:
    assert clean("a\x1b[31m\u202eb\tc\nd") == "a\\u001b[31m\\u202eb c d"
    assert clean("\udce9") == "\\udce9"
