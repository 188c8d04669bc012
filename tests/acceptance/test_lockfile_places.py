"""Where a lockfile lies: of one film alone, and where a link leads."""

import os
import shlex
import subprocess

import pytest

from ..workplace import Workplace, prompt_of


def test_two_films_whose_names_differ_by_their_ending_are_refused(place: Workplace) -> None:
    place.write(1)
    place.run()
    before = place.lockfile.read_bytes()
    twin = place.folder / "film.yml"
    twin.write_text(place.manifest.read_text().replace(prompt_of(1), "Another film."))

    refused = [
        place.omnibatch(*words)
        for words in (
            ("run", "film.yml", "--yes"),
            ("run", "film.yaml", "--yes"),
            ("plan", "film.yml"),
            ("status", "film.yaml"),
            ("retry", "film.yml", "s1"),
        )
    ]
    command = refused[1].err.partition("such as: ")[2].splitlines()[0].rstrip(") ")
    subprocess.run(shlex.split(command), cwd=place.folder, check=True)
    kept, other = place.run(), place.omnibatch("run", "film-2.yml", "--yes")

    for each in refused:
        assert each.code == 2, each.said
        assert "would share one lockfile, film.lock.json" in each.err
    assert [kept.code, other.code] == [0, 0], other.said
    assert place.lockfile.read_bytes() == before
    assert place.sold == {prompt_of(1): 1, "Another film.": 1}


@pytest.mark.parametrize("twin", ["a library", "a link"])
def test_what_is_no_other_film_is_no_hindrance(place: Workplace, twin: str) -> None:
    place.write(1)
    if twin == "a link":
        (place.folder / "film.yml").symlink_to("film.yaml")
    else:
        (place.folder / "film.yml").write_text("version: 1\nvars: {keeper: a keeper}\n")

    assert place.run().code == 0
    assert place.posts == 1


def test_a_lockfile_that_is_a_link_is_written_where_it_leads(place: Workplace) -> None:
    kept = place.folder / "ledgers" / "harbour.json"
    kept.parent.mkdir()
    place.lockfile.symlink_to("ledgers/harbour.json")
    place.write(1)

    first = place.run()
    place.write(2)
    second = place.run()

    assert [first.code, second.code] == [0, 0], second.said
    assert os.readlink(place.lockfile) == "ledgers/harbour.json"
    assert kept.read_text().count('"state":"collected"') == 2
    assert [path.name for path in kept.parent.iterdir()] == ["harbour.json"]
    assert place.posts == 2


def test_a_lockfile_that_is_a_link_to_nothing_becomes_a_file(place: Workplace) -> None:
    elsewhere = place.folder.parent / "elsewhere.json"
    place.lockfile.symlink_to(elsewhere)
    place.write(1)

    finished = place.run()

    assert finished.code == 0, finished.said
    assert not elsewhere.exists()
    assert place.lockfile.is_file()
    assert not place.lockfile.is_symlink()
