"""apimodels.app: the same Omni interface under its own envelope.

Source: apimodels' page "Kling Omni Video" (Chinese and English stored copies read
2026-11-22). It documents no external id, no list and no cancel, so a task whose create
reply was lost can be found only on their dashboard.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from omnibatch.providers.body import omni_fields, post
from omnibatch.providers.envelope import Envelope, Fields, task_id_in, whole_seconds
from omnibatch.providers.phases import KLING_PHASES, PhaseTable, read_phase
from omnibatch.providers.provider import (
    CreateReply,
    Files,
    LookupReply,
    LookupRow,
    Provider,
    Request,
    Response,
    StatusReply,
    TaskFacts,
    Verdict,
)
from omnibatch.providers.verdicts import KLING_CODES, VerdictTable, judge
from omnibatch.shots import Shot

if TYPE_CHECKING:
    from omnibatch.providers.table import ModelRow

__all__ = ["APIMODELS", "ApiModels"]

_PATH = "/api/v1/video/generations"
# No page says how soon a query knows a new task: ten seconds are our own guess. Nor does
# one say for how long it is kept; clips are apimodels' own copies of Kling's.
_LOOKUP = LookupRow(by="none", absent_is="unknown", lag_s=10.0)
_LONGEST_RESULT = 65_536  # characters of a resultJson; a real one holds one or two addresses


def _task_id(envelope: Envelope) -> str | None:
    """`data.taskId`, its snake-case spelling, then either at the root."""
    root, data = envelope.layers[:1], envelope.layers[1:2]
    keys = ("taskId", "task_id")
    return task_id_in((fields, key) for fields in (*data, *root) for key in keys)


def _clips(layer: Fields) -> Iterator[object]:
    """`resultUrls`, or the same inside `resultJson`, a string of JSON as callbacks have it."""
    yield from _list(layer.get("resultUrls"))
    inner = _parsed(layer.get("resultJson"))
    if isinstance(inner, dict):
        yield from _list(inner.get("resultUrls"))


def _list(value: object) -> list[object]:
    value = _parsed(value)
    return value if isinstance(value, list) else []


def _parsed(value: object) -> object:
    """Read a string of JSON; anything else, and a string that is none, stays as it is."""
    if not isinstance(value, str) or len(value) > _LONGEST_RESULT:
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _facts(envelope: Envelope) -> TaskFacts:
    """The model, as `kling-video/kling-video-o1`; and `param`, a string of JSON, if it is there."""
    data = next(iter(envelope.layers[1:2]), {})
    param = _parsed(data.get("param"))
    asked = param if isinstance(param, dict) else {}
    model, prompt = data.get("model") or asked.get("model"), asked.get("prompt")
    return TaskFacts(
        model=model.rpartition("/")[2] if isinstance(model, str) else "",
        prompt=prompt if isinstance(prompt, str) else "",
        duration=whole_seconds(asked.get("duration")),
    )


# The page's statuses are repeated in the body's `code`, and may come with HTTP 200. The
# interface stands on a Kling relay, so Kling's own codes may come through.
_VERDICTS = VerdictTable(
    task_id=_task_id,
    by_code={
        **KLING_CODES,
        "400": Verdict.REFUSED,
        "401": Verdict.ACCOUNT,
        "402": Verdict.ACCOUNT,  # balance too low
        "403": Verdict.ACCOUNT,
        "404": Verdict.REFUSED,
        "413": Verdict.REFUSED,
        "422": Verdict.REFUSED,
        "429": Verdict.WAIT,  # not on the page; the family of services with this record has it
        "500": Verdict.IN_DOUBT,
    },
)

_PHASES = PhaseTable(
    state_keys=("state", "status"),
    reason_keys=("failMsg",),
    urls=_clips,
    by_code={
        **KLING_PHASES,
        "401": "account",
        "402": "account",
        "403": "account",
        "404": "missing",  # unknown task
        "429": "busy",
        "500": "busy",
    },
    facts=_facts,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiModels:
    """The `apimodels` provider (see `Provider`)."""

    name: str = "apimodels"
    endpoint: str = "https://apimodels.app"
    key_variable: str = "APIMODELS_API_KEY"
    endpoint_variable: str = "APIMODELS_BASE_URL"
    lookup: LookupRow = _LOOKUP

    def models(self) -> tuple["ModelRow", ...]:
        """The models of its page."""
        from omnibatch.providers.table import TABLE  # not needed to read a reply

        return TABLE.at(self.name)

    def auth_headers(self, key: str) -> Mapping[str, str]:
        """The bearer header with `key`."""
        return {"Authorization": f"Bearer {key}"}

    def create_request(
        self,
        shot: Shot,
        attempt_id: str,  # noqa: ARG002 - the page documents no field for it
        files: Files,
    ) -> Request:
        """The paid POST. No external id is documented, so none is sent."""
        fields = {"model": shot.model, **omni_fields(shot, files, self.name)}
        return post(_PATH, fields, shot, self.name)

    def read_created(self, response: Response) -> CreateReply:
        """Judge the reply to a create by apimodels' table and Kling's beneath it."""
        return judge(response, _VERDICTS, self.endpoint_variable)

    def query_request(self, task_id: str) -> Request:
        """Ask by `task_id` in the query string, snake case there."""
        return Request(method="GET", path=_PATH, query={"task_id": task_id})

    def read_status(self, response: Response) -> StatusReply:
        """Read `data.state`; the inner code stays 200 even for a failed task."""
        return read_phase(response, _PHASES)

    def lookup_request(self, attempt_id: str) -> None:
        """None: a task cannot be asked for without its id."""

    def read_lookup(
        self,
        response: Response,  # noqa: ARG002 - no question, so no answer is believed
        attempt_id: str | None = None,  # noqa: ARG002
    ) -> LookupReply:
        """Unknown, always."""
        return LookupReply(found="unknown", words="apimodels cannot be asked for a lost task")


APIMODELS: Provider = ApiModels()
