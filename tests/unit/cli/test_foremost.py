"""Which problems are shown where there are too many."""

import pytest

from omnibatch.cli.findings.foremost import foremost
from omnibatch.problems import Place, Problem, Severity


def _problems(kinds: str) -> list[Problem]:
    """One problem a line: `e` is an error, `w` a warning."""
    severities: dict[str, Severity] = {"e": "error", "w": "warning"}
    return [
        Problem(
            place=Place("m.yaml", line, 1),
            code="OB214",
            message="a fact",
            hint="a cure",
            severity=severities[kind],
        )
        for line, kind in enumerate(kinds, 1)
    ]


@pytest.mark.parametrize(
    ("kinds", "lines", "count"),
    [
        ("", [], ""),
        ("wew", [1, 2, 3], ""),
        ("wwwe", [1, 2, 4], "1 more problem (1 warning)"),
        ("wewewe", [2, 4, 6], "3 more problems (3 warnings)"),
        ("eeee", [1, 2, 3], "1 more problem"),
        ("weeeew", [2, 3, 4], "3 more problems (1 error and 2 warnings)"),
        ("w" * 1004, [1, 2, 3], "1,001 more problems (1,001 warnings)"),
    ],
)
def test_errors_come_first_and_the_order_of_the_file_is_kept(
    kinds: str, lines: list[int], count: str
) -> None:
    shown, more = foremost(_problems(kinds), 3)

    assert [problem.place.line for problem in shown] == lines
    assert more == count
