"""What outlives the process: tasks, their clocks, and the meter."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from omnibatch.emulator import Emulator

ROOT = Path(__file__).parents[2]
SERVE = """
import os
import signal
import sys
import threading
from pathlib import Path
from omnibatch.emulator import Emulator, Settings
settings = Settings(render_s=(0.2, 0.2), queue_s=0.1, clip="small")
emulator = Emulator(Path(sys.argv[1]), settings)
emulator.start()
print(emulator.url, flush=True)
if len(sys.argv) > 2:
    threading.Timer(float(sys.argv[2]), os.kill, (os.getpid(), signal.SIGINT)).start()
emulator.serve_forever()
print("stopped", flush=True)
"""


class Process(SimpleNamespace):
    """An emulator in a process of its own."""

    popen: subprocess.Popen[str]
    url: str


@pytest.fixture
def spawn(tmp_path: Path) -> Iterator[object]:
    started: list[subprocess.Popen[str]] = []

    def start(*, interrupted_after_s: float | None = None) -> Process:
        command = [sys.executable, "-c", SERVE, str(tmp_path / "state")]
        if interrupted_after_s is not None:
            command.append(str(interrupted_after_s))
        popen = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        started.append(popen)
        assert popen.stdout is not None
        return Process(popen=popen, url=popen.stdout.readline().strip())

    yield start
    for popen in started:
        popen.kill()
        popen.wait()
        assert popen.stdout is not None
        popen.stdout.close()


@pytest.mark.slow
def test_a_killed_emulator_forgets_nothing(spawn, talk):
    """Slow: two interpreters are started."""
    first = spawn()
    client = talk(first)
    ids = [client.comet_id(external_task_id=f"ob-{number}") for number in range(5)]
    client.comet_query(ids[0])
    before = client.meter()
    first.popen.kill()
    first.popen.wait()

    second = spawn()
    again = talk(second)

    assert second.url != first.url
    again.until(lambda: again.comet_query(ids[4]).json()["data"]["task_status"], "succeed")
    assert again.comet_query("ob-3").json()["data"]["task_id"] == ids[3]
    assert again.link(ids[0]).startswith(second.url)
    assert again.http.get(again.link(ids[0])).status_code == 200
    assert again.comet(external_task_id="ob-0").status_code == 409
    after = again.meter()
    assert after["creates"] == {"received": 6, "accepted": 5, "refused": 1}
    assert after["charged"] == before["charged"] == "1.5825 USD"
    assert [task["task_id"] for task in after["tasks"]] == ids


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_ctrl_c_ends_serve_forever(spawn):
    """Slow: an interpreter is started. It sends itself the signal, since only it can tell
    that it has come to where it waits."""
    process = spawn(interrupted_after_s=0.3)

    output, _ = process.popen.communicate(timeout=30)

    assert output == "stopped\n"
    assert process.popen.returncode == 0


def test_tasks_go_on_while_the_emulator_is_down(launch, talk):
    first = launch(render_s=(0.2, 0.2))
    client = talk(first)
    slow = client.comet_id(prompt="[[slow]]")
    task_id = client.comet_id()
    first.stop()

    # A restart with other times changes nothing about tasks that were there before.
    again = talk(launch(render_s=(30, 30)))

    again.until(lambda: again.comet_query(task_id).json()["data"]["task_status"], "succeed")
    assert again.comet_query(slow).json()["data"]["task_status"] == "processing"
    assert again.meter()["creates"]["accepted"] == 2


def test_links_move_with_the_port(launch, talk):
    first = launch()
    before = talk(first)
    task_id = before.comet_id()
    old = before.link(task_id)
    first.stop()
    after = talk(launch())

    new = after.link(task_id)

    assert new == old.replace(before.url, after.url)
    assert after.http.get(new).status_code == 200


def test_a_lost_folder_does_not_give_an_old_id_to_another_order(launch, talk):
    here, there = talk(launch(state="a")), talk(launch(state="b"))
    here.comet_id(prompt="One")
    two = here.comet_id(prompt="Two")

    assert there.comet_id(prompt="Two") == two
    assert there.comet_id(prompt="Three") not in {two, here.comet_id(prompt="One")}


def test_a_file_that_is_no_state_is_an_error(tmp_path: Path):
    (tmp_path / "emulator.sqlite3").write_bytes(b"not a database" * 100)

    with pytest.raises(OSError, match="cannot keep its state"):
        Emulator(tmp_path).start()


def test_state_of_another_version_is_refused(tmp_path: Path):
    db = sqlite3.connect(tmp_path / "emulator.sqlite3")
    db.execute("pragma user_version = 99")
    db.close()

    with pytest.raises(ValueError, match="another version"):
        Emulator(tmp_path).start()
