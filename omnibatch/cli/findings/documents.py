"""Problems as one document: our own JSON, and SARIF 2.1.0 for code scanning.

SARIF: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. Its columns count
code points where `columnKind` says so (3.14.17), as ours do.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from omnibatch import __version__
from omnibatch.cli.findings.meanings import meanings
from omnibatch.problems import Place, Problem

__all__ = ["as_json", "as_sarif"]

_SARIF_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"

Json = dict[str, Any]


def as_json(problems: Sequence[Problem]) -> Json:
    """The document of `schemas/problems.schema.json`."""
    return {
        "version": 1,
        "problems": [_problem(problem) for problem in problems],
        "summary": {
            "errors": sum(problem.severity == "error" for problem in problems),
            "warnings": sum(problem.severity == "warning" for problem in problems),
        },
    }


def _problem(problem: Problem) -> Json:
    return {
        **_place(problem.place),
        "code": problem.code,
        "severity": problem.severity,
        "message": problem.message,
        "hint": problem.hint,
        "related": [{**_place(each.place), "message": each.message} for each in problem.related],
    }


def _place(place: Place) -> Json:
    return {"file": Path(place.file).as_posix(), "line": place.line, "column": place.column}


def as_sarif(problems: Sequence[Problem]) -> Json:
    """A SARIF 2.1.0 log of one run; every code that came up is a rule."""
    codes = sorted({problem.code for problem in problems})
    known = meanings()
    return {
        "$schema": _SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "columnKind": "unicodeCodePoints",
                "tool": {
                    "driver": {
                        "name": "omnibatch",
                        "version": __version__,
                        "rules": [
                            {"id": code, "shortDescription": {"text": known.get(code, code)}}
                            for code in codes
                        ],
                    }
                },
                "results": [_result(problem, codes) for problem in problems],
            }
        ],
    }


def _result(problem: Problem, codes: Sequence[str]) -> Json:
    cure = f" ({problem.hint})" if problem.hint else ""
    result: Json = {
        "ruleId": problem.code,
        "ruleIndex": codes.index(problem.code),
        "level": problem.severity,
        "message": {"text": problem.message + cure},
        "locations": [_location(problem.place)],
    }
    if problem.related:
        result["relatedLocations"] = [
            {"id": number, **_location(each.place), "message": {"text": each.message}}
            for number, each in enumerate(problem.related)
        ]
    return result


def _location(place: Place) -> Json:
    uri = quote(os.fsencode(Path(place.file).as_posix()))  # its name may be no UTF-8
    if Path(place.file).is_absolute():
        uri = Path(place.file).as_uri()
    physical: Json = {"artifactLocation": {"uri": uri}}
    if place.line:
        physical["region"] = {"startLine": place.line, "startColumn": max(place.column, 1)}
    return {"physicalLocation": physical}
