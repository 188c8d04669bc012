"""How long a provider asks us to wait (RFC 9110, section 10.2.3)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

__all__ = ["LONGEST_S", "retry_after_s"]

LONGEST_S = 86_400.0
"""A wish for more than a day is cut to a day, so that no caller meets infinity."""

_SECONDS = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,9})?")


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return the wished pause in seconds from a reply's `headers` (lower-case names), or None.

    A pause given as a date counts from the reply's own `Date`, since nothing here has a
    clock and the two clocks may differ anyway; without that header it is ignored.
    """
    wish = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(wish):
        return min(float(wish), LONGEST_S)
    until, now = _moment(wish), _moment(headers.get("date", ""))
    if until is None or now is None:
        return None
    return min(max((until - now).total_seconds(), 0.0), LONGEST_S)


def _moment(text: str) -> datetime | None:
    """Read an HTTP date; None for anything else."""
    if not text:
        return None
    try:
        moment = parsedate_to_datetime(text)
        # A date without an offset is in Greenwich time, as every HTTP date is.
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
