"""One run over an open ledger: doubts, plan, consent, work, ending."""

from collections.abc import Mapping, ValuesView
from dataclasses import dataclass, field, replace

from omnibatch.cli.accounting import (
    Films,
    answer,
    films_of,
    lost_run_of,
    undecided,
    with_undecided,
)
from omnibatch.cli.admitting import RunOptions, admit
from omnibatch.cli.elsewhere import say_elsewhere
from omnibatch.cli.ending import Stops, exit_code, next_line, say_leftovers, say_where
from omnibatch.cli.interrupting import Signals
from omnibatch.cli.looping import ENDING
from omnibatch.cli.planning import clips_to_fetch, make_plan
from omnibatch.cli.reading import Reading, now
from omnibatch.cli.remaining import collected_among, has_doubts, unfinished_among
from omnibatch.cli.room import require_room
from omnibatch.cli.saying import say, say_warning
from omnibatch.cli.searching import search_lost
from omnibatch.cli.stage import Stage
from omnibatch.cli.telling import (
    clips_folder,
    say_collected,
    say_kept,
    say_missing_keys,
    say_remote,
    say_stops,
)
from omnibatch.cli.twins import clips_not_here
from omnibatch.cli.typed import Typed
from omnibatch.cli.waiting import warn_of_network_volume
from omnibatch.cli.working import Work
from omnibatch.endpoints import Account, is_rehearsal
from omnibatch.errors import Exit
from omnibatch.ledger import Attempt, AttemptId, Book
from omnibatch.plan import Action, Plan, Step
from omnibatch.run import Outcome, find_doubts
from omnibatch.shots import Slot

__all__ = ["Conducted"]


