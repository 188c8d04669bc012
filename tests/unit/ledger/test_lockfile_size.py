"""The lockfile of a large film: small enough for git hosts, and spelled in one pass."""

from dataclasses import replace

import pytest

from omnibatch.ledger import Ledger, TaskState, encode_lockfile, parse_lockfile
from omnibatch.ledger import lockfile as owner
from omnibatch.ledger.model import Attempt, TaskKey

from .samples import CLIP, an_id, an_intent, made

ATTEMPTS = 1000
# What each attempt may take, so that 100,000 of them leave room for requests below 90 MB.
MOST_BYTES = 750
REQUEST = {
    "aspect_ratio": "16:9",
    "duration": 5,
    "images": ["sha256:" + "5" * 64],
    "mode": "std",
    "model": "kling-video-o1",
    "prompt": "The oak chair with its woven seat on a white plinth, soft light from the left.",
}


def product(number: int) -> Attempt:
    """A collected clip of one of ten thousand products, with names as long as such names are."""
    target = f"renders/catalogue/final/sku-{number:06}.mp4"
    intent = an_intent(f"sku-{number:06}")
    intent = replace(
        intent,
        slot=replace(intent.slot, profile="final"),
        digest=f"sha256:{number:064}",
        endpoint="https://api.apimodels.app",
        target=target,
    )
    (task,) = made(number, TaskState.COLLECTED).tasks.values()
    output = replace(CLIP, path=target, bytes=14_823_467)
    done = replace(task, output=output, finished_at="2026-11-22T10:02:10Z")
    key = TaskKey(intent.provider, intent.account, f"clx{number:021}")
    return replace(made(number), id=an_id(number % 10000), intent=intent, tasks={key: done})


def catalogue(count: int) -> Ledger:
    attempts = [product(number) for number in range(count)]
    return Ledger(
        batch="b-aaaaaaaa",
        name="catalogue",
        requests={a.known_intent.digest: REQUEST for a in attempts},
        attempts={attempt.id: attempt for attempt in attempts},
    )


def test_a_hundred_thousand_attempts_stay_well_below_90_mb() -> None:
    """Their requests then get what is left: see the next test."""
    whole = catalogue(ATTEMPTS)
    text = encode_lockfile(replace(whole, requests={})).encode()
    requests = len(encode_lockfile(whole).encode()) - len(text)

    print(f"an attempt {len(text) / ATTEMPTS:.0f} bytes, its request {requests / ATTEMPTS:.0f}")
    assert len(text) <= ATTEMPTS * MOST_BYTES


def test_requests_give_way_to_attempts_the_longest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = catalogue(20)
    long = {
        digest: {"prompt": "x" * (100 + 10 * number)}
        for number, digest in enumerate(whole.requests)
    }
    ledger = replace(whole, requests=long)
    bare = len(encode_lockfile(replace(whole, requests={})).encode())
    monkeypatch.setattr(owner, "_MOST_BYTES", bare + 4000)

    text = encode_lockfile(ledger)
    read = parse_lockfile(text)

    assert len(text.encode()) <= bare + 4000
    assert read.attempts == ledger.attempts
    assert list(read.requests) == list(long)[: len(read.requests)]
    assert 5 < len(read.requests) < 18
    assert encode_lockfile(read) == text, "what is left out once is not missed"
