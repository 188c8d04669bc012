"""Everything that looks random, derived from the seed: ids, render times, signatures."""

import hashlib
import string

from omnibatch.emulator.faults.fault import DialectName

__all__ = ["account_of", "link_signature", "render_seconds", "task_id"]

_BASE36 = string.digits + string.ascii_lowercase


def _number(*parts: object) -> int:
    return int.from_bytes(hashlib.sha256("\n".join(map(str, parts)).encode()).digest()[:20], "big")


def account_of(key: str) -> str:
    """Return the name of the account that an API key opens. The key cannot be read from it."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def task_id(seed: int, dialect: DialectName, account: str, digest: str, copy: int) -> str:
    """Return the id of a task, in the provider's form.

    It follows from what was ordered, not from the order of arrival: an id written down
    before the state folder was lost cannot come to mean another clip.
    """
    number = _number("task", seed, dialect, account, digest, copy)
    if dialect == "comet":
        return str(10**17 + number % (9 * 10**17))  # 18 digits, as in Kling's samples
    letters = []
    for _ in range(23):
        number, digit = divmod(number, 36)
        letters.append(_BASE36[digit])
    return "cl" + "".join(letters)


def render_seconds(seed: int, task: str, span: tuple[float, float]) -> float:
    """Return how long a task takes: a point of `span`, fixed for task and seed."""
    low, high = span
    return low + (high - low) * (_number("render", seed, task) % 10_001) / 10_000


def link_signature(seed: int, task: str, number: int) -> str:
    """Return the signature in the `number`-th download link of a task."""
    return f"{_number('link', seed, task, number) % 16**32:032x}"
