"""Where keys and endpoints come from: the environment, and `.env` beside the manifest."""

import json
from collections import Counter

import pytest

from omnibatch.emulator import Fault

from ..workplace import KEY, Workplace, both, variables_of


@both
def test_a_key_in_dotenv_works(place: Workplace) -> None:
    variable, endpoint = variables_of(place.provider)
    place.write(1)
    (place.folder / ".env").write_text(f"{variable}={KEY}\n{endpoint}={place.url}\n")
    place.environment.clear()

    finished = place.run()

    assert finished.code == 0, finished.said
    assert place.states() == {"s1": "collected"}


@both
def test_a_dotenv_cannot_send_the_users_key_elsewhere(place: Workplace) -> None:
    variable, endpoint = variables_of(place.provider)
    place.write(1)
    (place.folder / ".env").write_text(f"{endpoint}={place.url}\n")
    place.environment = {variable: KEY}

    finished = place.run()

    assert finished.code == 2, finished.said
    assert endpoint in finished.err
    assert KEY not in finished.said
    assert place.posts == 0
    assert place.meter()["queries"] == 0


def test_the_environment_comes_before_dotenv(place: Workplace) -> None:
    place.reopen(accept_keys=(KEY,))
    place.write(1)
    (place.folder / ".env").write_text(
        "APIMODELS_API_KEY=another\nAPIMODELS_BASE_URL=http://127.0.0.1:1\n"
    )

    assert place.run().code == 0


def test_an_endpoint_without_https_beyond_this_machine_is_refused(place: Workplace) -> None:
    place.write(1)

    finished = place.run(APIMODELS_BASE_URL="http://192.0.2.1")

    assert finished.code == 2, finished.said
    assert "not https" in finished.err


def test_a_key_with_a_line_end_in_it_is_refused_unseen(place: Workplace) -> None:
    place.write(1)

    finished = place.run(APIMODELS_API_KEY=f"{KEY}\r\nx-evil: 1")

    assert finished.code == 2, finished.said
    assert KEY not in finished.said
    assert place.posts == 0


@both
@pytest.mark.slow
def test_a_bad_key_costs_one_post_for_ten_thousand_shots(place: Workplace) -> None:
    """Some ten seconds: ten thousand shots are read, checked, planned and planned again."""
    place.reopen(accept_keys=("another",))
    place.write([{"id": "s{{ row.n }}", "rows": "rows.csv", "prompt": "View {{ row.n }}."}])
    rows = "\n".join(["n", *map(str, range(10_000))])
    (place.folder / "rows.csv").write_text(f"{rows}\n")

    refused = place.run()

    assert refused.code == 5, refused.said
    assert place.posts == 1
    assert place.accepted == 0
    assert Counter(place.states().values()) == {"released": 1, "unsent": 9999}


@pytest.mark.parametrize("key", ["gate-key", "gate-key-of-mine"])
def test_a_key_that_a_gateway_echoes_is_in_no_file_however_short(
    place: Workplace, key: str
) -> None:
    body = json.dumps({"error": {"message": f"the key {key} may not do that"}})
    place.faults(Fault(on="create", do="answer", status=400, body=body))
    place.write(1)

    finished = place.run(APIMODELS_API_KEY=key)

    assert finished.code == 1, finished.said
    assert "may not do that" in finished.said
    assert key not in finished.said
    assert all(key.encode() not in data for data in place.listing().values())
