"""What is over a limit is told with both numbers: how much there is, and how much there may be."""

import re
from pathlib import Path

import pytest

from omnibatch.manifest import load_manifest

HEAD = "version: 1\nprovider: apimodels\ndefaults: {aspect_ratio: '16:9'}\n"
DEEP_VARS = "".join(f"  v{n}: '{{{{ v{n + 1} }}}}'\n" for n in range(60)) + "  v60: x\n"
LISTS = "".join(f"      m{n}: [{', '.join(f'v{i}' for i in range(22))}]\n" for n in range(3))
SHOT = "shots: [{id: a, prompt: x}]\n"

FILES = {
    "prompts/long.md": "x" * 70_000,
    "wide.csv": ",".join(f"c{n}" for n in range(1001)) + "\n" + "," * 1000 + "\n",
    "cell.csv": 'a\n"' + "x" * 140_000 + '"\n',
    "wide.json": "[{" + ", ".join(f'"c{n}": 1' for n in range(1001)) + "}]",
    **{f"l{n}.yaml": f"include: l{n + 1}.yaml\n" for n in range(40)},
    "l40.yaml": "vars: {a: b}\n",
}

CASES = {
    "levels": (HEAD + "vars: " + "[" * 61 + "]" * 61 + "\n" + SHOT, "61", "60"),
    "id": (HEAD + f"shots: [{{id: '{{{{ n }}}}', prompt: x}}]\nvars: {{n: {'i' * 120}}}\n", "120", "100"),
    "written id": (HEAD + f"shots: [{{id: {'i' * 120}, prompt: x}}]\n", "120", "100"),
    "name of a variable": (HEAD + f"vars: {{{'v' * 70}: x}}\n" + SHOT, "70", "64"),
    "name of a profile": (HEAD + f"profile: p\nprofiles: {{p: {{}}, {'p' * 120}: {{}}}}\n" + SHOT, "120", "100"),
    "variables in each other": (
        HEAD + "vars:\n" + DEEP_VARS + "shots: [{id: a, prompt: '{{ v0 }}'}]\n", "41", "40"),
    "libraries in each other": (HEAD + "include: l0.yaml\n" + SHOT, "21", "20"),
    "combinations": (
        HEAD + "shots:\n  - id: a\n    prompt: x\n    matrix:\n" + LISTS, "10,648", "10,000"),
    "address": (
        HEAD + f"shots: [{{id: a, prompt: x, first_frame: 'https://example.com/{'a' * 9000}'}}]\n",
        "9,020", "8,192"),
    "output": (
        HEAD + f"shots: [{{id: a, prompt: x, output: {'o' * 1200}}}]\n", "1,200", "1,000"),
    "template": (
        HEAD + "shots:\n- id: a\n  prompt: \"{{ 'x' }}" + "y" * 20_000 + '"\n', "20,009", "16,384"),
    "text of a template": (
        HEAD + "vars:\n  a: " + "x" * 4000 + "\n  b: '" + "{{ a }}" * 20
        + "'\nshots: [{id: a, prompt: '{{ b }}'}]\n", "80,000", "65,536"),
    "filter": (
        HEAD + "vars: {a: " + "x" * 4000 + ", b: " + "y" * 100
        + "}\nshots: [{id: a, prompt: \"{{ a | replace('x', b) }}\"}]\n", "400,000", "65,536"),
    "parts of a template": (
        HEAD + "vars: {a: x}\nshots: [{id: a, prompt: '{{ a" + " ~ a" * 1100 + " }}'}]\n",
        "1,001", "1,000"),
    "bytes of a prompt's file": (
        HEAD + "shots: [{id: a, prompt: {file: prompts/long.md}}]\n", "70,000", "65,536"),
    "columns": (
        HEAD + "shots: [{id: 'a-{{ row.c0 }}', rows: wide.csv, prompt: x}]\n", "1,001", "1,000"),
    "columns of JSON": (
        HEAD + "shots: [{id: 'a-{{ row.c0 }}', rows: wide.json, prompt: x}]\n", "1,001", "1,000"),
    "characters of a cell": (
        HEAD + "shots: [{id: 'a-{{ row.a }}', rows: cell.csv, prompt: x}]\n", "131,073", "131,072"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_limit_is_told_with_both_numbers(tmp_path: Path, name: str) -> None:
    text, found, limit = CASES[name]
    for file, content in FILES.items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(content, "utf-8")
    (tmp_path / "m.yaml").write_text(text, "utf-8")

    messages = [
        each.message for each in load_manifest(tmp_path / "m.yaml", shown="m.yaml").problems
    ]

    told = [
        each
        for each in messages
        if re.search(rf"(?<![\d,]){found}(?![\d,])", each)
        and re.search(rf"(limit|at most) {limit}(?![\d,])", each)
    ]
    assert told, messages
