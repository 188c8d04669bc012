"""Films grow: profiles, takes, combinations, rows. What is new is bought, and nothing else."""

import pytest

from omnibatch.emulator import Fault

from ..workplace import Document, Workplace, prompt_of

PROFILES: Document = {
    "profiles": {"draft": {"mode": "std"}, "final": {"mode": "pro"}},
    "profile": "draft",
}


def slots(document: Document) -> dict[str, str]:
    """What a plan or a status says of each slot, `shot@take`."""
    word = "action" if "actions" in document["summary"] else "state"
    return {f"{each['shot']}@{each['take']}": each[word] for each in document["shots"]}


def test_each_profile_is_bought_once_and_neither_stands_for_the_other(place: Workplace) -> None:
    place.write(1, **PROFILES)

    codes = [place.run(*options).code for options in ((), ("--profile", "final"), (), ())]
    codes.append(place.run("--profile", "final").code)

    assert codes == [0] * 5
    assert place.posts == 2
    assert sorted(p.relative_to(place.folder).as_posix() for p in place.folder.rglob("*.mp4")) == [
        "renders/film/draft/s1.mp4",
        "renders/film/final/s1.mp4",
    ]
    assert [row["note"] for row in place.status()["shots"]] == ["", ""], "no orphan among them"


def test_a_task_of_the_other_profile_is_collected_and_named_as_that(place: Workplace) -> None:
    place.write(1, **PROFILES)
    place.faults(Fault(on="query", do="drop_before"))
    place.start_run("--profile", "final", OMNIBATCH_FAILPOINT="create.recorded").wait()
    place.faults()

    planned = place.plan()
    finished = place.run()

    assert [(each["profile"], each["action"]) for each in planned["shots"]] == [
        ("draft", "submit"),
        ("final", "resume"),
    ]
    assert planned["shots"][1]["reason"].startswith("of profile final: rendering")
    assert finished.code == 0, finished.said
    assert place.posts == 2


def test_the_next_command_means_the_same_profile_and_the_same_shots(place: Workplace) -> None:
    place.write(3, **PROFILES)

    planned = place.omnibatch("plan", "film.yaml", "--profile", "final", "--select", "s1,s2")
    next_line = planned.out.splitlines()[-1]

    assert next_line.startswith("next: omnibatch run --profile final --select s1,s2 film.yaml   (")
    typed = next_line.removeprefix("next: omnibatch ").partition("   (")[0].split()
    assert place.omnibatch(*typed, "--yes").code == 0
    assert place.posts == 2


def test_a_decision_is_about_the_profile_in_use(place: Workplace) -> None:
    place.write(1, **PROFILES)
    place.run()
    place.faults(Fault(on="create", do="drop_after", times=1))
    doubtful = place.run("--profile", "final")

    next_lines = [line[6:].partition("   (")[0] for line in doubtful.out.splitlines()[-3:]]
    granted = place.omnibatch("retry", "film.yaml", "s1")

    assert doubtful.code == 4, doubtful.said
    assert next_lines == [
        "omnibatch adopt --profile final film.yaml s1 TASK_ID",
        "omnibatch abandon --profile final film.yaml s1",
        "omnibatch retry --profile final film.yaml s1",
    ]
    first, *rest = granted.out.splitlines()
    assert first.startswith("s1 [draft]: one more attempt granted")
    assert "final" not in first
    assert rest[0].startswith("next: omnibatch adopt --profile final film.yaml s1 ")


def test_a_broken_manifest_cannot_say_which_profile_a_decision_means(place: Workplace) -> None:
    place.write(1, **PROFILES)
    place.run()
    place.run("--profile", "final")
    place.manifest.write_text(place.manifest.read_text() + "oops: 1\n")

    both = place.omnibatch("retry", "film.yaml", "s1")
    one = place.omnibatch("retry", "film.yaml", "s1", "--profile", "final")

    assert (both.code, one.code) == (2, 0), both.said + one.said
    assert "several profiles: draft, final" in both.err
    assert "s1 [final]" in one.out


def test_one_doubtful_take_is_decided_apart_from_the_others(place: Workplace) -> None:
    place.write([{"id": "s1", "prompt": prompt_of(1), "takes": 3}], run={"in_flight": 1})
    place.faults(Fault(on="create", do="drop_after", times=1))
    doubtful = place.run()

    (first, *_) = [line for line in doubtful.out.splitlines() if line.startswith("next: ")]
    take = first.split("film.yaml ")[1].split()[0]
    retried = place.omnibatch("retry", "film.yaml", take)
    finished = place.run()

    assert (doubtful.code, retried.code, finished.code) == (4, 0, 0), finished.said
    assert take == "s1@1"
    assert place.posts == 4


