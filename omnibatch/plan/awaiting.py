"""What a shot waits for: the clips that its frames are of, there, on their way, or not to be had."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from omnibatch.checks import CheckedShot, Clip, with_frames
from omnibatch.endpoints import is_rehearsal
from omnibatch.ledger import Attempt, AttemptId, TaskState, best_task, is_picked
from omnibatch.plan.asked import Asked
from omnibatch.plan.history import History
from omnibatch.plan.sources import clip_of, output_of, source_slot
from omnibatch.plan.steps import Action, Step
from omnibatch.shots import FrameSource, Slot

__all__ = ["Awaiting", "Sourced"]

_SEVERAL = 2
_ON_ITS_WAY = frozenset({Action.RESUME, Action.COLLECT, Action.RECONCILE})
_SETTLED = frozenset({Action.KEEP, Action.STALE, Action.SKIP})
_HAS_CLIP = _SETTLED | {Action.COLLECT}
_WORDS = {
    Action.SUBMIT: "which this run does not buy",
    Action.FAILED: "which failed",
    Action.DECIDE: "which is in doubt",
    Action.BLOCKED: "which is blocked itself",
    Action.LOST: "whose clip is lost",
    Action.SKIP: "which is left out",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """A shot, closed where the clips of its frames are known.

    `awaited` are slots whose clips are on their way in the same run; `missing` is one whose
    clip will not come, and why. `fetch` are attempts whose clips are fetched for it, `note`
    says which of several clips of one attempt it takes.
    """

    checked: CheckedShot
    awaited: tuple[Slot, ...] = ()
    missing: str = ""
    fetch: tuple[AttemptId, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaiting:
    """Looks up sources among the `steps` made so far, those of sources first.

    `wanted` are the slots that the run may buy, None for all; `takes` how many each shot has.
    """

    takes: Mapping[str, int]
    history: History
    asked: Asked
    wanted: frozenset[Slot] | None
    steps: dict[Slot, Step] = field(default_factory=dict)

    def slots(self, checked: CheckedShot) -> Iterable[Slot]:
        """The slots that the shot's frames are of."""
        return [self._slot(checked, frame) for frame in checked.shot.frames]

    def source(self, checked: CheckedShot) -> Sourced:
        """The shot with all that can be said of its sources."""
        if not checked.shot.frames:
            return Sourced(checked=checked)
        clips: dict[FrameSource, Clip] = {}
        awaited: dict[Slot, None] = {}
        missing, note = "", ""
        fetch: dict[AttemptId, None] = {}
        for frame in checked.shot.frames:
            slot = self._slot(checked, frame)
            step = self.steps.get(slot)
            clip, attempt = self._clip(checked, slot, step)
            if clip is not None:
                clips[frame] = clip
            if attempt is not None and self._is_fetched(step, attempt):
                fetch[attempt.id] = awaited[slot] = None
                note = note or self._which(checked, slot, attempt)
            elif self._is_coming(slot, step):
                awaited[slot] = None
            elif attempt is None or clip is None or step is None or step.action not in _SETTLED:
                missing = missing or self._why(slot, step)
            elif not self._is_here(attempt):
                missing = missing or f"{slot}, whose clip is not here"
            else:
                note = note or self._which(checked, slot, attempt)
        return Sourced(
            checked=with_frames(checked, clips) if clips else checked,
            awaited=tuple(awaited),
            missing=missing,
            fetch=tuple(fetch),
            note=note,
        )

    def _slot(self, checked: CheckedShot, frame: FrameSource) -> Slot:
        endpoint = self.asked.endpoints.get(checked.provider)

        def attempts(slot: Slot) -> tuple[Attempt, ...]:
            return self.history.attempts(slot, endpoint)

        profile = checked.shot.slot.profile
        return source_slot(frame, profile, attempts, self.takes.get(frame.shot, 1))

    def _clip(
        self, checked: CheckedShot, slot: Slot, step: Step | None
    ) -> tuple[Clip | None, Attempt | None]:
        """The clip that stands for the source today, by the rules of the shot that needs it.

        What was rehearsed is no source of what has to be paid for.
        """
        endpoint = self.asked.endpoints.get(checked.provider)
        source = step.checked if step is not None else None
        digest = source.digest if source is not None else ""
        attempts = self.history.attempts(slot, endpoint)
        attempt = clip_of(attempts, digest)
        if step is not None and step.action is Action.KEEP:
            # Of several clips of one request the plan keeps one that is here.
            kept = [each for each in attempts if each.id == step.attempt]
            if attempt is None or (kept and not is_picked(attempt)):
                twin = self.history.first_clip(digest, slot.take, endpoint)
                attempt = kept[0] if kept else twin
        if attempt is None or (
            is_rehearsal(attempt.known_intent.endpoint)
            and not (endpoint is not None and is_rehearsal(endpoint))
        ):
            return None, None
        output = output_of(attempt)
        return (None if output is None else self.asked.clip_at(output)), attempt

    def _which(self, checked: CheckedShot, slot: Slot, attempt: Attempt) -> str:
        """Which of several clips of one request stands for a source: on every machine the same."""
        best = best_task(attempt)
        attempts = self.history.attempts(slot, self.asked.endpoints.get(checked.provider))
        clips = sum(
            task.state is TaskState.COLLECTED
            for each in attempts
            if each.known_intent.digest == attempt.known_intent.digest
            for task in each.tasks.values()
        )
        if best is None or clips < _SEVERAL:
            return ""
        return f"of the {clips} clips of {slot}, that of task {best[0].task_id}"

    def _is_coming(self, slot: Slot, step: Step | None) -> bool:
        if step is None:
            return False
        if step.action is Action.SUBMIT:
            return self.wanted is None or slot in self.wanted
        return step.action in _ON_ITS_WAY

    def _is_fetched(self, step: Step | None, attempt: Attempt) -> bool:
        """Whether the clip is fetched again in the same run, and is most likely to be had."""
        if step is None or step.action not in _HAS_CLIP or self._is_here(attempt):
            return False
        return self.asked.reaches(attempt) and not self.asked.gone(attempt)

    def _is_here(self, attempt: Attempt) -> bool:
        output = output_of(attempt)
        if output is None or self.asked.is_another(output):
            return False
        return self.asked.clip_exists(output)

    def _why(self, slot: Slot, step: Step | None) -> str:
        if step is None:
            return f"{slot}, which is not in the film"
        return f"{slot}, {_WORDS.get(step.action, 'which has no clip')}"
