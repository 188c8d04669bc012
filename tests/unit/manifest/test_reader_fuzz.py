"""Whatever the bytes: an answer, whose places lie inside the file."""

import random
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from omnibatch.manifest.text.building import build
from omnibatch.manifest.text.events import has_libyaml, libyaml_events, pure_events
from omnibatch.manifest.text.source import Source, decode

from ...fuzz.oracle import check

EXAMPLES = Path(__file__).parents[2] / "examples"
SEEDS = sorted(path.read_bytes() for path in (EXAMPLES / "invalid").glob("yaml-*.yaml"))
PIECES = [
    *(bytes([each]) for each in b"\n\t\r :-?#&*!|>'\"%@`{}[],<\\~0a"),
    *(b": ", b"- ", b" #", b"\n  ", b"\n- ", b"<<: *a", b"&a ", b"*a", b"{{ x }}", b"|2+\n"),
    *(b'"#', b",#", b"?x", b"&a:", b"|#"),
    *(b"---\n", b"...\n", b"%YAML 1.2\n", "é😀".encode(), b"\xff", b"\xef\xbb\xbf", b"\0", b'"\\x'),
]
MUTATIONS = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 6), st.sampled_from(PIECES)))


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(st.binary(max_size=200))
@example(b"")
@example(b"\xef\xbb\xbf")
@example(b"\r")
@example(b"a: ?x\n? b")
@example(b"? ")
@example(b"?\r 5")  # libyaml has what is missing at the end stand one line further down
def test_random_bytes_are_answered(data: bytes) -> None:
    check(data)


@settings(max_examples=120, deadline=None, derandomize=True, database=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join))
def test_random_yaml_is_answered(data: bytes) -> None:
    check(data)


@settings(max_examples=120, deadline=None, derandomize=True, database=None)
@given(st.sampled_from(SEEDS), MUTATIONS)
def test_mutated_manifests_are_answered(
    seed: bytes, mutations: list[tuple[int, int, bytes]]
) -> None:
    data = seed
    for position, removed, piece in mutations:
        start = position % (len(data) + 1)
        data = data[:start] + piece + data[start + removed :]
    check(data)


@pytest.mark.skipif(not has_libyaml(), reason="this PyYAML was built without libyaml")
@pytest.mark.parametrize("seed", range(4))
def test_both_parsers_give_the_same_nodes(seed: int) -> None:
    """But for tabs between words, which PyYAML's own parser refuses."""
    chance = random.Random(seed)
    pieces = [piece for piece in PIECES if piece != b"\t"]
    for _ in range(100):
        data = b"".join(chance.choice(pieces) for _ in range(chance.randrange(12)))
        source = decode(b"a: x\nb:\n  - 'y'\n  - |\n    z\nc: " + data, "m.yaml")
        if not isinstance(source, Source):
            continue
        node, problems = build(source, libyaml_events(source))
        if not problems:
            assert build(source, pure_events(source)) == (node, [])