def test_a_take_added_buys_that_take_alone(place: Workplace) -> None:
    place.write([{"id": "s1", "prompt": prompt_of(1), "takes": 2}])
    place.run()
    place.write([{"id": "s1", "prompt": prompt_of(1), "takes": 3}])

    assert slots(place.plan()) == {"s1@1": "keep", "s1@2": "keep", "s1@3": "submit"}
    assert [place.run().code, place.run().code] == [0, 0]
    assert place.sold == {prompt_of(1): 3}


def test_a_take_taken_away_buys_nothing_and_keeps_its_clip(place: Workplace) -> None:
    place.write([{"id": "s1", "prompt": prompt_of(1), "takes": 2}])
    place.run()
    place.write(1)

    assert place.run().code == 0
    assert slots(place.status()) == {"s1@1": "collected", "s1@2": "collected"}
    assert place.clips() == ["s1.mp4", "s1@2.mp4"]
    assert place.posts == 2


def test_a_value_added_to_a_matrix_buys_the_new_combinations_alone(place: Workplace) -> None:
    def film(*lenses: str) -> None:
        matrix = {"sky": {"calm": "a pale sky", "storm": "black clouds"}, "lens": list(lenses)}
        prompt = "{{ matrix.sky }}, {{ matrix.lens }}"
        place.write([{"id": "wave", "matrix": matrix, "prompt": prompt}])

    film("35mm")
    place.run()
    film("24mm", "35mm")

    finished = place.run()

    assert finished.code == 0, finished.said
    assert place.sold == {
        f"{sky}, {lens}": 1 for sky in ("a pale sky", "black clouds") for lens in ("35mm", "24mm")
    }


def test_a_renamed_matrix_keeps_every_combination(place: Workplace) -> None:
    def film(name: str, **keys: str) -> None:
        matrix = {"lens": ["35mm", "85mm"]}
        place.write([{"id": name, "matrix": matrix, "prompt": "{{ matrix.lens }}", **keys}])

    film("wave")
    place.run()
    film("surf", was="wave")

    assert place.run().code == 0
    assert slots(place.plan()) == {"surf-35mm@1": "keep", "surf-85mm@1": "keep"}
    assert place.posts == 2


def test_a_row_added_anywhere_buys_that_row_alone(place: Workplace) -> None:
    place.write(
        [{"id": "sku-{{ row.sku }}", "rows": {"file": "p.csv"}, "prompt": "{{ row.name }}"}]
    )
    table = place.folder / "p.csv"
    table.write_text("sku,name\n1,Lamp\n2,Chair\n")
    place.run()
    table.write_text("name,sku\nTable,3\nChair,2\nLamp,1\n")

    finished, idle = place.run(), place.run()

    assert [finished.code, idle.code] == [0, 0], finished.said
    assert place.sold == {"Lamp": 1, "Chair": 1, "Table": 1}


def test_a_row_taken_out_while_its_task_renders_is_collected_as_an_orphan(place: Workplace) -> None:
    place.write(
        [{"id": "sku-{{ row.sku }}", "rows": {"file": "p.csv"}, "prompt": "{{ row.name }}"}]
    )
    table = place.folder / "p.csv"
    table.write_text("sku,name\n1,Lamp\n2,Chair\n")
    place.run("--limit", "1", OMNIBATCH_FAILPOINT="create.recorded")
    table.write_text("sku,name\n2,Chair\n")

    assert slots(place.plan()) == {"sku-2@1": "submit", "sku-1@1": "orphan"}
    assert place.run().code == 0
    assert place.sold == {"Lamp": 1, "Chair": 1}
    assert place.clips() == ["sku-1.mp4", "sku-2.mp4"]


@pytest.mark.parametrize(
    ("pattern", "bought"), [("scene:storm", 2), ("tag:night", 1), ("scene:storm,s1", 3)]
)
def test_a_scene_or_a_tag_selects_what_is_bought(
    place: Workplace, pattern: str, bought: int
) -> None:
    storm = [
        {"id": "s2", "prompt": prompt_of(2)},
        {"id": "s3", "prompt": prompt_of(3), "tags": ["night"]},
    ]
    place.write([{"id": "s1", "prompt": prompt_of(1)}, {"scene": "storm", "shots": storm}])

    finished = place.run("--select", pattern)

    assert place.posts == bought, finished.said
