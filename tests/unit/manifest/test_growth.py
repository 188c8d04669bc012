"""Work grows with the number of shots, and what many have alike is done once.

Operations are counted, by the interpreter's own profiling hook, and never timed.
"""

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from omnibatch.checks import check
from omnibatch.manifest import load_manifest

HEAD = """\
version: 1
provider: apimodels
vars: {look: morning light}
defaults: {model: kling-video-o1, aspect_ratio: 16:9}
shots:
"""


def rows(folder: Path, count: int) -> Path:
    lines = "\n".join(f"{n:05},lamp {n},std" for n in range(count))
    (folder / "rows.csv").write_text(f"sku,name,mode\n{lines}\n", "utf-8")
    manifest = folder / "rows.yaml"
    manifest.write_text(
        HEAD
        + """\
  - id: sku-{{ row.sku }}
    rows: {file: rows.csv, where: row.mode == "std"}
    mode: "{{ row.mode }}"
    caption: "{{ row.name | upper }}"
    prompt: "{{ row.name }} on a plinth, {{ look }}"
""",
        "utf-8",
    )
    return manifest


def listed(folder: Path, count: int) -> Path:
    # Addresses of its own for each count, since addresses are remembered.
    manifest = folder / "listed.yaml"
    shots = "".join(
        f"""\
  - id: shot-{n:05}
    prompt: "lamp {n} like {{{{ ref.lamp }}}}, {{{{ look }}}}"
    duration: 5
    tags: [lamp, lot-{n}]
    references:
      lamp: {{image: "https://example.com/{count}/{n}.png"}}
"""
        for n in range(count)
    )
    manifest.write_text(HEAD + shots, "utf-8")
    return manifest


def calls_of(manifest: Path, shots: int) -> Counter[str]:
    """How often each function is called from the text to the digests."""
    calls: Counter[str] = Counter()

    def count(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            calls[f"{frame.f_globals.get('__name__')}.{frame.f_code.co_name}"] += 1
        elif event == "c_call":
            calls[str(getattr(argument, "__qualname__", argument))] += 1

    sys.setprofile(count)
    try:
        loaded = load_manifest(manifest)
        assert loaded.batch is not None
        result = check(loaded.batch)
    finally:
        sys.setprofile(None)
    assert result.batch is not None
    assert len(result.batch.shots) == shots
    return calls


@pytest.mark.slow
@pytest.mark.parametrize("make", [rows, listed])
def test_work_grows_with_the_number_of_shots_and_no_faster(
    make: Callable[[Path, int], Path], tmp_path: Path
) -> None:
    """Slow: each call of three batches is counted."""
    calls_of(make(tmp_path, 1), 1)  # the schema is compiled, modules are loaded
    few, more, many = (calls_of(make(tmp_path, shots), shots).total() for shots in (200, 400, 800))

    assert many - more == pytest.approx(2 * (more - few), rel=0.03)


def test_a_template_is_compiled_once_however_many_rows_there_are(tmp_path: Path) -> None:
    calls = calls_of(rows(tmp_path, 50), 50)

    # `where` and the caption need Jinja; id, mode and prompt are plain names in text.
    assert calls["omnibatch.manifest.template.expressions.read_expressions"] == 2
    assert calls["jinja2.environment.compile"] == 2
    assert calls["omnibatch.manifest.template.rendered._read"] == 5


def test_a_condition_is_worked_out_once_for_all_rows_with_the_same_cells(tmp_path: Path) -> None:
    calls = calls_of(rows(tmp_path, 50), 50)

    # Once for the only mode there is, and once for each caption.
    assert calls["omnibatch.manifest.template.expressions._render"] == 1 + 50


def test_the_judge_is_not_asked_about_shots_like_others(tmp_path: Path) -> None:
    calls_of(listed(tmp_path, 1), 1)
    one, many = (
        calls_of(listed(tmp_path, shots), shots)["jsonschema.validators.iter_errors"]
        for shots in (1, 50)
    )

    assert many == one


def test_a_column_of_wrong_values_is_ten_findings_and_a_count(tmp_path: Path) -> None:
    manifest = rows(tmp_path, 500)
    text = manifest.read_text("utf-8").replace('"{{ row.mode }}"', '"{{ row.name }}"')
    manifest.write_text(text, "utf-8")

    problems = load_manifest(manifest).problems

    assert [problem.code for problem in problems] == ["OB207"] * 10
    assert [problem.related[0].place.line for problem in problems] == list(range(2, 12))
    told = [problem.message for problem in problems if "[" in problem.message]
    assert told == [
        "mode must be std or pro, not 'lamp 9' [and 490 more rows with other values]",
    ]
