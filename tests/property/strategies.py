"""Everything a ledger can hold, for hypothesis: small alphabets, so that copies meet."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from omnibatch.ledger import (
    Attempt,
    AttemptId,
    Intent,
    Ledger,
    Mark,
    Opening,
    Output,
    SendKey,
    SendState,
    Task,
    TaskKey,
    TaskState,
)
from omnibatch.shots import Slot

__all__ = ["attempts", "ledgers", "marks", "openings", "steady", "tasks", "texts"]

# A busy machine is no failure, and one folder may serve all examples: they overwrite.
steady = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

HOSTILE = [
    "plain",
    'she said "stop"',
    "back\\slash \\ud800 \\n",
    "line\nfeed\r\nand\rreturn\ttab",
    "\u2028<<<<<<< HEAD\u2028=======\u2029>>>>>>> theirs",
    "\n<<<<<<< HEAD\n=======\n>>>>>>> theirs\n",
    "\x85||||||| base\x0b=======\x1c",
    "\x00\x01\x1f\x7f\ufeff",
    '{"crc":"00000000","r":{}}\n',
    "half \ud83d and \udc00",
    "whole \U0001f3ac e\u0301 \u202e rtl",
    "</script>]},",
]
WRITERS = ["aaaaaaaa", "bbbbbbbb", "zzzzzzzz"]
TIMES = ["2026-11-22T10:00:00Z", "2026-11-22T10:00:01Z", "2031-01-01T00:00:00Z"]
IDS = [AttemptId("ob-" + letter * 26) for letter in "abcd"]
DIGESTS = ["sha256:" + digit * 64 for digit in "012"]

# Two adjacent halves are one character in any JSON file, so a text never holds them apart.
texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=12),
)
writers = st.sampled_from(WRITERS)
times = st.sampled_from(TIMES)
paths = st.sampled_from(["renders/a.mp4", "renders/b.mp4", "renders/ünï/c d.mp4"])

outputs = st.builds(
    Output,
    path=paths,
    sha256=st.sampled_from(["0" * 64, "f" * 64]),
    bytes=st.integers(0, 2**60),
    seconds=st.none() | st.floats(0.25, 600, allow_nan=False),
)
tasks = st.builds(
    Task,
    state=st.sampled_from(TaskState),
    error=st.just("") | texts,
    output=st.none() | outputs,
    finished_at=st.just("") | times,
)
marks = st.builds(Mark, times, writers, st.booleans())
slots = st.builds(
    Slot,
    st.sampled_from(["opening", "turn", "ünï-٣"]),
    st.sampled_from(["", "draft"]),
    st.integers(1, 3),
)
intents = st.builds(
    Intent,
    slot=slots,
    after=st.none() | st.sampled_from(IDS),
    digest=st.sampled_from(DIGESTS),
    provider=st.sampled_from(["apimodels", "cometapi"]),
    account=st.sampled_from(["a1b2c3", "------"]),
    endpoint=st.sampled_from(["https://apimodels.app", "http://127.0.0.1:9", "emulator:"]),
    price=st.sampled_from([None, "0.3165 USD", "1.00 EUR"]),
    target=paths,
    intended_at=times,
)
task_keys = st.builds(
    TaskKey,
    st.sampled_from(["apimodels", "cometapi"]),
    st.sampled_from(["a1b2c3", "d4e5f6"]),
    st.sampled_from(["clx1", "clx2"]) | texts,
)


any_id = st.sampled_from(IDS)


def attempts(
    ids: st.SearchStrategy[AttemptId] = any_id, *, whole: bool = False
) -> st.SearchStrategy[Attempt]:
    """Attempts; deltas among them, without an intent, unless they are to be `whole`."""
    return st.builds(
        Attempt,
        id=ids,
        intent=intents if whole else st.none() | intents,
        sends=st.dictionaries(
            st.builds(SendKey, st.integers(1, 3), writers), st.sampled_from(SendState), max_size=3
        ),
        tasks=st.dictionaries(task_keys, tasks, max_size=3),
        refusal=st.none() | texts,
        abandoned=st.none() | marks,
        granted=st.none() | marks,
        picked=st.none() | marks,
    )


openings = st.builds(
    Opening,
    st.sets(writers, min_size=1, max_size=2).map(lambda names: "+".join(sorted(names))),
    times,
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    """A ledger as a lockfile may hold it: every attempt whole."""
    ids = draw(st.lists(st.sampled_from(IDS), unique=True, max_size=3))
    return Ledger(
        batch=draw(st.sampled_from(["", "b-aaaaaaaa", "b-bbbbbbbb"])),
        name=draw(st.just("") | texts),
        open=draw(st.none() | openings),
        requests=draw(
            st.dictionaries(
                st.sampled_from(DIGESTS),
                st.dictionaries(st.just("prompt") | texts, json_values, max_size=2),
                max_size=2,
            )
        ),
        attempts={one: draw(attempts(st.just(one), whole=True)) for one in ids},
    )
