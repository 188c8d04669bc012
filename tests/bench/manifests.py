"""The manifests that are measured: products from a CSV, and shots listed by hand."""

import csv
import random
from pathlib import Path

__all__ = ["HEAD", "PROMPT", "listed", "products"]

HEAD = """\
version: 1
name: bench
provider: apimodels
vars:
  look: soft morning light, 35 mm film
defaults:
  model: kling-video-o1
  aspect_ratio: 16:9
"""

PROMPT = "{{ row.name }} in {{ row.colour }}, {{ row.scene }}, {{ look }}"

_THINGS = ("lamp", "kettle", "chair", "boat", "clock", "mug", "stool", "radio")
_COLOURS = ("red", "teal", "amber", "ivory", "black", "olive")
_SCENES = ("on a white plinth", "by a window in the rain", "on a wet pier at dawn")


def products(folder: Path, shots: int) -> Path:
    """A manifest of one entry with a row for each of `shots`, and its CSV of ten columns."""
    dice = random.Random(7)
    with (folder / "products.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        columns = [
            "sku",
            "name",
            "colour",
            "scene",
            "mode",
            "duration",
            "active",
            "price",
            "stock",
            "note",
        ]
        writer.writerow(columns)
        for number in range(shots):
            writer.writerow(
                [
                    f"{number:06}",
                    f"{dice.choice(_THINGS)} {number % 977}",
                    dice.choice(_COLOURS),
                    dice.choice(_SCENES),
                    dice.choice(("std", "pro", "")),
                    dice.choice(("5", "10")),
                    "yes",
                    f"{dice.randrange(5, 500)}.90",
                    str(dice.randrange(1000)),
                    "as on the sheet",
                ]
            )
    manifest = folder / "products.yaml"
    manifest.write_text(
        HEAD
        + f"""\
shots:
  - id: sku-{{{{ row.sku }}}}
    rows: {{file: products.csv, where: row.active == "yes"}}
    mode: "{{{{ row.mode }}}}"
    duration: "{{{{ row.duration }}}}"
    caption: "{{{{ row.name }}}}, {{{{ row.colour }}}}"
    prompt: "{PROMPT}"
""",
        encoding="utf-8",
    )
    return manifest


def listed(folder: Path, shots: int) -> Path:
    """A manifest with `shots` shots of ten keys each, one after the other."""
    dice = random.Random(7)
    lines = [HEAD, "shots:\n"]
    for number in range(shots):
        thing, colour = dice.choice(_THINGS), dice.choice(_COLOURS)
        lines.append(
            f"""\
  - id: shot-{number:06}
    note: take {number % 9} of the {thing}
    prompt: A {colour} {thing} like {{{{ ref.thing }}}}, number {number}, {dice.choice(_SCENES)}, {{{{ look }}}}.
    caption: "{thing} {number}, {{{{ shot.mode }}}}"
    mode: {dice.choice(("std", "pro"))}
    duration: {dice.choice((5, 10))}
    tags: [{thing}, {colour}, batch-{number % 40}]
    references:
      thing: {{image: "https://example.com/{thing}-{number % 50}.png"}}
    sound: off
    skip: no
"""
        )
    manifest = folder / "listed.yaml"
    manifest.write_text("".join(lines), encoding="utf-8")
    return manifest
