"""What must hold after any crash, once the same command has run to its end.

The witness is the emulator's meter: what was created and what it cost. The ledger is read
from its files, by the design's words and not by our code.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from jsonschema import Draft202012Validator

from ..launching import Finished
from ..workplace import Document, Workplace
from .films import PRICE, Film, Kind, SlotName

__all__ = ["Kills", "Tally", "points_in", "recorded_tasks", "settle", "states_of", "validator"]

Tally = Counter[str]
"""What was counted: `duplicates` and `lost` among it, which are to be none."""

_SCHEMA = Path(__file__).parents[2] / "schemas" / "lock.schema.json"
_REHEARSAL = ".omnibatch/rehearsal/"
_TASK_ID = re.compile(rb'"task_id":"([^"]+)"')
_POINT = re.compile(r"^failpoint (\S+)$", re.MULTILINE)


@dataclass(slots=True)
class Kills:
    """Kills the next command lines at the `numbers` given, one after another.

    `points` are the failpoints that were met, `recorded` the task ids that were on record
    after any of the kills, `tally` what the oracle has counted.
    """

    numbers: tuple[int, ...] = ()
    points: list[str] = field(default_factory=list)
    recorded: set[bytes] = field(default_factory=set)
    tally: Tally = field(default_factory=Tally)
    repeats: Callable[[Workplace], bool] = field(default=lambda _: False)
    """Tells after a kill whether what it left was left by an earlier one: see `Sweep`."""

    def start(self, place: Workplace, *arguments: str) -> Finished:
        """Run a command line until the next number; to its end, if none is left."""
        number, self.numbers = (self.numbers or (0,))[0], self.numbers[1:]
        failpoint = {"OMNIBATCH_FAILPOINT": f"*:{number}"} if number else {}
        finished = place.omnibatch(*arguments, **failpoint)
        if finished.was_killed:
            self.points.append(points_in(finished)[-1])
        self.recorded |= recorded_tasks(place)
        return finished

    def run(self, place: Workplace, film: Film) -> Finished:
        """`omnibatch run`, likewise, with what the user has agreed to pay."""
        return self.start(place, "run", "film.yaml", "--yes", "--max-cost", film.cost)


def points_in(finished: Finished) -> list[str]:
    """The failpoints that a command line has named: the last is the one that killed it."""
    return _POINT.findall(finished.err)


def recorded_tasks(place: Workplace) -> set[bytes]:
    """The task ids that the ledger holds at this moment, in whole lines of either file."""
    journal = place.folder / ".omnibatch" / "film.journal"
    found: set[bytes] = set()
    for file in (journal, place.lockfile):
        if file.exists():
            whole, _, _ = file.read_bytes().rpartition(b"\n")
            found |= set(_TASK_ID.findall(whole))
    return found


def states_of(place: Workplace, film: Film) -> dict[SlotName, str]:
    """The state of each slot that the lockfile has, by the names that the film has today.

    The last attempt of a slot speaks for it: the one that no other was made after.
    """
    states = {}
    attempts = place.ledger()["attempts"]
    continued = {attempt["after"] for attempt in attempts}
    for attempt in attempts:
        if attempt["id"] in continued:
            continue
        tasks = [task["state"] for task in attempt.get("tasks", ())]
        sends = attempt.get("sends", {}).values()
        in_doubt = not tasks and {"open", "in_doubt"} & set(sends)
        shot = attempt["shot"]
        slot = film.former.get(shot, shot), attempt.get("take", 1)
        states[slot] = "unconfirmed" if in_doubt else ", ".join(tasks)
    return states


def settle(place: Workplace, film: Film, kind: Kind, kills: Kills, *, idle: bool = True) -> None:
    """Run to the end, decide what is left to decide, and hold all of it against the meter.

    What the meter lists and the ledger lacks is adopted; where it lists nothing, one more
    attempt is granted. With `idle` the finished film is run once more, which must change
    nothing.
    """
    if _run_and_judge(place, film, kind, kills):
        again = _run(place, film)
        assert again.code == 0, again.said
    _is_finished(place, film)
    if idle:
        _rerun_changes_nothing(place, film)


def _run(place: Workplace, film: Film) -> Finished:
    return place.run("--max-cost", film.cost)


def _run_and_judge(place: Workplace, film: Film, kind: Kind, kills: Kills) -> bool:
    """Whether a decision was needed, and was made."""
    finished = _run(place, film)
    validator().validate(place.ledger())
    states = states_of(place, film)
    undecided = {slot for slot, state in states.items() if state == "unconfirmed"}
    meter = place.meter()
    known = recorded_tasks(place)
    unlisted = [task for task in meter["tasks"] if task["task_id"].encode() not in known]
    wanted = Counter(film.slots.values())
    sold = Counter(meter["accepted_by_prompt"])
    doubted = Counter(film.slots[slot] for slot in undecided)
    nowhere = Counter(task["prompt"] for task in unlisted) - doubted
    twice, forgotten = sold - wanted, kills.recorded - known
    kills.tally += Tally(
        duplicates=twice.total(),
        lost=nowhere.total() + len(forgotten),
        decisions=len(undecided),
    )

    assert not twice, f"sold twice: {twice}; {finished.said}"
    assert not nowhere, f"made and paid for, and nobody knows: {nowhere}; {finished.said}"
    assert not forgotten, f"what was on record is lost: {forgotten}; {finished.said}"
    assert all(count == 1 for count in meter["accepted_by_external_id"].values())
    assert states.keys() <= film.slots.keys()
    assert set(states.values()) <= {"collected", "unconfirmed"}, states
    assert finished.code == (4 if undecided else 0), finished.said
    _waits(film, states, undecided)
    if kind.lookup == "authoritative":
        assert not undecided, "the provider can tell, so nobody has to decide"
    if kind.lookup != "none":
        assert not unlisted, "what could be asked for was not found"
    _decide(place, film, undecided, unlisted)
    return bool(undecided)


def _waits(film: Film, states: dict[SlotName, str], undecided: set[SlotName]) -> None:
    """Unsent is what waits for the clip of a shot that is in doubt; nothing else."""
    doubted = {shot for shot, _ in undecided}
    for shot, _ in film.slots.keys() - states.keys():
        assert film.sources.get(shot) in doubted, f"{shot} was forgotten"


def _decide(
    place: Workplace, film: Film, undecided: set[SlotName], unlisted: list[Document]
) -> None:
    for slot in sorted(undecided):
        ids = [task["task_id"] for task in unlisted if task["prompt"] == film.slots[slot]]
        if ids:
            unlisted[:] = [task for task in unlisted if task["task_id"] != ids[0]]
            decided = place.omnibatch("adopt", "film.yaml", film.word(slot), ids[0])
        else:
            decided = place.omnibatch("retry", "film.yaml", film.word(slot))
        assert decided.code == 0, decided.said


def _is_finished(place: Workplace, film: Film) -> None:
    """Every slot has its clip, each was paid for once, and no trace of a crash is left."""
    meter = place.meter()
    states = states_of(place, film)
    validator().validate(place.ledger())
    known = recorded_tasks(place)

    assert states == dict.fromkeys(film.slots, "collected")
    assert Counter(meter["accepted_by_prompt"]) == Counter(film.slots.values())
    assert meter["charged"] == f"{(PRICE * len(film.slots)).normalize()} USD"
    assert {task["task_id"].encode() for task in meter["tasks"]} == known
    _clips_are_whole(place)
    left = [
        name
        for name in place.listing()
        if name.endswith((".tmp", ".part", ".open", ".ballast")) and not name.startswith(_REHEARSAL)
    ]
    assert not left, left


def _rerun_changes_nothing(place: Workplace, film: Film) -> None:
    before = place.meter(), place.listing()

    finished = _run(place, film)

    assert finished.code == 0, finished.said
    assert (place.meter(), place.listing()) == before


@cache
def validator() -> Draft202012Validator:
    """The lockfile's schema."""
    return Draft202012Validator(json.loads(_SCHEMA.read_text(encoding="utf-8")))


def _clips_are_whole(place: Workplace) -> None:
    outputs = [
        task["output"]
        for attempt in place.ledger()["attempts"]
        for task in attempt.get("tasks", ())
        if task["state"] == "collected"
    ]
    for output in outputs:
        data = (place.folder / output["path"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == output["sha256"]
    names = [output["path"].rpartition("/")[2] for output in outputs]
    clips = [
        path.name
        for path in place.folder.rglob("*.mp4*")
        if not path.is_relative_to(place.folder / _REHEARSAL)
    ]
    assert sorted(clips) == sorted(names), "a file is left that no record knows"