@dataclass(slots=True)
class Conducted:
    """One run over an open ledger; its methods are its steps, in order."""

    reading: Reading
    stage: Stage
    options: RunOptions
    typed: Typed
    signals: Signals
    book: Book
    wanted: frozenset[Slot] | None
    accounts: Mapping[str, Account] = field(default_factory=dict)
    stops: Stops = field(default_factory=Stops)
    films: Films = field(default_factory=dict)
    collected_before: int = 0
    agreed: tuple[Step, ...] = ()

    def conduct(self) -> Exit:
        """Doubts, plan, consent, work, ending; from the start again where a pull comes between."""
        self.collected_before = collected_among(self._attempts)
        while (code := self._round()) is None:
            lockfile = self.stage.place.lockfile
            say_warning(f"{lockfile} has changed meanwhile, as by git pull: planned again")
        return code

    def _round(self) -> Exit | None:
        self.stops = Stops()
        self.accounts = self.stage.accounts(self._providers(), self.book.batch)
        say_elsewhere(self._attempts, self.accounts)
        work = Work(
            reading=self.reading,
            stage=self.stage,
            signals=self.signals,
            book=self.book,
            accounts=self.accounts,
            stop_after=self.options.stop_after,
        )
        if has_doubts(self._attempts, self.accounts):
            with self.signals.softly(ENDING):
                work.look(lambda setup, stopper: find_doubts(setup, stopper=stopper))
                if self.signals.code is not None:
                    return self._end(Outcome())
        if self.options.journal_lost:
            self.films = films_of(self.reading, self.typed.chosen)
            with self.signals.softly(ENDING):
                search_lost(work, self.films)
                if self.signals.code is not None:
                    return self._end(Outcome())
            self.stops.unread = answer(self.films, self.book, self.stage.endpoints, self.typed)
        plan = self._plan()
        fetch_again = clips_to_fetch(plan) | self._others_not_here()
        if (
            self.reading.batch is not None
            and not plan.has_open_work
            and not fetch_again
            and not unfinished_among(self._attempts, self.accounts)
        ):
            return self._idle(plan)
        is_agreed = bool(plan.submits) and plan.submits == self.agreed
        admission = admit(
            plan,
            replace(self.options, yes=True) if is_agreed else self.options,
            self.stops,
            accounts=self.accounts,
            attempts=self._attempts,
            undecided=undecided(self.films, self.book, self.stage.endpoints),
            budget=None if self.reading.batch is None else self.reading.batch.batch.budget,
            is_free=self.stage.is_free,
            rehearsing=any(map(is_rehearsal, self.stage.endpoints(self._providers()).values())),
        )
        self.stops.key = say_missing_keys(plan, self.book.attempts, self.accounts)
        require_room(self.stage.place, admission.count)
        with self.signals.softly(ENDING):
            if admission.count:
                warn_of_network_volume(self.stage.place)
                self.agreed = plan.submits
                if not self.book.begin_buying(now()):
                    return None
            done = work.settle_and_submit(
                admission,
                lambda slots: self._plan(wanted=slots),
                fetch_again=fetch_again,
            )
            return self._end(done)

    @property
    def _attempts(self) -> ValuesView[Attempt]:
        return self.book.attempts.values()

    def _providers(self) -> set[str]:
        known = {attempt.known_intent.provider for attempt in self._attempts}
        if self.reading.batch is not None:
            known |= {checked.provider for checked in self.reading.batch.shots}
        return known

    def _plan(self, *, after: bool = False, wanted: frozenset[Slot] | None = None) -> Plan:
        plan = make_plan(
            self.reading.batch,
            self.book.ledger,
            self.stage.place,
            self.stage.endpoints(self._providers()),
            # After the run `--failed` must not make what failed again look unsent.
            stale=self.options.stale and not after,
            failed=self.options.failed and not after,
            wanted=self.wanted if wanted is None else wanted,
            accounts={name: account.name for name, account in self.accounts.items()},
            lost_run=lost_run_of(self.book),
        )
        others = self.films if wanted is None else {}
        return with_undecided(plan, others, self.book, self.stage.endpoints)

    def _next(self, plan: Plan, outcome: Outcome | None = None) -> str:
        return next_line(
            plan,
            self.typed,
            halts=() if outcome is None else outcome.halts,
            caps=() if outcome is None else outcome.bought.over_cap,
            options="" if self.book.unaccounted is None else "--journal-lost ",
            asked=outcome is not None,
            unread=self.stops.unread,
        )

    def _others_not_here(self) -> frozenset[AttemptId]:
        """What `--all-clips` fetches besides what a plan does."""
        if not self.options.all_clips:
            return frozenset()
        endpoints = self.stage.endpoints(self.accounts)
        return clips_not_here(self._attempts, self.stage.place.root, endpoints)

    def _idle(self, plan: Plan) -> Exit:
        """Nothing to do: no question, and not one byte changed."""
        self.book.close()
        say_kept(plan, self.book.attempts, self.stage.place.root)
        kept, name = plan.counts.get(Action.KEEP, 0), self.reading.name
        rest = "".join(f", {n} {a.value}" for a, n in plan.counts.items() if a is not Action.KEEP)
        code = exit_code(plan, Outcome(), self.stops)
        if code is Exit.DONE:
            say(f"{name}: nothing to do, nothing to pay: {kept} collected{rest}")
            if self.stage.next_line is not None:
                say_where(clips_folder(plan, self.stage.place.root), self.stage.place.lockfile)
                say(self.stage.next_line)
            return code
        say(f"{name}: nothing to buy: {kept} collected{rest}")
        say_leftovers(plan)
        say(self._next(plan))
        return code

    def _end(self, outcome: Outcome) -> Exit:
        self.book.close()
        self.stops.signal, self.stops.clips = self.signals.code, bool(self._others_not_here())
        plan = self._plan(after=True)
        code = exit_code(plan, outcome, self.stops)
        if self.reading.batch is None:
            code = Exit.worst({code, Exit.PROBLEMS})
        say_kept(plan, self.book.attempts, self.stage.place.root)
        say_stops(plan, outcome)
        say_remote(plan, interrupted=self.stops.signal is not None)
        newly = collected_among(self._attempts) - self.collected_before
        say_collected(self.reading.name, None if self.reading.batch is None else plan, newly)
        if code is not Exit.DONE or plan.has_open_work:
            say_leftovers(plan)
        say_where(clips_folder(plan, self.stage.place.root), self.stage.place.lockfile)
        if code is Exit.DONE and self.stage.next_line is not None:
            say(self.stage.next_line)
        elif self.reading.batch is None:
            say(f"next: {self.typed.validate()}   (free)")
        else:
            say(self._next(plan, outcome))
        return code
