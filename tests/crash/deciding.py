"""Deciding about lost sends as a user does: by the provider's own list of tasks."""

from ..workplace import Workplace

__all__ = ["decide_all"]

_ROUNDS = 5


def decide_all(place: Workplace) -> None:
    """Adopt each lost task that the meter lists, grant the others another attempt, and run."""
    for _ in range(_ROUNDS):
        finished = place.run()
        if finished.code == 0:
            return
        undecided = [shot for shot, state in place.states().items() if state == "unconfirmed"]
        assert undecided or finished.code != 4, finished.said
        made = {task["prompt"]: task["task_id"] for task in place.meter()["tasks"]}
        prompts = _prompts(place)
        for shot in undecided:
            task_id = made.get(prompts[shot])
            decision = ("retry", "film.yaml", shot)
            if task_id is not None:
                decision = ("adopt", "film.yaml", shot, task_id)
            decided = place.omnibatch(*decision)
            assert decided.code == 0, decided.said
    raise AssertionError(f"not done after {_ROUNDS} rounds: {finished.said}")


def _prompts(place: Workplace) -> dict[str, str]:
    ledger = place.ledger()
    return {
        attempt["shot"]: ledger["requests"][attempt["digest"]]["prompt"]
        for attempt in ledger["attempts"]
    }
