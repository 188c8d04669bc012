"""The two forms of CometAPI's answer to a query.

The page of today puts the state in `data.task_status`. Its older revision puts it in
`data.status` and `data.progress`, with the provider's own answer one level further down.
"""

from collections.abc import Mapping

from omnibatch.emulator.task import Phase, Task

__all__ = ["current", "older", "task_info", "videos"]

_STATUS: Mapping[Phase, str] = {
    "queued": "submitted",
    "processing": "processing",
    "succeeded": "succeed",
    "failed": "failed",
}
_OLDER_STATUS: Mapping[Phase, str] = {
    "queued": "SUBMITTED",
    "processing": "IN_PROGRESS",
    "succeeded": "SUCCESS",
    "failed": "FAILURE",
}


def task_info(task: Task) -> dict[str, str]:
    """Return the echo of the external id; an empty object if there is none."""
    return {} if task.external_id is None else {"external_task_id": task.external_id}


def videos(task: Task, link: str) -> list[dict[str, str]]:
    """Return the list that holds the one finished clip; its duration is text, in seconds."""
    return [{"id": task.task_id, "url": link, "duration": str(task.seconds)}]


def current(task: Task, now: float, link: str) -> dict[str, object]:
    """Return `data` as the page of today shows it."""
    phase = task.phase(now)
    data: dict[str, object] = {
        "task_id": task.task_id,
        "task_info": task_info(task),
        "created_at": int(task.created_at * 1000),
        "updated_at": int(task.changed_at(now) * 1000),
        "task_result": {"videos": videos(task, link)} if phase == "succeeded" else {},
        "task_status": _STATUS[phase],
    }
    if phase == "failed":
        data["task_status_msg"] = task.reason
    return data


def older(task: Task, now: float, link: str) -> dict[str, object]:
    """Return the whole answer as the older revision describes it; times in seconds.

    Gateways of that kind are known to leave the link of a finished clip in `fail_reason`,
    so this does too: nobody may read that field without a failure.
    """
    phase = task.phase(now)
    ended = phase in ("succeeded", "failed")
    reasons: Mapping[Phase, str] = {"succeeded": link, "failed": task.reason}
    data = {
        "task_id": task.task_id,
        "status": _OLDER_STATUS[phase],
        "progress": f"{task.progress(now)}%",
        "fail_reason": reasons.get(phase, ""),
        "submit_time": int(task.created_at),
        "start_time": 0 if phase == "queued" else int(task.starts_at),
        "finish_time": int(task.ends_at) if ended else 0,
        "data": current(task, now, link),
    }
    return {"code": "success", "message": "", "data": data}
