"""The commands there are, and the page that lists them.

`omnibatch --help` is what people type first and most. It is put together here, as click
would, since loading click takes three times as long as starting Python.
"""

import shutil
from typing import Final

__all__ = ["ABOUT", "COMMANDS", "FIRST_STEPS", "fits", "overview"]

ABOUT: Final = "Render many video shots from one versioned manifest, and pay for each once."
FIRST_STEPS: Final = "Start with: omnibatch init, then omnibatch rehearse"

COMMANDS: Final = {
    "init": "write a starter manifest, and what editors and git need",
    "validate": "report every problem of manifests, with its place and its cure",
    "expand": "show shots as they will be sent, and where each field came from",
    "plan": "show what a run would do with each shot, why, and for how much",
    "run": "collect what is paid for, then buy what is not",
    "rehearse": "the same run against a local emulator, for free",
    "status": "show where each shot stands",
    "adopt": "tell the ledger the id of a task that was made for a shot",
    "retry": "let the next run buy shots once more",
    "abandon": "let go of shots: no run takes them up again",
    "models": "list models, their limits and prices, with sources",
    "schema": "print a shipped JSON Schema",
    "emulator": "serve the emulator alone",
    "merge-lock": "join lockfiles: for git, which calls it when branches meet",
}

_PAGE: Final = """\
Usage: omnibatch [OPTIONS] COMMAND [ARGS]...

  {about}

Options:
  --version   Show the version and exit.
  -h, --help  Show this message and exit.

Commands:
{commands}

  {first_steps}
"""
_COLUMNS: Final = 80  # every line fits; on a narrower terminal click breaks them


def fits() -> bool:
    """Whether the page fits as it is: on a terminal wide enough, or into a pipe."""
    return shutil.get_terminal_size().columns >= _COLUMNS


def overview() -> str:
    """The page of `omnibatch --help`."""
    commands = "\n".join(f"  {name:<10}  {what}" for name, what in COMMANDS.items())
    return _PAGE.format(about=ABOUT, commands=commands, first_steps=FIRST_STEPS)
