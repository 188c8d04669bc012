"""What a reply to a create means for the money: tables, and the one way to read them.

The tables answer one question, "was anything created?", and lean one way: `IN_DOUBT`
costs the user a look, a wrong `WAIT` costs the price of a clip. So whatever the documents
do not call a refusal is in doubt. Sources: Kling's error table (KLING-FULL, RAWGENAI, in
the official documentation's mirrors of 2026-02 and 2026-03) and RFC 9110.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from omnibatch.providers.envelope import Envelope, open_envelope
from omnibatch.providers.provider import CreateReply, Response, Verdict
from omnibatch.providers.retry_after import retry_after_s
from omnibatch.providers.words import clean

__all__ = ["BY_PHRASE", "BY_STATUS", "KLING_CODES", "OK_CODES", "VerdictTable", "judge"]

Phrase = tuple[re.Pattern[str], Verdict]

OK_CODES = frozenset({"0", "200", "success"})
"""Codes of a wrapper that say yes: Kling 0, apimodels 200, relays "success"."""

KLING_CODES: Mapping[str, Verdict] = {
    **dict.fromkeys(("1000", "1001", "1002", "1003", "1004"), Verdict.ACCOUNT),  # 401: the key
    "1100": Verdict.ACCOUNT,  # 429, yet no matter of speed: the account
    "1101": Verdict.ACCOUNT,  # 429: in arrears
    "1102": Verdict.ACCOUNT,  # 429: resource pack used up
    "1103": Verdict.ACCOUNT,  # 403: no right to this interface or model
    "1104": Verdict.ACCOUNT,  # not in the table; its family is the account's
    "1200": Verdict.REFUSED,  # 400: a parameter
    "1201": Verdict.REFUSED,  # 400: a parameter's value
    "1202": Verdict.REFUSED,  # 404: method
    "1203": Verdict.REFUSED,  # 404: resource, such as a model or an element
    "1300": Verdict.REFUSED,  # 400: the platform's policy
    "1301": Verdict.REFUSED,  # 400: content safety
    "1302": Verdict.WAIT,  # 429: too fast
    "1303": Verdict.WAIT,  # 429: more parallel tasks than the pack allows
    "1304": Verdict.ACCOUNT,  # 429: this address is not on the account's list
    # Kling's guide retries these three, but not one says that nothing was created.
    "5000": Verdict.IN_DOUBT,  # 500: internal
    "5001": Verdict.IN_DOUBT,  # 503: maintenance
    "5002": Verdict.IN_DOUBT,  # 504: internal timeout
}

BY_STATUS: Mapping[int, Verdict] = {
    400: Verdict.REFUSED,
    401: Verdict.ACCOUNT,
    402: Verdict.ACCOUNT,  # apimodels: the balance is too low
    403: Verdict.ACCOUNT,  # Comet: check the access to the model
    404: Verdict.REFUSED,
    405: Verdict.ACCOUNT,  # a path mistake: no shot would fare better
    407: Verdict.ACCOUNT,  # a proxy wants a password; nothing reached the provider
    410: Verdict.REFUSED,
    411: Verdict.REFUSED,
    413: Verdict.REFUSED,
    414: Verdict.REFUSED,
    415: Verdict.REFUSED,
    422: Verdict.REFUSED,
    429: Verdict.WAIT,
    431: Verdict.REFUSED,  # 411, 414 and 431 too are answered before a body is looked at
}
"""Statuses whose bodies explain nothing more. All others are in doubt: 408 and 5xx above all."""

# Words are a last resort, since a message may echo a prompt: anchored at the start, and
# only towards verdicts after which nothing is sent again within the run.
BY_PHRASE: tuple[Phrase, ...] = (
    # Seen at CometAPI for models that it lists but does not serve.
    (re.compile(r"\W*(?:invalid|unknown|unsupported) model\b", re.IGNORECASE), Verdict.ACCOUNT),
    # A relay without this route (seen at CometAPI), or one that knows no such path at all.
    (re.compile(r"\W*unsupported relay mode\b", re.IGNORECASE), Verdict.ACCOUNT),
    (re.compile(r"\W*invalid url \((?:get|post)\b", re.IGNORECASE), Verdict.ACCOUNT),
)

# Kling wants external ids unique and does not say how it answers one that is not: any
# wording counts, since the cure is a free look and the mistake would be a second clip.
_NOT_UNIQUE = re.compile(
    r"external[_ -]?(?:task[_ -]?)?id\b.{0,80}?"
    r"(?:unique|duplicat|already|exists|repeat|in use|taken|重复|唯一|已存在)"
    r"|(?:duplicat\w*|repeated|重复).{0,40}external[_ -]?(?:task[_ -]?)?id\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictTable:
    """How one provider's replies to a create are read.

    `task_id` finds the id of a task in an envelope; `by_code` is asked before `by_status`.
    """

    task_id: Callable[[Envelope], str | None]
    ok_codes: frozenset[str] = OK_CODES
    by_code: Mapping[str, Verdict] = field(default_factory=lambda: KLING_CODES)
    by_status: Mapping[int, Verdict] = field(default_factory=lambda: BY_STATUS)
    by_phrase: tuple[Phrase, ...] = BY_PHRASE


def judge(response: Response, table: VerdictTable, endpoint_variable: str) -> CreateReply:
    """Say what `response` to a create means, by `table`. Never raises, whatever the bytes.

    `endpoint_variable` is named in the words where the address looks wrong.
    """
    envelope = open_envelope(response.body)
    task_id = table.task_id(envelope)
    verdict = _verdict(response.status, envelope, task_id, table)
    return CreateReply(
        verdict=verdict,
        task_id=task_id if verdict is Verdict.CREATED else None,
        words=_words(verdict, response, envelope, task_id, endpoint_variable),
        retry_after_s=None if verdict is Verdict.CREATED else retry_after_s(response.headers),
    )


def _verdict(status: int, envelope: Envelope, task_id: str | None, table: VerdictTable) -> Verdict:
    if 300 <= status < 400:
        return Verdict.ELSEWHERE
    accepted = 200 <= status < 300
    says_yes = envelope.code in table.ok_codes
    # A relay may answer with a bare task; beside an error an id may be anything's.
    bare = not (envelope.codes or envelope.has_error)
    if accepted and task_id is not None and (says_yes or bare):
        return Verdict.CREATED
    said = envelope.words
    if status == 409 or _NOT_UNIQUE.search(said):
        return Verdict.DUPLICATE
    if task_id is not None and (says_yes or _names_a_task(envelope)):
        return Verdict.IN_DOUBT  # a task and a refusal in one reply: believe the dearer
    for pattern, verdict in table.by_phrase:
        if envelope.readable and pattern.match(said):
            return verdict
    for code in envelope.codes:
        if code in table.by_code:
            return table.by_code[code]
    if accepted:
        return Verdict.IN_DOUBT
    if _path_mistake(status, envelope):
        return Verdict.ACCOUNT
    return table.by_status.get(status, Verdict.IN_DOUBT)


def _names_a_task(envelope: Envelope) -> bool:
    """Whether a key that can only be a task's is set; a bare `id` may be the error's own."""
    return any(layer.get(key) for layer in envelope.layers for key in ("task_id", "taskId"))


def _path_mistake(status: int, envelope: Envelope) -> bool:
    """Whether no interface stands at this address: interfaces answer in JSON, even a 404."""
    return status in (404, 405) and not envelope.readable


def _words(
    verdict: Verdict,
    response: Response,
    envelope: Envelope,
    task_id: str | None,
    endpoint_variable: str,
) -> str:
    said = envelope.words
    if verdict is Verdict.CREATED:
        return said
    if verdict is Verdict.ELSEWHERE:
        place = response.headers.get("location", "").partition("?")[0] or "another address"
        return clean(f"HTTP {response.status} to {place}: check {endpoint_variable}")
    if verdict is Verdict.ACCOUNT and _path_mistake(response.status, envelope):
        fact = f"no such interface at this address (HTTP {response.status})"
        return clean(f"{fact}: check {endpoint_variable}. {said}")
    if verdict is Verdict.IN_DOUBT and task_id is not None:
        code = next(iter(envelope.codes), "none")
        return clean(f"HTTP {response.status}, code {code}, yet task id {task_id}: {said}")
    if said:
        return said
    codes = ", ".join(envelope.codes)
    return clean(f"HTTP {response.status}, code {codes}" if codes else f"HTTP {response.status}")
