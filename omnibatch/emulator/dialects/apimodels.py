"""apimodels.app's dialect: `{code, msg, data}` around camelCase fields.

Source: apimodels.app, "Kling Omni-Video". The page lists the statuses of errors and not
their bodies; these repeat its envelope. It lists no 429: one is given all the same where
a limit is set, since its upstream has them.
"""

import json

from omnibatch.emulator.faults.fault import DialectName
from omnibatch.emulator.orders.order import Terms
from omnibatch.emulator.serving.replies import Reply, json_reply
from omnibatch.emulator.task import Phase, Task

__all__ = ["ApiModels"]

_STATE: dict[Phase, str] = {
    "queued": "pending",
    "processing": "processing",
    "succeeded": "completed",
    "failed": "failed",
}


class ApiModels:
    """The wording of apimodels.app's answers."""

    name: DialectName = "apimodels"
    terms = Terms(model_field="model", model_default=None, mode_default="std", short_or_long=False)
    moderation = "Content policy violation"

    def created(self, task: Task) -> Reply:
        """Answer a create; see `Dialect`."""
        return _success(_data(task, "pending"))

    def status(self, task: Task, now: float, link: str) -> Reply:
        """Answer a query."""
        phase = task.phase(now)
        data = _data(task, _STATE[phase])
        if phase == "succeeded":
            data["resultUrls"] = [link]
            data["createTime"] = int(task.created_at * 1000)
            data["completeTime"] = int(task.ends_at * 1000)
        if phase == "failed":
            data["failMsg"] = task.reason
        return _success(data)

    def unknown_state(self, task: Task) -> Reply:
        """Answer a query with a state that the page does not list."""
        return _success(_data(task, "reviewing"))

    def callback(self, task: Task, now: float, link: str) -> object:
        """Return the body of a callback; two of its fields are JSON inside a string."""
        failed = task.phase(now) == "failed"
        result = {"resultUrls": [link], "videoDuration": task.seconds}
        param = {"model": task.model, "prompt": task.prompt, "duration": str(task.seconds)}
        data = {
            **_data(task, _STATE[task.phase(now)]),
            "param": json.dumps(param),
            "resultJson": None if failed else json.dumps(result),
            "failCode": "500" if failed else None,
            "failMsg": task.reason if failed else None,
            "costTime": int((task.ends_at - task.created_at) * 1000),
            "completeTime": int(task.ends_at * 1000),
            "createTime": int(task.created_at * 1000),
        }
        return {"code": 200, "msg": "success", "data": data}

    def unauthorized(self) -> Reply:
        """Answer 401."""
        return _error(401, "Unauthorized: invalid API key")

    def malformed(self, why: str) -> Reply:
        """Answer 400."""
        return _error(400, why)

    def invalid(self, why: str) -> Reply:
        """Answer 400."""
        return _error(400, why)

    def unknown_model(self, model: str) -> Reply:
        """Answer 400: the page has no status of its own for this."""
        return _error(400, f"Unknown model: {model}")

    def refused(self) -> Reply:
        """Answer 400."""
        return _error(400, "The request was refused")

    def duplicate(self, external_id: str) -> Reply:
        """Answer 409; the provider knows no external ids, so this is never asked for."""
        return _error(409, f"external_task_id is not unique: {external_id}")

    def no_credit(self) -> Reply:
        """Answer 402."""
        return _error(402, "Insufficient balance")

    def too_many(self) -> Reply:
        """Answer 429."""
        return _error(429, "Too many running tasks")

    def rate_limited(self) -> Reply:
        """Answer 429."""
        return _error(429, "Too many requests")

    def not_found(self) -> Reply:
        """Answer 404."""
        return _error(404, "Task not found")


def _data(task: Task, state: str) -> dict[str, object]:
    return {"taskId": task.task_id, "state": state, "model": f"kling-video/{task.model}"}


def _success(data: object) -> Reply:
    return json_reply({"code": 200, "msg": "success", "data": data})


def _error(code: int, why: str) -> Reply:
    return json_reply({"code": code, "msg": why}, code)
