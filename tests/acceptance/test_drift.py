"""Drift: what has come apart since a run, in one word each, and what mends it at which cost."""

import json
import os
import re
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from omnibatch.emulator import Fault
from omnibatch.schema import load_schema

from ..workplace import Document, Workplace, prompt_of, variables_of

LOST = Fault(on="create", do="drop_after", prompt=prompt_of(1))


def row_of(place: Workplace, shot: str, *options: str) -> Document:
    """One shot's entry of the status, and the status fits its schema."""
    document = place.status(*options)
    assert list(Draft202012Validator(load_schema("status")).iter_errors(document)) == []
    found: Document = next(row for row in document["shots"] if row["shot"] == shot)
    return found


def clip_of(place: Workplace, shot: str) -> Path:
    return place.folder / "renders" / "film" / f"{shot}.mp4"


def type_in(place: Workplace, mend: Document, **variables: str) -> None:
    """Do what a mend says: what comes first, where that is a command, and the command."""
    for line in (mend["first"], mend["command"]):
        words = shlex.split(line)
        if words[:1] == ["mv"]:
            os.rename(place.folder / words[1], place.folder / words[2])
        elif words[:1] == ["omnibatch"]:
            place.omnibatch(*words[1:], **variables)


def age(place: Workplace, days: int) -> None:
    """Make every attempt of the lockfile so many days older; the journal is another machine's."""
    now = datetime.now(UTC)
    text = place.lockfile.read_text("utf-8")

    def older(found: re.Match[str]) -> str:
        return (now - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")

    place.lockfile.write_text(re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", older, text), "utf-8")
    (place.folder / ".omnibatch" / "film.journal").unlink()


def test_a_missing_clip_is_fetched_again_for_nothing(place: Workplace) -> None:
    place.write(2)
    place.run()
    whole = clip_of(place, "s1").read_bytes()
    clip_of(place, "s1").unlink()

    row = row_of(place, "s1")
    (mend,) = row["mend"]
    type_in(place, mend)

    assert row["drift"] == ["missing"]
    assert (mend["free"], mend["cost"]) == (True, None)
    assert mend["command"] == "omnibatch run film.yaml"
    assert clip_of(place, "s1").read_bytes() == whole
    assert row_of(place, "s1")["drift"] == []
    assert place.accepted == 2


@pytest.mark.parametrize("edit", ["shorter", "of-the-same-size"])
def test_an_edited_clip_is_kept_and_mended_once_it_is_moved_away(
    place: Workplace, edit: str
) -> None:
    place.write(2)
    place.run()
    whole = clip_of(place, "s1").read_bytes()
    edited = whole[:-1] if edit == "shorter" else whole[:-1] + bytes([whole[-1] ^ 1])
    clip_of(place, "s1").write_bytes(edited)

    row = row_of(place, "s1")
    (mend,) = row["mend"]
    ran = place.run()
    kept = clip_of(place, "s1").read_bytes()
    type_in(place, mend)

    assert row["drift"] == ["edited"]
    assert ("edited" in ran.out) == (edit == "shorter"), "a run compares sizes"
    assert (ran.code, kept) == (0, edited)
    assert clip_of(place, "s1").read_bytes() == whole
    assert (place.folder / "renders/film/s1.mp4.mine").read_bytes() == edited
    assert row_of(place, "s1")["drift"] == []
    assert place.accepted == 2


def test_a_stale_shot_says_what_changed_and_what_rendering_it_again_costs(
    place: Workplace,
) -> None:
    place.write(2)
    place.run()
    place.write([{"id": "s1", "prompt": "Other."}, {"id": "s2", "prompt": prompt_of(2)}])

    row = row_of(place, "s1")
    (mend,) = row["mend"]

    assert row["drift"] == ["stale"]
    assert row["note"] == place.plan()["shots"][0]["reason"], "as `plan` words it"
    assert (mend["free"], mend["cost"]) == (False, "0.3165 USD")
    words = shlex.split(mend["command"])[1:]
    assert place.omnibatch(*words, "--yes").code == 0
    assert row_of(place, "s1")["drift"] == []
    assert place.accepted == 3


def test_stale_shots_beside_unsent_ones_cost_what_is_said_and_no_more(place: Workplace) -> None:
    place.write(2)
    place.run()
    place.write([{"id": f"s{n}", "prompt": f"Other {n}."} for n in range(1, 5)])

    (mend,) = place.status()["summary"]["mend"]
    words = shlex.split(mend["command"])[1:]
    finished = place.omnibatch(*words, "--yes", "--max-cost", mend["cost"])

    assert (mend["shots"], mend["cost"]) == (2, "0.633 USD")
    assert finished.code == 0, finished.said
    assert place.accepted == 4, "s3 and s4 are not bought along with them"


def test_a_lost_reply_is_lost_and_each_way_out_is_named_with_its_cost(place: Workplace) -> None:
    place.faults(LOST)
    place.write(1)
    place.run()

    row = row_of(place, "s1")

    assert (row["state"], row["drift"]) == ("unconfirmed", ["lost"])
    told = [(shlex.split(m["command"])[1], m["free"], m["cost"]) for m in row["mend"]]
    assert told == [
        ("adopt", True, None),
        ("abandon", True, None),
        ("retry", False, "0.3165 USD"),
    ]
    (task_id,) = place.task_ids(prompt_of(1))
    adopt = row["mend"][0]["command"].replace("TASK_ID", task_id)
    assert place.omnibatch(*shlex.split(adopt)[1:]).code == 0
    assert place.run().code == 0
    assert row_of(place, "s1")["drift"] == []
    assert place.accepted == 1


@pytest.mark.parametrize("provider", ["cometapi"])
def test_a_lost_reply_that_can_be_asked_about_is_mended_by_a_run_for_nothing(
    place: Workplace,
) -> None:
    place.write(1)
    assert place.run(OMNIBATCH_FAILPOINT="create.replied").was_killed

    row = row_of(place, "s1")
    (mend,) = row["mend"]
    type_in(place, mend)

    assert (row["state"], row["drift"]) == ("unconfirmed", ["lost"])
    assert (mend["command"], mend["free"]) == ("omnibatch run film.yaml", True)
    assert (row_of(place, "s1")["state"], place.accepted) == ("collected", 1)


@pytest.mark.parametrize("provider", ["cometapi"])
def test_a_clip_past_the_days_that_it_is_kept_is_expired(place: Workplace) -> None:
    place.write(2)
    place.run()
    clip_of(place, "s1").unlink()
    age(place, 31)

    row = row_of(place, "s1")

    assert row["drift"] == ["expired"]
    told = [(shlex.split(m["command"])[1], m["free"], m["cost"]) for m in row["mend"]]
    assert told == [("run", True, None), ("retry", False, None)], "no page says what it costs"
    assert row_of(place, "s2")["drift"] == [], "its clip is here, and needs nobody"


@pytest.mark.parametrize(("provider", "days"), [("cometapi", 29), ("apimodels", 3000)])
def test_a_clip_within_the_days_that_it_is_kept_or_of_a_provider_that_names_none_is_missing(
    place: Workplace, days: int
) -> None:
    place.write(1)
    place.run()
    clip_of(place, "s1").unlink()
    age(place, days)

    assert row_of(place, "s1")["drift"] == ["missing"]


def test_a_shot_taken_out_is_an_orphan_whose_clip_is_nobodys_drift(place: Workplace) -> None:
    place.write(2)
    place.run()
    place.write(1)
    clip_of(place, "s2").unlink()

    row = row_of(place, "s2")

    assert (row["drift"], row["mend"]) == (["orphan"], [])
    assert "kept" in row["note"]


def test_a_locked_shot_that_changed_has_not_drifted(place: Workplace) -> None:
    place.write([{"id": "s1", "prompt": prompt_of(1), "locked": True}])
    place.run()
    place.write([{"id": "s1", "prompt": "Other.", "locked": True}])

    assert row_of(place, "s1")["drift"] == []


def test_one_slot_may_have_drifted_twice(place: Workplace) -> None:
    place.write(1)
    place.run()
    clip_of(place, "s1").write_bytes(b"cut")
    place.write([{"id": "s1", "prompt": "Other."}])

    assert row_of(place, "s1")["drift"] == ["edited", "stale"]


def test_the_missing_clip_of_an_earlier_request_is_fetched_again_for_nothing(
    place: Workplace,
) -> None:
    place.write(1)
    place.run()
    whole = clip_of(place, "s1").read_bytes()
    clip_of(place, "s1").unlink()
    place.write([{"id": "s1", "prompt": "Other."}])

    row = row_of(place, "s1")
    gate = place.omnibatch("plan", "film.yaml", "--check")
    fetch, _ = row["mend"]
    type_in(place, fetch)

    assert row["drift"] == ["missing", "stale"]
    assert "its clip is not here: fetched again, for free" in row["note"]
    assert [(mend["drift"], mend["cost"]) for mend in row["mend"]] == [
        ("missing", None),
        ("stale", "0.3165 USD"),
    ]
    assert gate.code == 10, gate.said
    assert clip_of(place, "s1").read_bytes() == whole
    assert row_of(place, "s1")["drift"] == ["stale"]
    assert place.accepted == 1


def test_a_missing_clip_of_an_earlier_request_that_cannot_be_had_says_what_is_left(
    place: Workplace,
) -> None:
    place.write(1)
    place.run()
    clip_of(place, "s1").unlink()
    place.write([{"id": "s1", "prompt": "Other."}])
    place.faults(Fault(on="query", do="not_found"))

    ran = place.run()
    row = row_of(place, "s1")

    assert ran.code == 1, ran.said
    assert "`omnibatch retry` buys another" in ran.err
    assert row["drift"] == ["expired", "stale"]
    words = {shlex.split(mend["command"])[1] for mend in row["mend"]}
    assert words == {"run", "retry"}
    assert place.accepted == 1


def test_the_missing_clip_of_a_shot_that_is_skipped_is_fetched_again(place: Workplace) -> None:
    place.write(1)
    place.run()
    clip_of(place, "s1").unlink()
    place.write([{"id": "s1", "prompt": prompt_of(1), "skip": True}])

    (mend,) = row_of(place, "s1")["mend"]
    type_in(place, mend)

    assert clip_of(place, "s1").exists()
    assert row_of(place, "s1")["drift"] == []
    assert place.accepted == 1


def test_a_missing_clip_of_a_shot_taken_out_or_of_an_earlier_attempt_is_fetched_by_its_own_word(
    place: Workplace,
) -> None:
    """They may have been deleted to make room, so a plain run does not bring them back."""
    place.write(2)
    place.run()
    place.omnibatch("retry", "film.yaml", "s1")
    place.run()
    place.write(1)
    before = place.listing()
    clip_of(place, "s1").unlink()
    clip_of(place, "s2").unlink()

    plain = place.run()
    left = place.clips()
    told = place.omnibatch("status", "film.yaml").out
    named = place.omnibatch("status", "film.yaml", "s1").out
    fetched = place.run("--all-clips")

    assert plain.code == 0, plain.said
    assert left == ["s1.v2.mp4"]
    assert "2 more paid clips are not here" in told
    assert "omnibatch run --all-clips film.yaml   (free)" in told
    assert "renders/film/s1.mp4: " in named
    assert ", not here" in named
    assert fetched.code == 0, fetched.said
    clips = [name for name in before if name.endswith(".mp4")]
    assert [place.listing()[name] == before[name] for name in clips] == [True] * 3
    assert place.accepted == 3
    assert "not here" not in place.omnibatch("status", "film.yaml").out


def test_an_edited_clip_is_no_missing_one_whatever_is_fetched(place: Workplace) -> None:
    place.write(1)
    place.run()
    clip_of(place, "s1").write_bytes(b"graded")

    finished = place.run("--all-clips")

    assert finished.code == 0, finished.said
    assert place.clips() == ["s1.mp4"]
    assert clip_of(place, "s1").read_bytes() == b"graded"


def test_a_clip_asked_for_by_all_clips_that_cannot_be_had_is_an_exit_code(
    place: Workplace,
) -> None:
    place.write(2)
    place.run()
    place.write(1)
    clip_of(place, "s2").unlink()
    place.faults(Fault(on="query", do="not_found"))

    assert place.run().code == 0
    assert place.run("--all-clips").code == 1


def test_nothing_has_drifted_after_a_run(place: Workplace) -> None:
    place.write(3)
    place.run()

    said = place.omnibatch("status", "film.yaml")

    assert "DRIFT" not in said.out
    assert place.status()["summary"]["drift"] == {}
    assert place.status()["summary"]["clips"] == {"by_bytes": 3, "by_size": 0}


def test_status_exits_0_with_drift_and_plan_check_is_the_gate(place: Workplace) -> None:
    place.write(2)
    place.run()
    clip_of(place, "s1").unlink()

    assert place.omnibatch("status", "film.yaml").code == 0
    assert place.omnibatch("plan", "film.yaml", "--check").code == 10


def test_status_needs_no_key_no_endpoint_and_no_provider_that_answers(place: Workplace) -> None:
    place.write(2)
    place.run()
    clip_of(place, "s1").unlink()
    place.shut()
    key, endpoint = variables_of(place.provider)

    for environment in ({}, {endpoint: "not a url"}, {endpoint: "http://192.0.2.1", key: "x y"}):
        place.environment = dict(environment)
        finished = place.omnibatch("status", "film.yaml")

        assert finished.code == 0, finished.said
        assert "s2    collected" in finished.out


def test_status_tells_drift_of_a_manifest_with_problems(place: Workplace) -> None:
    place.write(2)
    place.run()
    clip_of(place, "s1").unlink()
    place.manifest.write_text("version: 1\nshots: [{id: s1}]\n")

    finished = place.omnibatch("status", "film.yaml")

    assert finished.code == 0, finished.said
    assert "missing 1: mend the manifest; then: omnibatch run film.yaml   (free)" in finished.out
    assert "the manifest has problems: omnibatch validate film.yaml" in finished.out


def test_status_of_a_ledger_that_a_run_holds_tells_what_is_recorded_so_far(
    place: Workplace,
) -> None:
    place.reopen(render_s=(30.0, 30.0))
    place.write(2)

    with place.start_run() as running:
        place.until(lambda meter: meter["creates"]["accepted"] == 2)
        running.until("created task", times=2)
        before = place.listing()
        finished = place.omnibatch("status", "film.yaml")
        after = place.listing()

    assert finished.code == 0, finished.said
    assert "2 running" in finished.out
    assert "rendering, paid for" in finished.out
    assert before == after, "status writes nothing"


def test_a_shot_that_is_named_is_told_of_in_full(place: Workplace) -> None:
    place.write(1)
    place.run()
    place.omnibatch("retry", "film.yaml", "s1")
    place.run()

    finished = place.omnibatch("status", "film.yaml", "s1")
    row = row_of(place, "s1", "s1")

    ids = place.task_ids(prompt_of(1))
    first, second = row["attempts"]
    assert (first["after"], second["after"]) == (None, first["attempt"])
    assert sorted(t["task_id"] for a in row["attempts"] for t in a["tasks"]) == sorted(ids)
    assert first["marks"]["granted"]["on"] is True
    for known in (*ids, first["attempt"], second["attempt"], first["tasks"][0]["output"]["sha256"]):
        assert known in finished.out
    assert "attempts" not in row_of(place, "s1"), "of all shots that would be too much"


def test_every_byte_is_compared_where_that_is_asked_for(place: Workplace) -> None:
    place.write(2)
    place.run()

    assert place.status("--verify")["summary"]["clips"] == {"by_bytes": 2, "by_size": 0}


def test_escapes_in_a_lockfile_that_came_by_git_do_not_reach_the_terminal(
    place: Workplace,
) -> None:
    place.write(1)
    place.run()
    document = json.loads(place.lockfile.read_text("utf-8"))
    hostile = "\x1b[2J\x9b31m\u202edne\u2066\u2028\rx"
    (attempt,) = document["attempts"]
    attempt["shot"] += hostile
    attempt["endpoint"] += hostile
    attempt["price"] = "0.3165 USD"
    attempt["target"] += hostile
    attempt["tasks"][0]["task_id"] += hostile
    attempt["tasks"][0]["output"]["path"] += hostile
    attempt["tasks"][0]["error"] = hostile
    attempt["refusal"] = hostile
    document["name"] += hostile
    place.lockfile.write_text(json.dumps(document), "utf-8")
    (place.folder / ".omnibatch" / "film.journal").unlink()

    for arguments in (
        ["status"],
        ["status", "*"],
        ["status", "--json"],
        ["plan"],
        ["plan", "--json"],
    ):
        command, *rest = arguments
        finished = place.omnibatch(command, "film.yaml", *rest)

        assert finished.code == 0, finished.said
        assert (
            re.search(
                r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028]", finished.said
            )
            is None
        )
