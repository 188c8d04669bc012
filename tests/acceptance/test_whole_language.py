"""A film with nearly everything that a manifest can say, in the files that it is made of."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from ..workplace import Workplace

PICTURES = Path(__file__).parents[2] / "specs" / "refs"

FILM = """\
# yaml-language-server: $schema=../schemas/manifest.schema.json
version: 1
name: harbor
provider: apimodels                 # or a list, in order of preference
budget: 12.50 USD
vars:
  keeper: "the keeper {{ ref.keeper }} in a yellow raincoat"
references:
  keeper:  {image: refs/keeper.png}
  pier:    {image: https://example.com/pier.jpg}
  lantern: {element: 160123456789012345}
  sway:    {video: https://example.com/sway.mp4}
defaults:
  model: kling-video-o1
  duration: 5
  aspect_ratio: 16:9
  style: 35 mm film, muted teal, no lettering.
profiles:
  draft: {mode: std}
  final: {mode: pro}
profile: draft
run: {in_flight: 5, submits_per_minute: 30}
output: renders/{{ name }}/{{ profile }}/{{ shot.id }}.mp4
include: [../lib/cast.yaml]
shots:
  - id: opening
    note: wide, before sunrise
    prompt: "{{ keeper }} walks along {{ ref.pier }} at dawn."
  - scene: storm
    defaults: {sound: off}
    shots:
      - id: turn
        first_frame: {shot: opening}
        prompt: "She turns to the sea: a wave is coming."
        takes: 3
      - id: wave
        matrix:
          weather: {calm: glassy water, storm: mountains of water}
          lens: [35mm, 85mm]
          exclude: [{weather: calm, lens: 85mm}]
        prompt: "{{ matrix.weather }}, {{ matrix.lens }}"
  - include: scenes/epilogue.yaml
  - id: sku-{{ row.sku }}
    rows: {file: data/products.csv, where: row.active == "yes"}
    mode: "{{ row.mode }}"
    references: {photo: {image: "photos/{{ row.photo }}"}}
    prompt: "{{ row.name }} {{ ref.photo }} on a white plinth."
"""
FILES = {
    "specs/harbor.yaml": FILM,
    "lib/cast.yaml": "vars: {dog: a wet terrier}\ndefaults: {tags: [harbor]}\n",
    "specs/scenes/epilogue.yaml": (
        "- id: night\n  edit: sway\n  prompt: '{{ dog }} waits; make it night in {{ edit }}.'\n"
    ),
    "specs/data/products.csv": (
        "sku;name;mode;photo;active\n17;Lamp;pro;lamp.png;yes\n18;Stool;;lamp.png;no\n"
        "19;Radio;;lamp.png;yes\n"
    ),
}


@pytest.fixture
def film(place: Workplace) -> Workplace:
    for name, text in FILES.items():
        file = place.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    (place.folder / ".git").mkdir()
    shutil.copytree(PICTURES, place.folder / "specs" / "refs")
    (place.folder / "specs" / "photos").mkdir()
    shutil.copy(PICTURES / "lantern.png", place.folder / "specs" / "photos" / "lamp.png")
    return place


def _shots(film: Workplace, *options: str) -> list[dict[str, Any]]:
    finished = film.omnibatch("expand", "specs/harbor.yaml", "--json", *options)
    assert finished.code == 0, finished.said
    shots: list[dict[str, Any]] = json.loads(finished.out)["shots"]
    return shots


def test_all_of_it_is_read(film: Workplace) -> None:
    shots = _shots(film)
    requests = {(shot["shot"], shot["take"]): shot["request"] for shot in shots}

    assert [f"{shot['shot']}@{shot['take']}" for shot in shots] == [
        "opening@1",
        "turn@1",
        "turn@2",
        "turn@3",
        "wave-calm-35mm@1",
        "wave-storm-35mm@1",
        "wave-storm-85mm@1",
        "night@1",
        "sku-17@1",
        "sku-19@1",
    ]
    assert requests["opening", 1]["prompt"] == (
        "the keeper <<<image_1>>> in a yellow raincoat walks along <<<image_2>>> at dawn.\n"
        "35 mm film, muted teal, no lettering."
    )
    assert requests["wave-storm-85mm", 1]["prompt"].startswith("mountains of water, 85mm\n")
    assert requests["night", 1]["prompt"].startswith("a wet terrier waits; make it night in <<<vi")
    assert requests["sku-17", 1]["mode"] == "std"  # a draft stays cheap
    assert {shot["request"]["mode"] for shot in _shots(film, "--profile", "final")} == {"pro"}


def test_a_plan_prices_it_and_says_what_waits(film: Workplace) -> None:
    finished = film.omnibatch("plan", "specs/harbor.yaml", "--json")

    steps = {(s["shot"], s["take"]): s for s in json.loads(finished.out)["shots"]}
    assert steps["turn", 2]["action"] == "submit"
    assert "waits for the clip of opening" in steps["turn", 2]["reason"]
    assert steps["turn", 2]["price"] == "0.3165 USD"
    assert steps["night", 1]["price"] is None


def test_validate_counts_the_shots_where_no_profile_is_chosen(film: Workplace) -> None:
    manifest = film.folder / "specs" / "harbor.yaml"
    text = FILM.replace("profile: draft\n", "")
    manifest.write_text(text, "utf-8")
    even = film.omnibatch("validate", "specs/harbor.yaml")
    manifest.write_text(text.replace("final: {", "final: {takes: 2, "), "utf-8")
    uneven = film.omnibatch("validate", "specs/harbor.yaml")

    assert even.out.splitlines()[-1] == "specs/harbor.yaml: 8 shots (10 clips), no errors"
    assert uneven.out.splitlines()[-1] == (
        "specs/harbor.yaml: 8 shots (10 clips) in draft, 8 shots (16 clips) in final, no errors"
    )


def test_shots_are_selected_alike_everywhere(film: Workplace) -> None:
    some = _shots(film, "--select", "scene:storm,night", "--exclude", "wave-storm-*,turn@2")

    assert [f"{shot['shot']}@{shot['take']}" for shot in some] == [
        "turn@1",
        "turn@3",
        "wave-calm-35mm@1",
        "night@1",
    ]
