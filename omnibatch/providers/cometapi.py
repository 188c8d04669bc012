"""CometAPI, and the gateways that serve Kling's Omni interface on the same path.

Sources: CometAPI's pages "Omni Video", "Omni Query", "Error codes" and "Callback" (stored
copies read 2026-11-22), Kling's own omni page, and relays of the new-api family, whose
record of a task is CometAPI's older query envelope.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING
from urllib.parse import quote

from omnibatch.providers.body import omni_fields, post
from omnibatch.providers.envelope import (
    Envelope,
    Fields,
    open_envelope,
    task_id_in,
    whole_seconds,
)
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
from omnibatch.providers.verdicts import KLING_CODES, OK_CODES, VerdictTable, judge
from omnibatch.shots import Shot

if TYPE_CHECKING:
    from omnibatch.providers.table import ModelRow

__all__ = ["COMETAPI", "CometApi"]

_PATH = "/kling/v1/videos/omni-video"

# The omni page has the field but not the sentence that a task can be queried by it, so
# "not found" proves nothing. No page gives a lag: ten seconds are our own guess. Clips are
# Kling's, whose page says that they are cleared after 30 days; CometAPI names no number.
_LOOKUP = LookupRow(by="external_id", absent_is="unknown", lag_s=10.0, kept_days=30)


def _task_id(envelope: Envelope) -> str | None:
    """`data.task_id` (Kling), `task_id` (flat), then `id`. Never `request_id`."""
    root, data = envelope.layers[:1], envelope.layers[1:2]
    return task_id_in((fields, key) for key in ("task_id", "id") for fields in (*data, *root))


def _clips(layer: Fields) -> Iterator[object]:
    """`task_result.videos[].url`, and where relays put it: `url` or `metadata.url`.

    Never `fail_reason`, although old relay records keep the address there on success.
    """
    result = layer.get("task_result")
    videos = result.get("videos") if isinstance(result, dict) else None
    for video in videos if isinstance(videos, list) else ():
        yield video.get("url") if isinstance(video, dict) else video
    yield layer.get("url")
    metadata = layer.get("metadata")
    if isinstance(metadata, dict):
        yield metadata.get("url")


def _facts(envelope: Envelope) -> TaskFacts:
    """The external id that a task carries, and how long its clip is; no page has more."""
    named = _external_ids(envelope.layers)
    return TaskFacts(
        external_id=str(min(named, key=str)) if len(named) == 1 else "",
        duration=next((s for layer in envelope.layers for s in _seconds(layer)), None),
    )


def _seconds(layer: Fields) -> Iterator[int]:
    """Whole seconds of `task_result.videos[].duration`, which is text such as `5.1`."""
    result = layer.get("task_result")
    videos = result.get("videos") if isinstance(result, dict) else None
    for video in videos if isinstance(videos, list) else ():
        seconds = whole_seconds(video.get("duration")) if isinstance(video, dict) else None
        if seconds is not None:
            yield seconds


_VERDICTS = VerdictTable(
    task_id=_task_id,
    by_code={
        **KLING_CODES,
        "invalid_request": Verdict.REFUSED,  # also as HTTP 500: "Error codes", do not retry
        "model_not_found": Verdict.ACCOUNT,  # seen as HTTP 503; new-api's distributor
        "insufficient_user_quota": Verdict.ACCOUNT,  # one-api and new-api: HTTP 403
    },
)

_PHASES = PhaseTable(
    state_keys=("task_status", "status"),
    reason_keys=("task_status_msg", "fail_reason"),
    urls=_clips,
    by_code={
        **KLING_PHASES,
        "task_not_exist": "missing",  # new-api: HTTP 400
    },
    facts=_facts,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CometApi:
    """The `cometapi` provider (see `Provider`), or with other fields a gateway of its kind."""

    name: str = "cometapi"
    endpoint: str = "https://api.cometapi.com"
    key_variable: str = "COMETAPI_KEY"
    endpoint_variable: str = "COMETAPI_BASE_URL"
    lookup: LookupRow = _LOOKUP

    def models(self) -> tuple["ModelRow", ...]:
        """CometAPI's models and limits. What another gateway charges for them is unknown."""
        from omnibatch.providers.table import TABLE  # not needed to read a reply

        rows = TABLE.at("cometapi")
        if self.name == "cometapi":
            return rows
        return tuple(replace(row, provider=self.name, rates=()) for row in rows)

    def auth_headers(self, key: str) -> Mapping[str, str]:
        """The bearer header with `key`."""
        return {"Authorization": f"Bearer {key}"}

    def create_request(self, shot: Shot, attempt_id: str, files: Files) -> Request:
        """The paid POST; `attempt_id` goes along as `external_task_id`."""
        fields = {
            "model_name": shot.model,  # `model` would be ignored, for the default model
            **omni_fields(shot, files, self.name),
            "external_task_id": attempt_id,
        }
        return post(_PATH, fields, shot, self.name)

    def read_created(self, response: Response) -> CreateReply:
        """Judge the reply to a create by CometAPI's and Kling's tables."""
        return judge(response, _VERDICTS, self.endpoint_variable)

    def query_request(self, task_id: str) -> Request:
        """Omni Query by task id."""
        return Request(method="GET", path=f"{_PATH}/{_segment(task_id)}")

    def read_status(self, response: Response) -> StatusReply:
        """Read Omni Query's reply in its current and its older envelope."""
        return read_phase(response, _PHASES)

    def lookup_request(self, attempt_id: str) -> Request:
        """Omni Query by external id: Kling's own interface takes either in this place."""
        return self.query_request(attempt_id)

    def read_lookup(self, response: Response, attempt_id: str | None = None) -> LookupReply:
        """Say `found` for a task that is ours for all we can see, else `unknown`."""
        envelope = open_envelope(response.body)
        odd = not 200 <= response.status < 300 or envelope.has_error
        if odd or envelope.code not in {*OK_CODES, ""}:
            words = envelope.words or f"HTTP {response.status}"
            return LookupReply(found="unknown", words=words)
        if envelope.rows:
            # A list was answered, perhaps of all tasks: only those that name our id are ours.
            ours = [row for row in envelope.rows if attempt_id in _external_ids((row,))]
            found = (task_id_in([(row, "task_id")]) for row in sorted(ours, key=_made_at))
            task_ids = tuple(dict.fromkeys(filter(None, found)))
        else:
            named = _external_ids(envelope.layers)
            if named - {attempt_id}:
                return LookupReply(found="unknown", words="the reply is about another external id")
            task_id = _task_id(envelope)
            task_ids = () if task_id is None else (task_id,)
        # A task "called" by our own id is an echo of the question, not a task.
        task_ids = tuple(task_id for task_id in task_ids if task_id != attempt_id)
        if not task_ids:
            return LookupReply(found="unknown", words=envelope.words)
        return LookupReply(found="found", task_ids=task_ids)


def _made_at(row: Fields) -> float:
    """When a task of a list was made; those that do not say come last, in their order."""
    at = row.get("created_at")
    return at if isinstance(at, int | float) and not isinstance(at, bool) else inf


def _external_ids(layers: tuple[Fields, ...]) -> set[str | None]:
    """Every external id that `layers` name (`task_info.external_task_id`, or bare)."""
    named: set[str | None] = set()
    for layer in layers:
        info = layer.get("task_info")
        for fields in (layer, info if isinstance(info, dict) else {}):
            value = fields.get("external_task_id")
            if value is not None and value != "":
                named.add(str(value))
    return named


def _segment(text: str) -> str:
    """Percent-encode `text` as one path segment that cannot climb out of its place."""
    quoted = quote(text, safe="", errors="replace")
    return quoted.replace(".", "%2E") if quoted.strip(".") == "" else quoted


COMETAPI: Provider = CometApi()
