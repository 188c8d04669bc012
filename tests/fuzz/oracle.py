"""What holds of everything the YAML reader is given, whatever the bytes.

Used by the tests, on bytes that hypothesis makes up, and by `read_bytes.py`, on bytes
that atheris makes up.
"""

from omnibatch.manifest.nodes import Mapping, Node, Scalar, Sequence
from omnibatch.manifest.text.reader import read_yaml
from omnibatch.problems import Place, errors_in

__all__ = ["check", "lines_of"]


def check(data: bytes) -> None:
    """Read `data`: there is an answer, all of its places are in the text, and no two differ."""
    lines = lines_of(data)
    result = read_yaml(data, "m.yaml")
    for problem in result.problems:
        _assert_inside(problem.place, lines)
        assert problem.hint
    assert result.node is not None or errors_in(result.problems)
    if result.node is not None:
        _assert_placed(result.node, lines, set())
    assert read_yaml(data, "m.yaml") == result


def lines_of(data: bytes) -> list[str]:
    """The lines of `data` as an editor counts them."""
    text = data.decode("utf-8", errors="replace").removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _assert_inside(place: Place, lines: list[str]) -> None:
    """Inside: up to one column past the end of a line that exists, or the whole file."""
    if place.line == 0:
        return
    assert 1 <= place.line <= len(lines)
    assert 1 <= place.column <= len(lines[place.line - 1]) + 1


def _assert_placed(node: Node, lines: list[str], seen: set[int]) -> None:
    """Every place in the file, and every character of a body where it is said to be.

    What aliases stand for is looked at once: it may be a million nodes.
    """
    if id(node) in seen:
        return
    seen.add(id(node))
    _assert_inside(node.place, lines)
    match node:
        case Mapping():
            for key, value in node:
                _assert_placed(key, lines, seen)
                _assert_placed(value, lines, seen)
        case Sequence():
            for item in node.items:
                _assert_placed(item, lines, seen)
        case Scalar(body=Place() as body):
            _assert_inside(body, lines)
            for offset, character in enumerate(node.text):
                place = node.place_at(offset)
                if character != "\n":
                    assert lines[place.line - 1][place.column - 1] == character
