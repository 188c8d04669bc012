"""The guard itself: no test reaches the real network or the real home."""

import os
import socket
from pathlib import Path

import pytest

from .guard import RealNetwork
from .workplace import Workplace

# TEST-NET-1 (RFC 5737): an address that belongs to nobody.
NOBODY = "192.0.2.1"


def test_connections_end_at_this_machine() -> None:
    with socket.socket() as client, pytest.raises(RealNetwork):
        client.connect((NOBODY, 443))


def test_names_are_not_looked_up() -> None:
    with pytest.raises(RealNetwork):
        socket.getaddrinfo("example.com", 443)


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=1).close()


def test_the_home_folder_is_another_one(real_home: Path) -> None:
    assert Path.home() != real_home
    assert not list(Path.home().iterdir())


def test_no_key_and_no_proxy_is_left_in_the_environment() -> None:
    assert not [name for name in os.environ if name.startswith(("COMETAPI_", "APIMODELS_"))]
    assert not [name for name in os.environ if name.lower().endswith("_proxy")]


@pytest.mark.parametrize("cold", [False, True], ids=["warm", "cold"])
def test_command_lines_are_kept_in_as_well(place: Workplace, cold: bool) -> None:
    place.write(1)

    finished = place.omnibatch(
        "run", "film.yaml", "--yes", cold=cold, APIMODELS_BASE_URL=f"https://{NOBODY}"
    )

    assert finished.code, finished.said
    assert "Traceback" in finished.err
    assert "RealNetwork" in finished.err
