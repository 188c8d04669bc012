"""Packages from npm that play the other side in tests, installed once for all workers."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from filelock import FileLock

__all__ = ["node_modules"]

_LOCKED = Path(__file__).parent / "node"
REQUIRED = "OMNIBATCH_REQUIRE_NODE"
"""Set where a machine is meant to have node: then nothing is skipped for want of it."""


@pytest.fixture(scope="session")
def node_modules(tmp_path_factory: pytest.TempPathFactory, real_home: Path) -> Path:
    """The folder `node_modules` of `tests/node/package-lock.json`.

    Skips where there is no npm, or no registry that it can reach.
    """
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "node"
    with FileLock(f"{shared}.lock"):
        if not (shared / "installed").exists():
            reason = _install(shared, real_home)
            if reason and os.environ.get(REQUIRED):
                pytest.fail(reason)
            if reason:
                pytest.skip(reason)
            (shared / "installed").touch()
    return shared / "node_modules"


def _install(folder: Path, home: Path) -> str:
    """Install; why it was not possible, empty where it was.

    npm reads its settings, such as the registry, at `home`, and writes nothing there.
    """
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        return "needs node and npm"
    folder.mkdir(exist_ok=True)
    for file in ("package.json", "package-lock.json"):
        shutil.copy(_LOCKED / file, folder)
    done = subprocess.run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder,
        env={**os.environ, "HOME": str(home), "npm_config_cache": str(folder / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else f"npm ci failed: {done.stderr.strip()[-300:]}"
