"""The faults in force, and how often each was met and used."""

from collections.abc import Iterable
from dataclasses import dataclass

from omnibatch.emulator.faults.fault import DialectName, Fault, On

__all__ = ["Script"]


@dataclass(slots=True)
class _Line:
    fault: Fault
    seen: int = 0
    used: int = 0

    def takes(self, on: On, dialect: DialectName, prompt: str) -> bool:
        """Count a request that matches; say whether the fault acts on it."""
        fault = self.fault
        if fault.on != on or fault.dialect not in (None, dialect):
            return False
        if fault.prompt is not None and fault.prompt not in prompt:
            return False
        self.seen += 1
        if self.seen <= fault.after:
            return False
        if fault.times is not None and self.used >= fault.times:
            return False
        self.used += 1
        return True


class Script:
    """An ordered list of faults. At most one acts on a request: the first that takes it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self._lines = [_Line(fault) for fault in faults]

    def replace(self, faults: Iterable[Fault]) -> None:
        """Put `faults` in force, and nothing else; their counts start at 0."""
        self._lines = [_Line(fault) for fault in faults]

    def restart(self) -> None:
        """Let the same faults begin again, with counts of 0."""
        self.replace([line.fault for line in self._lines])

    def take(self, on: On, dialect: DialectName, prompt: str) -> Fault | None:
        """Return the fault for a request, and count its use."""
        for line in self._lines:
            if line.takes(on, dialect, prompt):
                return line.fault
        return None

    def as_json(self) -> list[dict[str, object]]:
        """Return every fault with `seen` (requests that matched) and `used`."""
        return [
            {**line.fault.as_json(), "seen": line.seen, "used": line.used} for line in self._lines
        ]
