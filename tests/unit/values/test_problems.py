"""A problem says where, what and how to cure it, and many of them are shown in one order."""

from omnibatch.problems import Place, Problem, Severity, errors_in, in_file_order


def problem(
    line: int = 1,
    column: int = 1,
    *,
    file: str = "film.yaml",
    code: str = "OB207",
    hint: str = "shorten it",
    severity: Severity = "error",
) -> Problem:
    return Problem(
        place=Place(file, line, column),
        code=code,
        message="9 s is over the limit of 8 s",
        hint=hint,
        severity=severity,
    )


def test_an_error_reads_as_place_code_fact_and_cure() -> None:
    found = problem(14, 7, hint="use 8 or fewer")

    assert str(found) == "film.yaml:14:7: OB207 9 s is over the limit of 8 s (use 8 or fewer)"


def test_a_warning_says_that_it_is_one() -> None:
    assert str(problem(severity="warning")).startswith("film.yaml:1:1: OB207 warning: 9 s")


def test_a_whole_file_has_no_line() -> None:
    assert str(Place("film.yaml")) == "film.yaml"


def test_they_are_sorted_by_file_then_line_then_column_as_numbers() -> None:
    places = [("b.yaml", 1, 1), ("a.yaml", 10, 1), ("a.yaml", 9, 2), ("a.yaml", 9, 1)]
    found = [problem(line, column, file=file) for file, line, column in places]

    assert in_file_order(found) == tuple(reversed(found))


def test_at_one_place_errors_come_first() -> None:
    warning, error = problem(code="OB100", severity="warning"), problem(code="OB900")

    assert in_file_order([warning, error]) == (error, warning)


def test_what_is_said_twice_is_shown_once() -> None:
    assert in_file_order([problem(), problem(2), problem()]) == (problem(), problem(2))


def test_warnings_forbid_nothing() -> None:
    warning = problem(severity="warning")

    assert not errors_in([])
    assert not errors_in([warning])
    assert errors_in([warning, problem()])
