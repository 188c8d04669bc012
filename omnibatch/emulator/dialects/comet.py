"""CometAPI's dialect of Kling's omni-video endpoint.

Sources: CometAPI, "Omni Video" and "Omni Query" (the page of today and its older
revision), "Error codes"; Kling's legacy reference for task states and error codes, which
come through this route. No page shows the create answer of this very endpoint: it is
that of its sibling, text-to-video, with the external id where Kling puts it.
"""

import uuid

from omnibatch.emulator.dialects import comet_envelopes
from omnibatch.emulator.faults.fault import DialectName
from omnibatch.emulator.orders.order import Terms
from omnibatch.emulator.serving.replies import Reply, json_reply
from omnibatch.emulator.settings import Envelope
from omnibatch.emulator.task import Task

__all__ = ["Comet"]


class Comet:
    """The wording of CometAPI's answers."""

    name: DialectName = "comet"
    terms = Terms(
        model_field="model_name",
        model_default="kling-video-o1",
        mode_default="pro",
        short_or_long=True,
    )
    moderation = "Failure to pass the risk control system"

    def __init__(self, envelope: Envelope) -> None:
        self._older = envelope == "older"

    def created(self, task: Task) -> Reply:
        """Answer a create; see `Dialect`."""
        stamp = int(task.created_at * 1000)
        data = {
            "task_id": task.task_id,
            "task_info": comet_envelopes.task_info(task),
            "task_status": "submitted",
            "created_at": stamp,
            "updated_at": stamp,
        }
        return _kling(0, "SUCCEED", data=data)

    def status(self, task: Task, now: float, link: str) -> Reply:
        """Answer a query in the envelope that was chosen."""
        if self._older:
            return json_reply(comet_envelopes.older(task, now, link))
        # A real answer about a failed task said SUCCEED; the page's sample says success.
        message = "SUCCEED" if task.phase(now) == "failed" else "success"
        return _kling(0, message, data=comet_envelopes.current(task, now, link))

    def unknown_state(self, task: Task) -> Reply:
        """Answer a query with a state that no page names."""
        if self._older:
            document = comet_envelopes.older(task, task.created_at, "")
            document["data"] = {"task_id": task.task_id, "status": "UNKNOWN", "progress": "0%"}
            return json_reply(document)
        data = comet_envelopes.current(task, task.created_at, "")
        data["task_status"] = "reviewing"
        return _kling(0, "success", data=data)

    def callback(self, task: Task, now: float, link: str) -> object:
        """Return the flat body of a callback ("Callback URL" page)."""
        data = {"task_status_msg": "", **comet_envelopes.current(task, now, link)}
        videos = comet_envelopes.videos(task, link) if task.phase(now) == "succeeded" else []
        return {**data, "task_result": {"images": [], "videos": videos}}

    def unauthorized(self) -> Reply:
        """Answer 401 in the gateway's own form."""
        return self._gateway(401, "Invalid token", code="")

    def malformed(self, why: str) -> Reply:
        """Answer 400 in the gateway's own form."""
        return self._gateway(400, why)

    def invalid(self, why: str) -> Reply:
        """Answer 400 with Kling's code for an illegal value."""
        return _kling(1201, why, status=400)

    def unknown_model(self, model: str) -> Reply:
        """Answer 400 with the words that users of the gateway have seen."""
        return self._gateway(400, f"invalid model name: {model}", param="model_name")

    def refused(self) -> Reply:
        """Answer a refusal dressed as a server error, as the error page warns."""
        return self._gateway(500, "The request was refused")

    def duplicate(self, external_id: str) -> Reply:
        """Answer 409. No page says how; only that the id must be unique per account."""
        return _kling(1201, f"external_task_id is not unique: {external_id}", status=409)

    def no_credit(self) -> Reply:
        """Answer 429 with Kling's code for a depleted resource pack."""
        return _kling(1102, "Resource pack depleted", status=429)

    def too_many(self) -> Reply:
        """Answer 429 with Kling's code for too many running tasks."""
        return _kling(1303, "parallel task over resource pack limit", status=429)

    def rate_limited(self) -> Reply:
        """Answer 429 with Kling's code for requests that come too fast."""
        return _kling(1302, "Requests are too frequent", status=429)

    def not_found(self) -> Reply:
        """Answer 404 with Kling's code for a resource that does not exist."""
        return _kling(1203, "Task not found", status=404)

    def _gateway(
        self, status: int, message: str, *, param: str = "", code: str = "invalid_request"
    ) -> Reply:
        request = uuid.uuid4().hex
        error = {"message": message, "type": "comet_api_error", "param": param, "code": code}
        if self._older:
            # The older form leaves the code empty and hides the request id in the message.
            # An explicit refusal keeps its code: without it a 500 would say nothing.
            del error["param"]
            error["message"] = f"{message} (request id: {request})"
            error["code"] = code if status >= 500 else ""
        return json_reply({"error": error}, status)


def _kling(code: int, message: str, *, status: int = 200, data: object = None) -> Reply:
    document = {"code": code, "message": message, "request_id": str(uuid.uuid4())}
    return json_reply(document if data is None else {**document, "data": data}, status)
