"""The search for what a run has bought whose journal is gone: asked about, free, and told of."""

from omnibatch.cli.accounting import Films, has_frames, lost_run_of, suspects
from omnibatch.cli.remaining import collected_among, unfinished_among
from omnibatch.cli.saying import say
from omnibatch.cli.working import Work
from omnibatch.run import Search, find_lost

__all__ = ["search_lost"]


def search_lost(work: Work, films: Films) -> None:
    """Ask about everything that the lost run may have bought; say what was found.

    What begins with a frame of another shot's clip can be asked about once that is here:
    what is under way is collected, and then it is asked on. Nothing is asked with a broken
    manifest, and no more once the user stops the run.
    """
    book, accounts = work.book, work.accounts
    since = lost_run_of(book)
    if work.reading.batch is None or since is None:
        return
    names = {name: account.name for name, account in accounts.items()}
    done = Search()
    collected = -1
    while collected < collected_among(book.attempts.values()):
        collected = collected_among(book.attempts.values())
        if wanted := suspects(films, book, work.stage.endpoints, names):
            work.look(lambda setup, stopper: find_lost(setup, wanted, done, stopper=stopper))
        if work.signals.code is not None:
            break
        if not (has_frames(films) and unfinished_among(book.attempts.values(), accounts)):
            break
        work.settle()
        if work.signals.code is not None:
            break
    if done.asked:
        asked, found = len({*done.asked.values()}), len({*done.found.values()})
        say(f"{work.reading.name}: {_words(asked, found, since)}")


def _words(asked: int, found: int, since: str) -> str:
    shots = "1 shot" if asked == 1 else f"{asked} shots"
    told = f"asked about {shots} that the run of {since} may have bought: {found} found"
    if found == asked:
        return told
    # The manifest, the key or the endpoint may have been others then.
    return f"{told}; that the rest was not found does not prove that it was not bought"
