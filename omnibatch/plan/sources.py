"""Where frames come from: other slots' clips, the order that they give, and their hashes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from omnibatch.checks import CheckedShot, Clip, with_frames
from omnibatch.ledger import Attempt, Output, State, best_task, is_picked, state_of
from omnibatch.shots import FrameSource, Slot

__all__ = [
    "ClipPath",
    "clip_of",
    "closed_shots",
    "output_of",
    "source_slot",
    "sources_first",
    "takes_of",
]

ClipPath = Callable[[Output], Clip | None]
"""Where a clip lies; None for a path that leads out of its folder."""
Attempts = Callable[[Slot], Sequence[Attempt]]


def source_slot(frame: FrameSource, profile: str, attempts: Attempts, takes: int) -> Slot:
    """The slot whose clip `frame` is of: the take that it names, else the picked or the first.

    `takes` is how many of them there are.
    """
    if frame.take is not None:
        return Slot(frame.shot, profile, frame.take)
    slots = [Slot(frame.shot, profile, take) for take in range(1, takes + 1)]
    picked = [
        (attempt.picked, slot)
        for slot in slots
        for attempt in attempts(slot)
        if attempt.picked is not None and is_picked(attempt)
    ]
    return max(picked)[1] if picked else Slot(frame.shot, profile)


def clip_of(attempts: Iterable[Attempt], digest: str) -> Attempt | None:
    """The collected attempt whose clip stands for a slot today.

    That is the picked one, else the last one of the present request, else the last.
    """
    clips = [attempt for attempt in attempts if state_of(attempt) is State.COLLECTED]
    picked = [clip for clip in clips if is_picked(clip)]
    same = [clip for clip in clips if clip.known_intent.digest == digest]
    found = picked or same or clips
    return found[-1] if found else None


def output_of(attempt: Attempt) -> Output | None:
    """The clip of a collected attempt."""
    best = best_task(attempt)
    return best[1].output if best is not None else None


def sources_first(
    shots: Sequence[CheckedShot], sources: Callable[[CheckedShot], Iterable[Slot]]
) -> Iterator[CheckedShot]:
    """All `shots`, each after those that its frames are of. Of a ring each comes once."""
    by_slot = {checked.shot.slot: checked for checked in shots}
    done: set[Slot] = set()
    for start in shots:
        stack = [(start, iter(sources(start)) if start.shot.frames else iter(()))]
        entered = {start.shot.slot}
        while stack:
            checked, ahead = stack[-1]
            following = next((slot for slot in ahead if slot not in done), None)
            if following is None:
                stack.pop()
                if checked.shot.slot not in done:
                    done.add(checked.shot.slot)
                    yield checked
            elif following in by_slot and following not in entered:
                entered.add(following)
                stack.append((by_slot[following], iter(sources(by_slot[following]))))


def closed_shots(
    shots: Sequence[CheckedShot], attempts: Mapping[Slot, Sequence[Attempt]], clip_at: ClipPath
) -> Mapping[Slot, CheckedShot]:
    """Each shot with the clips of its frames, as far as they are collected."""
    takes = takes_of(shots)

    def of(slot: Slot) -> Sequence[Attempt]:
        return attempts.get(slot, ())

    def slot_of(frame: FrameSource, checked: CheckedShot) -> Slot:
        return source_slot(frame, checked.shot.slot.profile, of, takes.get(frame.shot, 1))

    closed: dict[Slot, CheckedShot] = {}
    order = sources_first(shots, lambda c: [slot_of(frame, c) for frame in c.shot.frames])
    for checked in order:
        clips = {}
        for frame in checked.shot.frames:
            slot = slot_of(frame, checked)
            source = closed.get(slot)
            attempt = clip_of(of(slot), source.digest if source is not None else "")
            output = output_of(attempt) if attempt is not None else None
            clip = clip_at(output) if output is not None else None
            if clip is not None:
                clips[frame] = clip
        closed[checked.shot.slot] = with_frames(checked, clips) if clips else checked
    return closed


def takes_of(shots: Iterable[CheckedShot]) -> Mapping[str, int]:
    """How many takes each shot has."""
    takes: dict[str, int] = {}
    for checked in shots:
        slot = checked.shot.slot
        takes[slot.shot] = max(slot.take, takes.get(slot.shot, 0))
    return takes
