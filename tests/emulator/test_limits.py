"""What an account may have: running tasks, credit, and a charge for every task."""

from concurrent.futures import ThreadPoolExecutor

import pytest


def test_more_running_tasks_than_the_account_may_have(launch, talk):
    emulator = launch(parallel=1, render_s=(60, 60))
    client = talk(emulator)
    client.comet_id()
    client.apimodels_id()

    comet, apimodels = client.comet(), client.apimodels()

    assert comet.status_code == 429
    assert comet.json()["code"] == 1303
    assert "parallel task over resource pack limit" in comet.json()["message"]
    assert apimodels.status_code == 429
    assert apimodels.json()["code"] == 429
    assert talk(emulator, key="other").comet().status_code == 200


def test_a_finished_task_makes_room(launch, talk):
    client = talk(launch(parallel=1, render_s=(0.05, 0.05)))
    client.comet_id()

    client.until(lambda: client.comet().status_code, 200)


def test_a_task_that_never_ends_keeps_its_place(launch, talk):
    client = talk(launch(parallel=1))
    client.comet_id(prompt="[[slow]]")

    assert client.comet().json()["code"] == 1303


def test_credit_runs_out(launch, talk):
    client = talk(launch(credit="0.70"))  # two clips of 0.3165, not three
    statuses = [client.apimodels().status_code for _ in range(3)]
    codes = [client.comet().json()["code"] for _ in range(3)]

    assert statuses == [200, 200, 402]
    assert codes == [0, 0, 1102]
    assert client.comet().status_code == 429
    assert client.meter()["charged"] == "1.266 USD"


@pytest.mark.parametrize(
    ("fields", "charge"),
    [
        ({"mode": "std"}, "0.3165 USD"),
        ({"mode": "pro"}, "0.4265 USD"),
        ({"mode": "std", "sound": "on"}, "0.478 USD"),
        ({"mode": "pro", "sound": "on", "duration": "10"}, "1.28 USD"),
        ({"mode": "std", "keep": "yes"}, "0.4265 USD"),
        ({"mode": "pro", "keep": "yes"}, "0.5295 USD"),
        ({"mode": "pro", "keep": "yes", "model": "kling-video-o1"}, "0.4265 USD"),
    ],
)
def test_charges_follow_the_price_table(launch, talk, fields, charge):
    client = talk(launch())
    fields = {"model": "kling-v3-omni", **fields}
    if keep := fields.pop("keep", None):
        video = {"video_url": "https://example.com/a.mp4", "refer_type": "feature"}
        fields["video_list"] = [video | {"keep_original_sound": keep}]

    assert client.apimodels(**fields).status_code == 200
    assert client.meter()["charged"] == charge
    assert client.meter()["tasks"][0]["charged"] == charge


def test_fifty_creates_at_once_are_counted_exactly(launch, talk):
    emulator = launch()
    client = talk(emulator)

    def send(number: int) -> int:
        return int(client.comet(external_task_id=f"ob-{number % 40}").status_code)

    with ThreadPoolExecutor(50) as pool:
        statuses = list(pool.map(send, range(50)))

    meter = client.meter()
    assert (statuses.count(200), statuses.count(409)) == (40, 10)
    assert meter["creates"] == {"received": 50, "accepted": 40, "refused": 10}
    assert meter["charged"] == "12.66 USD"
    assert set(meter["accepted_by_external_id"].values()) == {1}
    assert len({task["task_id"] for task in meter["tasks"]}) == 40


def test_a_limit_holds_under_parallel_creates(launch, talk):
    client = talk(launch(parallel=3, render_s=(30, 30)))

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda _: client.comet().status_code, range(20)))

    assert statuses.count(200) == 3


def test_the_meter_names_accounts_without_their_keys(launch, talk, tmp_path):
    emulator = launch()
    talk(emulator, key="sk-secret-1").comet()
    client = talk(emulator, key="sk-secret-2")
    client.apimodels()

    meter = client.meter()

    assert len(meter["accounts"]) == 2
    assert {account["charged"] for account in meter["accounts"].values()} == {"0.3165 USD"}
    assert {task["account"] for task in meter["tasks"]} == set(meter["accounts"])
    assert "sk-secret" not in str(meter)
    emulator.stop()
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or b"sk-secret" not in path.read_bytes()


def test_a_reset_sets_the_meter_to_zero_and_keeps_the_tasks(launch, talk):
    client = talk(launch(credit="0.40"))
    task_id = client.comet_id()
    assert client.comet().status_code == 429

    client.http.post("/_reset")

    meter = client.meter()
    assert meter["creates"] == {"received": 0, "accepted": 0, "refused": 0}
    assert (meter["charged"], meter["tasks"]) == ("0.00 USD", [])
    assert client.comet_query(task_id).json()["data"]["task_status"] == "succeed"
    assert client.comet().status_code == 200


def test_latency_comes_before_every_answer(launch, talk):
    client = talk(launch(latency_s=(0.05, 0.06)))

    assert client.comet().elapsed.total_seconds() >= 0.05
    assert client.comet_query("1").elapsed.total_seconds() >= 0.05
