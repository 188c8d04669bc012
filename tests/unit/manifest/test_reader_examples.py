"""Every tests/examples/invalid/yaml-*.yaml is read, and gives the problems beside it."""

from pathlib import Path

import pytest

from omnibatch.manifest.text.building import build
from omnibatch.manifest.text.events import pure_events
from omnibatch.manifest.text.reader import read_yaml
from omnibatch.manifest.text.source import Source, decode
from omnibatch.problems import in_file_order

EXAMPLES = Path(__file__).parents[2] / "examples"
INVALID = sorted((EXAMPLES / "invalid").glob("yaml-*.yaml"))
PARSED = [path for path in INVALID if isinstance(decode(path.read_bytes(), path.name), Source)]


def expected(example: Path) -> list[str]:
    return example.with_suffix(".problems").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("example", INVALID, ids=lambda path: path.stem)
def test_an_invalid_example_gives_the_problems_beside_it(example: Path) -> None:
    read = read_yaml(example.read_bytes(), example.name)

    assert [str(problem) for problem in read.problems] == expected(example)


@pytest.mark.parametrize("example", PARSED, ids=lambda path: path.stem)
def test_the_parser_in_python_gives_the_same_problems(example: Path) -> None:
    source = decode(example.read_bytes(), example.name)
    assert isinstance(source, Source)

    _, problems = build(source, pure_events(source))

    assert [str(problem) for problem in in_file_order(problems)] == expected(example)


def test_there_are_examples() -> None:
    assert len(INVALID) > 50


def test_every_problem_of_the_examples_has_a_cure() -> None:
    for example in INVALID:
        for problem in read_yaml(example.read_bytes(), example.name).problems:
            assert problem.hint or problem.code == "OB104"
