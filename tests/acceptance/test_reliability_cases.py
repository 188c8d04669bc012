"""Ids, words and links that look like something else: told or kept, and nothing bought by them."""

from pathlib import Path

from ..workplace import Workplace

TOP = "version: 1\nprovider: apimodels\ndefaults: {aspect_ratio: 16:9, duration: 5}\nshots:\n"


def test_ids_that_are_one_on_some_disks_are_told_with_both_lines_and_nothing_is_bought(
    place: Workplace,
) -> None:
    shots = ("Pier", "PIER", "caf\u00e9", "cafe\u0301", "dock", "dock")
    place.manifest.write_text(
        TOP + "".join(f"  - {{id: {name}, prompt: x}}\n" for name in shots), "utf-8"
    )

    finished = place.run()

    assert finished.code == 3, finished.said
    told = [line for line in finished.err.splitlines() if "OB211" in line]
    assert [line.split(":")[1] for line in told] == ["6", "8", "10"]
    assert ["line 5" in told[0], "line 7" in told[1], "line 9" in told[2]] == [True] * 3
    assert place.posts == 0


def test_words_that_yaml_takes_for_numbers_are_words_or_explained(place: Workplace) -> None:
    place.manifest.write_text(
        TOP
        + "  - {id: no, prompt: on}\n"
        + "  - {id: 010, prompt: 1:30}\n"
        + "  - {id: late, prompt: x, duration: 1:30}\n"
        + "  - {id: sown, prompt: x, seed: 012}\n",
        "utf-8",
    )

    finished = place.run()

    assert finished.code == 3, finished.said
    told = finished.err.splitlines()
    assert [line.split(":")[1] for line in told] == ["7", "8"], "the words are taken as words"
    assert "1:30" in told[0]
    assert "90" not in told[0]
    assert "seed" in told[1]
    assert place.posts == 0


def test_a_word_for_an_id_is_the_id_that_is_rendered(place: Workplace) -> None:
    place.manifest.write_text(
        TOP + "  - {id: no, prompt: on}\n  - {id: 010, prompt: 1:30}\n", "utf-8"
    )

    finished = place.run()

    assert finished.code == 0, finished.said
    assert place.states() == {"no": "collected", "010": "collected"}
    assert sorted(place.sold) == ["1:30", "on"]


def test_a_link_at_the_path_of_a_clip_is_not_written_through(place: Workplace) -> None:
    outside = place.folder.parent / "outside.txt"
    outside.write_text("mine")
    folder = place.folder / "renders" / "film"
    folder.mkdir(parents=True)
    (folder / "s1.mp4").symlink_to(outside)
    (folder / "s2.mp4").symlink_to(place.folder.parent / "nothing-yet.txt")
    place.write(2)

    finished = place.run()

    assert finished.code == 0, finished.said
    assert outside.read_text() == "mine"
    assert not (place.folder.parent / "nothing-yet.txt").exists()
    outputs = [row["output"] for row in place.status()["shots"]]
    assert outputs == ["renders/film/s1.v2.mp4", "renders/film/s2.v2.mp4"]
    assert all((Path(place.folder) / output).stat().st_size > 1000 for output in outputs)
