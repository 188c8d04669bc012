"""The examples of the documentation run as they stand."""

import json
import re
from pathlib import Path

from omnibatch.emulator import load_faults
from omnibatch.emulator.faults.fault import ALLOWED

PAGE = Path(__file__).parents[2] / "docs" / "emulator.md"
TEXT = PAGE.read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def test_the_program_runs():
    (program,) = blocks("python")

    exec(compile(program, str(PAGE), "exec"), {})


def test_the_faults_can_be_read():
    (listing,) = blocks("yaml")

    assert len(load_faults(listing)) == 5


def test_the_meter_has_the_keys_it_is_said_to_have(launch, talk):
    (sample,) = blocks("json")
    shown = json.loads(sample)
    client = talk(launch())
    client.comet()

    meter = client.meter()

    assert list(meter) == list(shown)
    assert list(meter["tasks"][0]) == list(shown["tasks"][0])
    (account,) = meter["accounts"].values()
    assert list(account) == list(shown["accounts"]["2c26b46b68ff"])


def test_the_table_of_faults_is_complete():
    table = TEXT.partition("a client sees |\n")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| `(\w+)` \| ([a-z, ]+) \|", table, re.MULTILINE)
    told = {do: set(ALLOWED) if on == "all" else set(on.split(", ")) for do, on in rows}
    known = {
        do: {on for on in ALLOWED if do in ALLOWED[on]} for on in ALLOWED for do in ALLOWED[on]
    }

    assert told == known
