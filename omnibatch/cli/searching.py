"""The search for what a run has bought whose journal is gone: asked about, free, and told of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from omnibatch.cli.saying import say
from omnibatch.run import Purchase, Search

__all__ = ["Searching"]


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
