"""The document of `status --json`: schemas/status.schema.json."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from omnibatch.cli.standing.clips import ClipCheck
from omnibatch.cli.standing.details import attempt_json
from omnibatch.cli.standing.mends import Mend, Mender
from omnibatch.cli.standing.rows import Row
from omnibatch.money import Money
from omnibatch.plan import Drift

__all__ = ["status_json"]


def status_json(
    rows: Sequence[Row],
    mender: Mender,
    check: ClipCheck,
    *,
    manifest: Path,
    spent: Money | None,
    budget: Money | None,
    with_attempts: bool,
) -> dict[str, Any]:
    """All rows and their sum; `with_attempts` where single shots were asked for."""
    drifts = Counter(drift for row in rows for drift in row.drifts)
    return {
        "version": 1,
        "manifest": manifest.as_posix(),
        "shots": [_row(row, mender, with_attempts=with_attempts) for row in rows],
        "summary": {
            "states": dict(sorted(Counter(row.state for row in rows).items())),
            "drift": {drift.value: drifts[drift] for drift in Drift if drifts[drift]},
            "mend": [_mend(mend) for mend in mender.mends(rows)],
            "clips": {"by_bytes": check.by_bytes, "by_size": check.by_size},
            "spent": None if spent is None else str(spent),
            "budget": None if budget is None else str(budget),
            "valid": mender.is_valid,
        },
    }


def _row(row: Row, mender: Mender, *, with_attempts: bool) -> dict[str, Any]:
    intent = None if row.attempt is None else row.attempt.known_intent
    found = {
        "shot": row.slot.shot,
        "profile": row.slot.profile or None,
        "take": row.slot.take,
        "state": row.state,
        "task_id": row.task_id,
        "output": None if row.output is None else row.output.path,
        "price": None if intent is None else intent.price,
        "provider": None if intent is None else intent.provider,
        "note": row.note,
        "drift": [drift.value for drift in row.drifts],
        "mend": [_mend(mend) for mend in mender.mends([row])],
    }
    if with_attempts:
        found["attempts"] = [attempt_json(attempt) for attempt in row.attempts]
    return found


def _mend(mend: Mend) -> dict[str, Any]:
    return {
        "drift": mend.drift.value,
        "shots": mend.count,
        "first": mend.first,
        "command": mend.command,
        "free": mend.free,
        "cost": None if mend.cost is None else str(mend.cost),
    }
