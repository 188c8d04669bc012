"""What stops a command, and the exit code that says so.

A finding about a manifest is a `Problem`, a value; the failure of one shot is a
result. Only what makes going on senseless is raised, as an `OmnibatchError` whose
message says what happened to what, and whose hint says what to do.
"""

from enum import IntEnum

__all__ = [
    "ConsentNeeded",
    "Exit",
    "JournalMissing",
    "LedgerDamaged",
    "LedgerError",
    "LedgerFull",
    "LedgerHeld",
    "LedgerTooNew",
    "LedgerUnwritable",
    "LockfileUnwritable",
    "OmnibatchError",
    "UsageError",
]


class Exit(IntEnum):
    """Exit codes, a contract with scripts. Where several apply, `worst` picks one."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    PROBLEMS = 3
    DECISION = 4
    ACCOUNT = 5
    BUDGET = 6
    LEDGER = 7
    CONSENT = 8
    STOPPED = 9
    CHECK = 10
    BUG = 70
    INTERRUPTED = 130
    TERMINATED = 143

    @classmethod
    def worst(cls, codes: "set[Exit]") -> "Exit":
        """Return the one code to exit with where several of `codes` apply."""
        for code in _PRECEDENCE:
            if code in codes:
                return code
        return cls.DONE


_PRECEDENCE = (
    Exit.BUG,
    Exit.INTERRUPTED,
    Exit.TERMINATED,
    Exit.LEDGER,
    Exit.ACCOUNT,
    Exit.BUDGET,
    Exit.PROBLEMS,
    Exit.DECISION,
    Exit.STOPPED,
    Exit.CONSENT,
    Exit.FAILED,
    Exit.CHECK,
)


class OmnibatchError(Exception):
    """Something that stops the command and that the user can act on.

    `message` says what happened to what; `hint` says what to do about it.
    """

    exit_code = Exit.FAILED

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(OmnibatchError):
    """The command line asks for something that does not exist or cannot be."""

    exit_code = Exit.USAGE


class ConsentNeeded(OmnibatchError):
    """Money would be spent, and nobody has said yes."""

    exit_code = Exit.CONSENT


class LedgerError(OmnibatchError):
    """The record of what was paid for cannot be used; nothing may be bought."""

    exit_code = Exit.LEDGER


class LedgerHeld(LedgerError):
    """Another process holds this ledger."""


class LedgerDamaged(LedgerError):
    """The lockfile or the journal does not say what was written to it."""


class LedgerTooNew(LedgerError):
    """The lockfile or the journal was written by a newer omnibatch."""


class JournalMissing(LedgerError):
    """The lockfile was left open by a run whose journal is not here."""


class LedgerUnwritable(LedgerError):
    """The journal or the lockfile cannot be written: disk full, read-only, gone."""


class LockfileUnwritable(LedgerUnwritable):
    """The lockfile cannot be written; the journal has what had happened by then."""


class LedgerFull(LedgerUnwritable):
    """The disk is full, and what had happened by then is recorded all the same."""
