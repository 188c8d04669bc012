"""A bug in the middle of a send: what was done is recorded, and the report shows no key."""

from pathlib import Path

import pytest

from ..canary import KEY, spelling_in
from ..workplace import Workplace

# What no provider should do: raise what nobody expects, and quote the key and an address.
BROKEN = """
_seen = []


def _note(self, key):
    _seen.append(key)
    return CometApi.auth_headers(self, key)


def _break(self, response):
    address = "https://cdn.example/a.mp4?sign=" + "-".join(["signed"] * 2)
    raise LookupError(f"\x1b[2J no task in the reply to Bearer {_seen[-1]} from {address}")


Mute.auth_headers = _note
Mute.read_created = _break
"""

LOUD = {
    "PYTHONFAULTHANDLER": "1",
    "PYTHONASYNCIODEBUG": "1",
    "PYTHONDEVMODE": "1",
    "OMNIBATCH_LOG": "debug",
    "HTTPX_LOG_LEVEL": "trace",
    "HTTPCORE_LOG_LEVEL": "trace",
}


@pytest.fixture
def broken(place: Workplace) -> Workplace:
    """A workplace whose provider has a bug that shows when a create was answered."""
    module = place.state / "packages" / "gateways_for_tests.py"
    module.write_text(module.read_text() + BROKEN)
    place.write(1)
    return place


@pytest.mark.parametrize("provider", ["mute"])
@pytest.mark.parametrize("variables", [{}, LOUD], ids=["as-usual", "with-all-debugging-on"])
def test_a_bug_in_the_middle_of_a_send_is_reported_without_the_key(
    broken: Workplace, variables: dict[str, str]
) -> None:
    finished = broken.run(cold=True, **variables)

    assert finished.code == 70, finished.said
    assert "LookupError: \\u001b[2J no task in the reply to Bearer *** from" in finished.err
    assert "https://cdn.example/a.mp4?***" in finished.err
    assert "signed-signed" not in finished.said
    assert "BUG: this is omnibatch's own mistake" in finished.err
    assert broken.accepted == 1
    assert broken.states() == {"s1": "unconfirmed"}


@pytest.mark.parametrize("provider", ["mute"])
def test_a_key_of_dotenv_is_not_shown_either(broken: Workplace) -> None:
    keys = {n: v for n, v in broken.environment.items() if n.startswith("MUTE")}
    (broken.folder / ".env").write_text("".join(f"{n}={v}\n" for n, v in keys.items()))
    for name in keys:
        del broken.environment[name]

    finished = broken.run(cold=True)

    assert (finished.code, "Bearer ***" in finished.err) == (70, True), finished.said


def test_debugging_shows_no_key_where_nothing_breaks(place: Workplace) -> None:
    place.write(2)

    finished = place.run(cold=True, **LOUD)

    assert finished.code == 0, finished.said


def test_a_proxys_password_is_not_shown_where_the_proxy_is_none(place: Workplace) -> None:
    place.write(1)

    for proxy in (f"user:{KEY}@host", f"socks5://user:{KEY}@host:1", f"http://u:{KEY}\t@h:x"):
        finished = place.run(HTTPS_PROXY=proxy)

        assert finished.code == 2, finished.said
        assert "HTTPS_PROXY is not the address of an HTTP proxy" in finished.err
        assert "Traceback" not in finished.said
    assert place.posts == 0


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="/proc is Linux's own")
def test_the_arguments_of_a_running_process_show_no_key(place: Workplace) -> None:
    place.reopen(render_s=(1.0, 1.0))
    place.write(1)

    with place.start_run() as running:
        place.until(lambda meter: meter["creates"]["accepted"] == 1)
        shown = Path(f"/proc/{running.pid}/cmdline").read_bytes()
        title = Path(f"/proc/{running.pid}/comm").read_bytes()
        running.wait()

    assert shown
    assert (spelling_in(shown), spelling_in(title)) == (None, None)
