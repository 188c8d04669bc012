"""Real git, which knows neither a home folder nor this machine's settings."""

import os
import subprocess
from pathlib import Path

__all__ = ["Repository"]


class Repository:
    """A git repository in `tree`, made if there is none; `settings` hold for each command."""

    def __init__(self, tree: Path, home: Path, *settings: str) -> None:
        self.tree = tree
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_EDITOR": "true",
            "GIT_AUTHOR_DATE": "2026-11-22T10:00:00Z",
            "GIT_COMMITTER_DATE": "2026-11-22T10:00:00Z",
        }
        self.settings = ("user.name=a", "user.email=a@example.com", *settings)
        if not (tree / ".git").exists():
            self.must("init", "--quiet", "--initial-branch", "main")

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """A git command to its end, whatever that is."""
        settings = [word for setting in self.settings for word in ("-c", setting)]
        return subprocess.run(
            ["git", *settings, *arguments],
            cwd=self.tree,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
        )

    def git(self, *arguments: str) -> bool:
        """Whether git is content."""
        return self.run(*arguments).returncode == 0

    def must(self, *arguments: str) -> str:
        """What git prints; the test fails where git does."""
        done = self.run(*arguments)
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        return done.stdout

    def commit(self, message: str = "render") -> None:
        """Commit everything that git does not ignore."""
        self.must("add", "-A")
        self.must("commit", "--quiet", "-m", message)

    def unmerged(self) -> list[str]:
        """The files that git calls in conflict."""
        return self.must("diff", "--name-only", "--diff-filter=U").splitlines()
