"""What somebody sees who types `omnibatch validate` into a terminal of 80 columns."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from wcwidth import wcswidth

from ..workplace import Workplace

pty = pytest.importorskip("pty", reason="pseudo-terminals are POSIX")
termios = pytest.importorskip("termios", reason="pseudo-terminals are POSIX")
SCRIPT = Path(__file__).parents[1] / "command_line.py"

TOP = "version: 1\nprovider: apimodels\ndefaults: {aspect_ratio: 16:9}\n"
FILM = (
    TOP
    + "shots:\n"
    + '- {id: a, prompt: "海辺の灯台 👩‍👩‍👧‍👦 {{ nobody }}"}\n'
    + '- {id: b, prompt: "'
    + "x" * 500
    + ' {{ nobody }}"}\n'
    + '- {id: c, prompt: "\u202eregnad\u202c"}\n'
    + '- {id: "d-{{ row.sku }}", rows: rows.csv, prompt: x, mode: "{{ row.mode }}"}\n'
    + '- {id: e, prompt: x, mode: "\\e[2J\u202ebst"}\n'
)
ROWS = "sku,mode\n1,std\n2,\u202ebst\n"


def _at_a_terminal(folder: Path, home: Path, *arguments: str, **variables: str) -> list[str]:
    """The lines that a terminal of 80 columns is sent."""
    keyboard, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (24, 80))
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT), *arguments],
        cwd=folder,
        env={"PATH": "/nowhere", "HOME": str(home), "TERM": "xterm-256color", "PYTHONUTF8": "1"}
        | variables,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    sent = b""
    while True:
        try:
            read = os.read(keyboard, 65536)
        except OSError:  # so Linux says that the other end is closed
            break
        if not read:
            break
        sent += read
    process.wait()
    os.close(keyboard)
    return sent.decode("utf-8").replace("\r\n", "\n").splitlines()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "film.yaml").write_text(FILM, "utf-8")
    (tmp_path / "rows.csv").write_text(ROWS, "utf-8")
    return tmp_path


def test_each_problem_shows_its_line_with_a_caret(folder: Path, home: Path) -> None:
    shown = _at_a_terminal(folder, home, "validate", "film.yaml", NO_COLOR="1")

    carets = [at for at, line in enumerate(shown) if re.fullmatch(r" +\| *\^", line)]
    assert len(carets) == 7
    for at in carets:
        assert wcswidth(shown[at - 1]) <= 80
    for at in (carets[0], carets[1]):
        before, found, _ = shown[at - 1].partition("nobody")
        assert found
        assert wcswidth(before) == shown[at].index("^")
    assert shown[carets[2] - 1].endswith('prompt: "\\u202eregnad\\u202c"}')
    row = shown.index("  rows.csv:3:1: the row it came up with")
    assert shown[row + 1] == "    3 | 2,\\u202ebst"


@pytest.mark.parametrize("colour", [{}, {"NO_COLOR": "1"}])
def test_nothing_of_a_manifest_steers_the_terminal(
    folder: Path, home: Path, colour: dict[str, str]
) -> None:
    shown = "\n".join(_at_a_terminal(folder, home, "validate", "film.yaml", **colour))

    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert (plain == shown) == bool(colour)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", plain)
    assert "OB102" in plain or "\\u202ebst" in plain


@pytest.mark.parametrize(
    "command", [("expand",), ("expand", "--json"), ("plan",), ("plan", "--json")]
)
def test_no_name_steers_it_either(folder: Path, home: Path, command: tuple[str, ...]) -> None:
    (folder / "film.yaml").write_text(
        TOP
        + 'name: "a\\u202eb"\nprofile: "p\\u202eq"\nprofiles: {"p\\u202eq": {}}\n'
        + 'shots: [{scene: "s\\u2067t", shots: [{id: a, prompt: "x \\u202ey", tags: ["\\u2067"]}]}]\n'
    )

    shown = "\n".join(_at_a_terminal(folder, home, command[0], "film.yaml", *command[1:]))

    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert "p\\u202eq" in plain
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", plain)


def test_a_clean_manifest_is_one_line(folder: Path, home: Path) -> None:
    (folder / "film.yaml").write_text(TOP + "shots: [{id: a, prompt: x}]\n")

    assert _at_a_terminal(folder, home, "validate") == ["film.yaml: 1 shot, no errors"]


def test_a_status_with_drift_is_read_in_80_columns(place: Workplace) -> None:
    shots = [{"id": f"harbour-at-dusk-{n}", "prompt": f"Harbour, view {n}."} for n in range(1, 4)]
    place.write(shots, output="renders/{{ name }}/{{ shot.id }}.mp4")
    assert place.run().code == 0
    (place.folder / "renders/film/harbour-at-dusk-1.mp4").unlink()
    shots[1] = {"id": "harbour-at-dusk-2", "prompt": "A much longer prompt than there was before."}
    place.write(shots[:2], output="renders/{{ name }}/{{ shot.id }}.mp4")

    lines = _at_a_terminal(place.folder, place.home, "status", "film.yaml", **place.environment)

    table = lines[: next(n for n, line in enumerate(lines) if line.startswith("film: "))]
    assert max(map(wcswidth, table)) <= 80, table
    margin = table[0].index("CLIP OR REASON")
    broken = [line for line in table if line.startswith(" ")]
    assert broken, "the last column is broken between words, under itself"
    assert {len(line) - len(line.lstrip()) for line in broken} == {margin}
    assert [line.split()[2] for line in table[1:] if not line.startswith(" ")] == [
        "missing",
        "stale",
        "orphan",
    ]
