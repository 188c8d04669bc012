"""One scripted fault: which requests it meets, and what it does to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Literal, get_args

__all__ = ["ALLOWED", "DialectName", "Do", "Fault", "On"]

DialectName = Literal["comet", "apimodels"]
On = Literal["create", "query", "lookup", "download"]
Do = Literal[
    "answer",
    "answer_after",
    "changed",
    "cut",
    "delay",
    "drop_after",
    "drop_before",
    "expire",
    "fail_task",
    "garbage",
    "html",
    "not_found",
    "rate_limit",
    "redirect",
    "reset_after",
    "stall",
    "stuck",
    "truncate",
    "unknown_state",
    "wrong_length",
]

_ANYWHERE: frozenset[Do] = frozenset(
    {
        "answer",
        "delay",
        "drop_after",
        "drop_before",
        "garbage",
        "html",
        "rate_limit",
        "redirect",
        "reset_after",
        "truncate",
    }
)
_ASKING: frozenset[Do] = _ANYWHERE | {"answer_after", "not_found", "unknown_state"}

ALLOWED: Mapping[On, frozenset[Do]] = MappingProxyType(
    {
        "create": _ANYWHERE | {"answer_after", "fail_task", "stuck"},
        "query": _ASKING,
        "lookup": _ASKING,
        "download": _ANYWHERE | {"changed", "cut", "expire", "not_found", "stall", "wrong_length"},
    }
)
"""What may be done to each kind of request."""

_TIMED: frozenset[Do] = frozenset({"delay", "stall"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault for the requests of kind `on`. Raise `ValueError` if it makes no sense.

    It skips the first `after` requests that match, then acts `times` times (None: always).
    A request matches if its prompt contains `prompt` and its dialect is `dialect`, where
    these are given. `seconds` is how long a `delay` or `stall` lasts, and the Retry-After
    of a `rate_limit` (0: no such header). `status`, `body` and `headers` are those of an
    `answer` or `answer_after` (500 if not given); `location` is where a `redirect` leads
    (`status` 307 if not given); `message` is the reason that a `fail_task` gives;
    `bytes` is how much of the body a `cut` lets through.
    """

    on: On
    do: Do
    times: int | None = None
    after: int = 0
    prompt: str | None = None
    dialect: DialectName | None = None
    seconds: float = 0.0
    status: int | None = None
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    location: str = ""
    message: str = "Internal error"
    bytes: int = 0

    def __post_init__(self) -> None:
        if self.on not in get_args(On):
            raise ValueError(f"on must be one of {', '.join(get_args(On))}, not {self.on!r}")
        if self.do not in ALLOWED[self.on]:
            known = ", ".join(sorted(ALLOWED[self.on]))
            raise ValueError(f"do {self.do!r} does not apply to a {self.on}; known: {known}")
        if self.dialect is not None and self.dialect not in get_args(DialectName):
            raise ValueError(f"dialect must be comet or apimodels, not {self.dialect!r}")
        if self.times is not None and self.times < 0:
            raise ValueError("times must not be negative")
        if self.after < 0:
            raise ValueError("after must not be negative")
        if self.seconds < 0 or (self.do in _TIMED and self.seconds == 0):
            raise ValueError(f"{self.do} needs seconds above 0")
        if self.bytes < 0:
            raise ValueError("bytes must not be negative")
        if self.status is not None and not 200 <= self.status <= 599:
            raise ValueError(f"status must be from 200 to 599, not {self.status}")
        if self.do == "redirect" and not self.location:
            raise ValueError("redirect needs a location")

    def as_json(self) -> dict[str, object]:
        """Return the JSON form: the fields that differ from their defaults."""
        plain = Fault(on=self.on, do="drop_before")
        document: dict[str, object] = {"on": self.on, "do": self.do}
        for item in fields(self):
            value = getattr(self, item.name)
            if item.name not in document and value != getattr(plain, item.name):
                document[item.name] = dict(value) if item.name == "headers" else value
        return document
