"""A manifest with a problem: nothing is bought or written, and what is paid for is collected."""

from pathlib import Path

import pytest
from PIL import Image

from ..workplace import Workplace, both, prompt_of

HEAD = """\
version: 1
name: film
provider: apimodels
defaults: {duration: 5, aspect_ratio: 16:9}
shots:
  - {id: fine, prompt: A boat.}
"""
BAD = {
    "syntax": "  - {id: s1, prompt: A boat.\n",
    "unknown key": "  - {id: s1, prompt: A boat., colour: red}\n",
    "no prompt": "  - {id: s1}\n",
    "two of one id": "  - {id: fine, prompt: A boat.}\n",
    "ids that differ by case": "  - {id: Fine, prompt: A boat.}\n",
    "undefined variable": '  - {id: s1, prompt: "{{ hero }} in a boat."}\n',
    "template that calls": "  - {id: s1, prompt: \"{{ ''.__class__() }}\"}\n",
    "prompt too long": f"  - {{id: s1, prompt: {'boat ' * 600}}}\n",
    "duration": "  - {id: s1, prompt: A boat., duration: 99}\n",
    "mode": "  - {id: s1, prompt: A boat., mode: best}\n",
    "missing file": "  - {id: s1, prompt: A boat., first_frame: {image: nowhere.png}}\n",
    "reference to a missing file": "  - {id: s1, prompt: 'A boat, {{ ref.hat }}.',"
    " references: {hat: {image: nowhere.png}}}\n",
    "edit of a missing file": "  - {id: s1, prompt: '{{ edit }} at night.', edit: nowhere.mp4}\n",
    "file outside": "  - {id: s1, prompt: A boat., first_frame: {image: ../../../etc/hostname}}\n",
    "unknown provider": "  - {id: s1, prompt: A boat., provider: somebody}\n",
    "output outside": "  - {id: s1, prompt: A boat., output: ../../boat.mp4}\n",
    "token without an image": '  - {id: s1, prompt: "<<<image_1>>> in a boat."}\n',
}


@pytest.mark.parametrize("shot", BAD.values(), ids=BAD.keys())
def test_one_problem_stops_the_whole_batch(place: Workplace, shot: str) -> None:
    place.manifest.write_text(HEAD + shot)
    before = place.listing()

    finished = place.run()

    assert finished.code == 3, finished.said
    assert "film.yaml:" in finished.err
    assert place.listing() == before
    assert place.posts == 0


def test_every_problem_is_told_at_once_with_its_place(place: Workplace) -> None:
    place.manifest.write_text(HEAD + BAD["mode"] + BAD["no prompt"].replace("s1", "s2"))

    finished = place.run()

    assert "film.yaml:7:" in finished.err
    assert "film.yaml:8:" in finished.err


def begin_and_kill(place: Workplace) -> None:
    """Leave two tasks under way at the provider, known to the ledger."""
    with place.start_run() as running:
        place.until(lambda meter: meter["creates"]["accepted"] == 2, "the second task")
        running.until("created task", times=2)
        running.kill()


@both
def test_a_bad_manifest_does_not_orphan_what_is_paid_for(place: Workplace) -> None:
    place.reopen(render_s=(0.5, 0.5))
    place.write(2)
    begin_and_kill(place)
    place.manifest.write_text(place.manifest.read_text() + "  colour: red\n")

    finished = place.run()

    assert finished.code == 3, finished.said
    assert place.states() == {"s1": "collected", "s2": "collected"}
    assert place.posts == 2


def test_an_unreadable_manifest_does_not_orphan_what_is_paid_for(place: Workplace) -> None:
    place.reopen(render_s=(0.5, 0.5))
    place.write(2)
    begin_and_kill(place)
    place.manifest.write_text("shots: [\n")

    finished = place.run()

    assert finished.code == 3, finished.said
    assert place.clips() == ["s1.mp4", "s2.mp4"]
    assert place.posts == 2


@both
def test_a_deleted_reference_does_not_orphan_what_is_paid_for(place: Workplace) -> None:
    place.reopen(render_s=(0.5, 0.5))
    picture(place.folder / "pier.png")
    first_frame = {"image": "pier.png"}
    place.write(
        [
            {"id": "s1", "prompt": prompt_of(1), "first_frame": first_frame},
            {"id": "s2", "prompt": prompt_of(2)},
        ]
    )
    begin_and_kill(place)
    (place.folder / "pier.png").unlink()

    finished = place.run()

    assert finished.code == 3, finished.said
    assert "pier.png" in finished.err
    assert place.clips() == ["s1.mp4", "s2.mp4"]
    assert place.posts == 2


@both
def test_a_shot_taken_out_of_the_manifest_is_still_collected(place: Workplace) -> None:
    place.reopen(render_s=(0.5, 0.5))
    place.write(2)
    begin_and_kill(place)
    place.write(1)

    finished = place.run()

    assert finished.code == 0, finished.said
    assert place.states() == {"s1": "collected", "s2": "collected"}
    assert place.posts == 2


def picture(path: Path) -> None:
    Image.new("RGB", (640, 360), "teal").save(path)
