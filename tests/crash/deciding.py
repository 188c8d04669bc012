"""Deciding about lost sends as a user does: by the provider's own list of tasks."""

from collections.abc import Mapping

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
        _adopt(place, {s: made[prompts[s]] for s in undecided if prompts[s] in made})
        unmade = [shot for shot in undecided if prompts[shot] not in made]
        if unmade:
            granted = place.omnibatch("retry", "film.yaml", *unmade)
            assert granted.code == 0, granted.said
    raise AssertionError(f"not done after {_ROUNDS} rounds: {finished.said}")


def _adopt(place: Workplace, task_ids: Mapping[str, str]) -> None:
    if not task_ids:
        return
    rows = "".join(f"{shot},{task_id}\n" for shot, task_id in task_ids.items())
    (place.folder / "tasks.csv").write_text(f"shot,task_id\n{rows}", encoding="utf-8")
    adopted = place.omnibatch("adopt", "film.yaml", "--csv", "tasks.csv")
    assert adopted.code == 0, adopted.said


def _prompts(place: Workplace) -> dict[str, str]:
    ledger = place.ledger()
    return {
        attempt["shot"]: ledger["requests"][attempt["digest"]]["prompt"]
        for attempt in ledger["attempts"]
    }
