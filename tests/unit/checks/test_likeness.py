"""Rules that run once for shots alike find what they would find in each of them."""

from dataclasses import replace
from itertools import product
from pathlib import Path

from omnibatch.checks import check
from omnibatch.manifest import load_manifest
from omnibatch.problems import in_file_order

HEAD = """\
version: 1
provider: [apimodels, cometapi]
references:
  lamp: {image: "https://example.com/lamp.png"}
  boat: {image: "https://example.com/boat.png"}
shots:
"""


def test_a_batch_has_the_problems_of_its_shots(tmp_path: Path) -> None:
    words = ("a lamp", "like {{ ref.lamp }}", "{{ ref.lamp }}, {{ ref.boat }}", "x" * 2501)
    kinds = product(
        ("kling-video-o1", "kling-v3-omni", "kling-v9"),
        (5, 7, 15),
        ("", "first_frame: lamp", "{first_frame: lamp, end_frame: boat}", "sound: on"),
        words,
    )
    lines = [HEAD]
    for number, (model, seconds, more, prompt) in enumerate(kinds):
        extra = more.strip("{}").replace(", ", "\n    ")
        ratio = "" if "frame" in more else "aspect_ratio: 16:9"
        lines.append(
            f"  - id: shot-{number}\n    model: {model}\n    duration: {seconds}\n"
            f'    prompt: "{prompt}"\n    {extra}\n    {ratio}\n'
        )
    manifest = tmp_path / "film.yaml"
    manifest.write_text("".join(lines), "utf-8")
    batch = load_manifest(manifest).batch
    assert batch is not None

    together = check(batch).problems
    alone = [
        found for shot in batch.shots for found in check(replace(batch, shots=(shot,))).problems
    ]

    assert together == in_file_order(alone)
    assert len({found.code for found in together}) >= 5
