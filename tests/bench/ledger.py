"""A ledger of 100,000 attempts: written and read beside what json alone does with the data.

    python tests/bench/ledger.py [--quick]

Processor time, the best of several; the disk's own time stands beside it, since it is
shared with whoever else is at work.
"""

import argparse
import gc
import json
import os
import random
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from omnibatch.ledger import (
    Attempt,
    AttemptId,
    Intent,
    Ledger,
    LedgerPlace,
    Output,
    SendKey,
    SendState,
    Task,
    TaskKey,
    TaskState,
    encode_lockfile,
    read_ledger,
)
from omnibatch.ledger.lockfile import read_lockfile, write_lockfile
from omnibatch.ledger.records import record_line, snapshot
from omnibatch.shots import Slot


def attempt(number: int) -> Attempt:
    """A collected clip of a catalogue's product."""
    drawn = sha256(str(number).encode()).hexdigest()
    target = f"renders/catalogue/final/sku-{number:06}.mp4"
    return Attempt(
        id=AttemptId(f"ob-{drawn[:26]}"),
        intent=Intent(
            slot=Slot(f"sku-{number:06}", "final"),
            after=None,
            digest=f"sha256:{drawn}",
            provider="apimodels",
            account="a1b2c3",
            endpoint="https://apimodels.app",
            price="0.3165 USD",
            target=target,
            intended_at="2026-11-22T10:00:00Z",
        ),
        sends={SendKey(1, "k3v7q2xa"): SendState.CREATED},
        tasks={
            TaskKey("apimodels", "a1b2c3", f"clx{drawn[:21]}"): Task(
                state=TaskState.COLLECTED,
                output=Output(path=target, sha256=drawn, bytes=14823467, seconds=5.04),
                finished_at="2026-11-22T10:02:10Z",
            )
        },
    )


def catalogue(count: int) -> Ledger:
    """So many of them, in no order, each with a request of its own."""
    numbers = list(range(count))
    random.Random(1).shuffle(numbers)
    attempts = [attempt(number) for number in numbers]
    prompt = "The oak chair with its woven seat on a white plinth, soft light, number "
    requests = {
        one.known_intent.digest: {
            "model": "kling-video-o1",
            "prompt": f"{prompt}{number}.",
            "mode": "std",
            "duration": 5,
            "aspect_ratio": "16:9",
            "images": [one.known_intent.digest],
        }
        for number, one in zip(numbers, attempts, strict=True)
    }
    by_id = {one.id: one for one in attempts}
    return Ledger(batch="b-7f3k2q5d", name="catalogue", requests=requests, attempts=by_id)


def taken(rounds: int, work: Callable[[], Any]) -> tuple[float, float]:
    """The least processor time of `work`, and the least of a clock, in seconds."""
    times = []
    for _ in range(rounds):
        gc.collect()
        began = time.process_time(), time.perf_counter()
        work()
        times.append((time.process_time() - began[0], time.perf_counter() - began[1]))
    return min(cpu for cpu, _ in times), min(wall for _, wall in times)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    count, rounds = (10_000, 2) if quick else (100_000, 3)
    ledger = catalogue(count)
    text = encode_lockfile(ledger)
    data = json.loads(text)
    with tempfile.TemporaryDirectory() as folder:
        place = LedgerPlace.beside(Path(folder) / "catalogue.yaml")
        plain = Path(folder) / "plain.json"

        def plainly() -> None:
            with open(plain, "w", encoding="utf-8") as file:
                file.write(json.dumps(data, separators=(",", ":"), ensure_ascii=False))
                file.flush()
                os.fsync(file.fileno())

        def write() -> None:
            place.lockfile.unlink(missing_ok=True)
            write_lockfile(place.lockfile, ledger)

        rows = {
            "json.dumps, write, sync": taken(rounds, plainly),
            "lockfile written": taken(rounds, write),
        }
        rows["json.loads"] = taken(rounds, lambda: json.loads(plain.read_text(encoding="utf-8")))
        rows["lockfile read"] = taken(rounds, lambda: read_lockfile(place.lockfile))
        place.folder.mkdir()
        header = {"journal": 1, "batch": ledger.batch, "writer": "k3v7q2xa"}
        records = [header, *snapshot(ledger.attempts.values(), ledger.requests)]
        place.journal.write_bytes(b"".join(map(record_line, records)))
        rows["lockfile and journal read and joined"] = taken(rounds, lambda: read_ledger(place))
        size = place.lockfile.stat().st_size
    print(
        f"{count:,} attempts, {size / 1e6:.1f} MB, {size / count:.0f} bytes each with its request"
    )
    print()
    print("| | processor s | clock s |")
    print("|---|---|---|")
    for name, (cpu, wall) in rows.items():
        print(f"| {name} | {cpu:.2f} | {wall:.2f} |")
    plain_cpu = rows["json.dumps, write, sync"][0]
    print()
    print(f"written in {rows['lockfile written'][0] / plain_cpu:.2f} times what json alone takes")


if __name__ == "__main__":
    main()
