"""The search for what a run has bought whose journal is gone: asked about, free, and told of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from omnibatch.cli.accounting import Films, lost_run_of, suspects
from omnibatch.cli.remaining import collected_among, unfinished_among
from omnibatch.cli.saying import say
from omnibatch.cli.working import Work
from omnibatch.run import Purchase, Search, find_lost

__all__ = ["Searching", "search_lost"]


def search_lost(work: Work, films: Films) -> None:
    """Ask for what the lost run has bought; nothing at all with a broken manifest."""
    book, accounts = work.book, work.accounts
    since = lost_run_of(book)
    if work.reading.batch is None or since is None:
        return
    names = {name: account.name for name, account in accounts.items()}
    Searching(
        suspects=lambda: suspects(films, book, work.stage.endpoints, names),
        ask=lambda wanted, done: work.look(
            lambda setup, stopper: find_lost(setup, wanted, done, stopper=stopper)
        ),
        settle=work.settle,
        unfinished=lambda: unfinished_among(book.attempts.values(), accounts),
        collected=lambda: collected_among(book.attempts.values()),
        is_over=lambda: work.signals.code is not None,
    ).search(
        work.reading.name,
        since,
        by_clips=any(c.shot.frames for film in films if film for c in film.shots),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Searching:
    """What a search needs of a run: its `suspects`, how to `ask` about them, and to `settle`.

    `unfinished` and `collected` count tasks and clips; `is_over` tells whether the user has
    stopped the run.
    """

    suspects: Callable[[], Sequence[Purchase]]
    ask: Callable[[Sequence[Purchase], Search], object]
    settle: Callable[[], object]
    unfinished: Callable[[], int]
    collected: Callable[[], int]
    is_over: Callable[[], bool]

    def search(self, name: str, since: str, *, by_clips: bool) -> None:
        """Ask about everything that the run of `since` may have bought; say what was found.

        What begins with a frame of another shot's clip can be asked about once that is here:
        where shots go `by_clips`, what is under way is collected, and then it is asked on.
        """
        done = Search()
        collected = -1
        while collected < self.collected():
            collected = self.collected()
            if suspects := self.suspects():
                self.ask(suspects, done)
            if self.is_over() or not (by_clips and self.unfinished()):
                break
            self.settle()
            if self.is_over():
                break
        if done.asked:
            asked, found = len({*done.asked.values()}), len({*done.found.values()})
            say(f"{name}: {_words(asked, found, since)}")


def _words(asked: int, found: int, since: str) -> str:
    shots = "1 shot" if asked == 1 else f"{asked} shots"
    told = f"asked about {shots} that the run of {since} may have bought: {found} found"
    if found == asked:
        return told
    # The manifest, the key or the endpoint may have been others then.
    return f"{told}; that the rest was not found does not prove that it was not bought"
