"""Manifests change: renamed ones keep their ledger, edited shots keep their clips."""

import subprocess

from ..workplace import Workplace, both, prompt_of


def test_a_renamed_manifest_without_its_lockfile_stops_with_the_cure(place: Workplace) -> None:
    place.write(2)
    place.run()
    subprocess.run(["git", "init", "-q"], cwd=place.folder, check=True)
    subprocess.run(["git", "add", "."], cwd=place.folder, check=True)
    subprocess.run(["git", "mv", "film.yaml", "movie.yaml"], cwd=place.folder, check=True)

    finished = place.omnibatch("run", "movie.yaml", "--yes")

    assert finished.code == 7, finished.said
    assert "mv film.lock.json movie.lock.json" in finished.err
    assert place.posts == 2


def test_a_renamed_manifest_goes_on_with_its_renamed_lockfile(place: Workplace) -> None:
    place.write(2)
    place.run()
    (place.folder / "film.yaml").rename(place.folder / "movie.yaml")
    (place.folder / "film.lock.json").rename(place.folder / "movie.lock.json")

    finished = place.omnibatch("run", "movie.yaml")

    assert finished.code == 0, finished.said
    assert "nothing to do" in finished.out
    assert place.posts == 2


@both
def test_an_edited_shot_is_stale_and_not_bought(place: Workplace) -> None:
    place.write(2)
    place.run()
    place.write([{"id": "s1", "prompt": "Edited."}, {"id": "s2", "prompt": prompt_of(2)}])

    finished = place.run()

    assert finished.code == 0, finished.said
    assert place.actions() == {"s1": "stale", "s2": "keep"}
    assert place.posts == 2


@both
def test_stale_buys_an_edited_shot_once_and_keeps_the_old_clip(place: Workplace) -> None:
    place.write(2)
    place.run()
    old = (place.folder / "renders/film/s1.mp4").read_bytes()
    place.write([{"id": "s1", "prompt": "Edited."}, {"id": "s2", "prompt": prompt_of(2)}])

    first, second = place.run("--stale"), place.run("--stale")

    assert (first.code, second.code) == (0, 0), first.said + second.said
    assert place.sold == {prompt_of(1): 1, prompt_of(2): 1, "Edited.": 1}
    assert place.clips() == ["s1.mp4", "s1.v2.mp4", "s2.mp4"]
    assert (place.folder / "renders/film/s1.mp4").read_bytes() == old


def test_an_edit_taken_back_finds_the_old_clip(place: Workplace) -> None:
    place.write(1)
    place.run()
    place.write([{"id": "s1", "prompt": "Edited."}])
    place.run("--stale")
    place.write(1)

    finished = place.run("--stale")

    assert finished.code == 0, finished.said
    assert place.actions() == {"s1": "keep"}
    assert place.posts == 2


def test_a_note_is_no_change(place: Workplace) -> None:
    place.write(1)
    place.run()
    place.write([{"id": "s1", "prompt": prompt_of(1), "note": "Too dark?", "tags": ["pier"]}])

    assert place.actions() == {"s1": "keep"}


def test_a_new_shot_is_bought_and_the_others_are_kept(place: Workplace) -> None:
    place.write(2)
    place.run()
    place.write(3)

    finished = place.run()

    assert finished.code == 0, finished.said
    assert place.posts == 3
