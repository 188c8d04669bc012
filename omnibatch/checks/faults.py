"""Why a file has no facts, as a problem at the place that names the file."""

from typing import Final

from omnibatch.checks.codes import Code, error
from omnibatch.media import FaultKind, MediaFault
from omnibatch.problems import Place, Problem
from omnibatch.shots import FileSource

__all__ = ["fault_problem"]

_CODES: Final[dict[FaultKind, Code]] = {
    "missing": Code.FILE_MISSING,
    "not_a_file": Code.NOT_A_FILE,
    "unreadable": Code.FILE_UNREADABLE,
    "empty": Code.FILE_EMPTY,
    "too_many_bytes": Code.TOO_MANY_BYTES_TO_READ,
    "too_many_pixels": Code.TOO_MANY_PIXELS,
    "too_many_parts": Code.TOO_MANY_PARTS,
    "other_format": Code.OTHER_FORMAT,
    "unknown_format": Code.UNKNOWN_FORMAT,
    "changed": Code.FILE_CHANGED,
}


def fault_problem(fault: MediaFault, source: FileSource, place: Place, damaged: Code) -> Problem:
    """The error of `fault`; `damaged` is the code of a file of this kind that is damaged."""
    code = damaged if fault.kind == "damaged" else _CODES[fault.kind]
    return error(code, place, f"{source.shown} {fault.message}", fault.hint)
