"""What mends drift: the exact command, and what it costs. Most of it is free."""

import shlex
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

from omnibatch.cli.standing.rows import Row
from omnibatch.cli.typed import Typed
from omnibatch.ledger import State, state_of
from omnibatch.money import Money
from omnibatch.plan import Action, Drift, total_of
from omnibatch.run import whereabouts

__all__ = ["Mend", "Mender", "cost_words"]

# So many shots are named in one command: after it, the status names the next ones.
_MOST_NAMED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """One way to mend `count` slots that drifted alike.

    `first` is what has to be done before it, or empty. `cost` is the price of what the
    command buys, or lets the next run buy; None where it is `free`, or not known.
    """

    drift: Drift
    count: int
    command: str
    free: bool
    cost: Money | None = None
    unpriced: int = 0
    first: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mender:
    """Names the commands. `buys` tells whether a plain run would buy anything at all.

    `root` is the folder that clips' paths are relative to, `takes` are the ids of shots
    with several, `endpoint_variables` those of the providers, by name. `is_valid` tells
    whether the manifest can be used. `searched` are the providers that can be asked for
    what a lost run has bought; none where no run is lost.
    """

    typed: Typed
    root: Path
    buys: bool
    is_valid: bool
    takes: Set[str]
    endpoint_variables: Mapping[str, str]
    searched: Set[str]

    def mends(self, rows: Sequence[Row]) -> list[Mend]:
        """The ways to mend `rows`, the most urgent drift first."""
        found: list[Mend] = []
        for drift in Drift:
            alike = [row for row in rows if drift in row.drifts]
            by_profile: dict[str, list[Row]] = {}
            for row in alike:
                by_profile.setdefault(row.slot.profile, []).append(row)
            for some in by_profile.values():
                found += self._mends(drift, some)
        return found

    def _mends(self, drift: Drift, rows: list[Row]) -> Iterable[Mend]:
        match drift:
            case Drift.MISSING:
                return [self._run(drift, rows)]
            case Drift.EDITED:
                return [self._run(drift, rows, first=self._moved(rows))]
            case Drift.STALE:
                return [self._again(drift, rows)]
            case Drift.EXPIRED:
                here = [row for row in rows if Drift.ORPHAN not in row.drifts]
                return [self._run(drift, rows), *([self._retry(drift, here)] if here else [])]
            case Drift.LOST:
                return self._of_lost(rows)
            case Drift.ORPHAN:
                going = [row for row in rows if row.step and row.step.action is Action.ORPHAN]
                return [self._run(drift, going)] if going else []

    def _of_lost(self, rows: list[Row]) -> Iterable[Mend]:
        asked = [row for row in rows if _is_asked(row)]
        doubts = [row for row in rows if _is_in_doubt(row) and row not in asked]
        others = [row for row in rows if row not in asked and row not in doubts]
        if asked:
            yield self._run(Drift.LOST, asked)
        if lost := [row for row in doubts if self._is_searched(row)]:
            yield self._run(Drift.LOST, lost, options="--journal-lost ")
        if doubts:
            adopt = f"{self._about('adopt', doubts[:1])} TASK_ID"
            first = "find the task in the provider's own list"
            yield Mend(drift=Drift.LOST, count=1, command=adopt, free=True, first=first)
            some = doubts[:_MOST_NAMED]
            abandon = self._about("abandon", some)
            yield Mend(drift=Drift.LOST, count=len(some), command=abandon, free=True)
            yield self._retry(Drift.LOST, doubts)
        if others:
            variables = sorted({self._variable(row) for row in others} - {""})
            back = f"set {' and '.join(variables)} back to where it was paid for"
            yield self._run(Drift.LOST, others, first=back if variables else "")

    def _is_searched(self, row: Row) -> bool:
        step = row.step
        if step is None or step.action is not Action.DECIDE or step.checked is None:
            return False
        sent = row.attempt is not None and state_of(row.attempt) is State.UNCONFIRMED
        return step.checked.provider in self.searched and not sent

    def _variable(self, row: Row) -> str:
        if row.attempt is None:
            return ""
        return self.endpoint_variables.get(row.attempt.known_intent.provider, "")

    def _run(self, drift: Drift, rows: list[Row], *, first: str = "", options: str = "") -> Mend:
        """What a run does for nothing. Where it would also buy, it is told to buy nothing."""
        options += "--limit 0 " if self.buys else ""
        command = self.typed.run(options, profile=rows[0].slot.profile)
        if not self.is_valid and drift in (Drift.MISSING, Drift.EDITED):
            first = "; ".join(part for part in (first, "mend the manifest") if part)
        return Mend(drift=drift, count=len(rows), command=command, free=True, first=first)

    def _again(self, drift: Drift, rows: list[Row]) -> Mend:
        """`run --stale`, for these shots alone where that is not all that it would buy."""
        profile = rows[0].slot.profile
        if len(rows) > 1 and not self.buys:
            return self._priced(drift, rows, self.typed.run("--stale ", profile=profile))
        some = rows[:_MOST_NAMED]
        names = (",".join(self._names(some)),)
        command = replace(self.typed, select=names).run("--stale ", profile=profile)
        return self._priced(drift, some, command)

    def _retry(self, drift: Drift, rows: list[Row]) -> Mend:
        some = rows[:_MOST_NAMED]
        return self._priced(drift, some, self._about("retry", some))

    def _priced(self, drift: Drift, rows: list[Row], command: str) -> Mend:
        return Mend(
            drift=drift,
            count=len(rows),
            command=command,
            free=False,
            cost=total_of(row.price for row in rows),
            unpriced=sum(row.price is None for row in rows),
        )

    def _about(self, command: str, rows: list[Row]) -> str:
        names = " ".join(map(shlex.quote, self._names(rows)))
        return f"{self.typed.about(command, profile=rows[0].slot.profile)} {names}"

    def _names(self, rows: list[Row]) -> list[str]:
        """The slots as commands take them."""
        slots = [row.slot for row in rows]
        return [f"{s.shot}@{s.take}" if s.shot in self.takes else s.shot for s in slots]

    def _moved(self, rows: list[Row]) -> str:
        if len(rows) > 1:
            return "move the edited files away (or keep them)"
        output = rows[0].output
        found = None if output is None else whereabouts(self.root, output)
        path = "" if found is None else str(found)
        return f"mv {shlex.quote(path)} {shlex.quote(path + '.mine')}"


def _is_asked(row: Row) -> bool:
    return row.step is not None and row.step.action in (Action.RECONCILE, Action.ORPHAN)


def _is_in_doubt(row: Row) -> bool:
    if row.step is not None and row.step.action is Action.DECIDE:
        return True
    return row.attempt is not None and state_of(row.attempt) is State.UNCONFIRMED


def cost_words(mend: Mend) -> str:
    """`free`, `0.3165 USD`, or that nobody knows."""
    if mend.free:
        return "free"
    if mend.cost is None:
        return "at a price that is not known"
    more = f", and {mend.unpriced} of unknown price" if mend.unpriced else ""
    return f"{mend.cost}{more}"
