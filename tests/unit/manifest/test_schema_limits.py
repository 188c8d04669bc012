"""What the schema says of the models, to editors alone, is what the table says."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from omnibatch.checks import check
from omnibatch.manifest import load_manifest
from omnibatch.providers import TABLE
from omnibatch.schema import load_schema

REPOSITORY = Path(__file__).parents[3]
SCHEMA = load_schema("manifest")
SHOT = SCHEMA["$defs"]["shot"]["properties"]
LIMITS = [row.limits for row in TABLE.rows]
PARTS = [limits.parts.value for limits in LIMITS if limits.parts.value is not None]
PART_PROMPTS = [
    limits.part_prompt_length.value
    for limits in LIMITS
    if limits.part_prompt_length.value is not None
]
LONGEST = max(limits.duration.value.most for limits in LIMITS)
SHORTEST = min(limits.duration.value.least for limits in LIMITS)


def _is_fine(**keys: Any) -> bool:
    """Whether an editor has nothing against a shot of the model that takes the most."""
    shot = {"id": "a", **({} if "multi_shot" in keys else {"prompt": "x"}), **keys}
    return _is_fine_film(shots=[{"model": "kling-v3-omni", **shot}])


def _is_fine_film(**keys: Any) -> bool:
    document = {"version": 1, "provider": "apimodels", **keys}
    return Draft202012Validator(SCHEMA).is_valid(document)


@pytest.mark.parametrize("seconds", range(20))
def test_a_duration_is_one_that_some_model_renders(seconds: int) -> None:
    some = SHORTEST <= seconds <= LONGEST

    assert _is_fine(duration=seconds) == some
    assert _is_fine(duration=f"{seconds}s") == some
    assert _is_fine(duration=f"0{seconds}") == some


@pytest.mark.parametrize("key", ["mode", "aspect_ratio", "sound"])
def test_the_words_of_a_choice_are_those_of_all_models(key: str) -> None:
    fact = {"mode": "modes", "aspect_ratio": "aspect_ratios", "sound": "sounds"}[key]
    known = {word for limits in LIMITS for word in getattr(limits, fact).value}

    (choice,) = [
        way["enum"]
        for way in SCHEMA["$defs"][SHOT[key]["$ref"].rpartition("/")[2]]["anyOf"]
        if "enum" in way
    ]
    assert set(choice) == known


@pytest.mark.parametrize("count", range(1, 10))
def test_parts_are_as_many_as_some_model_takes(count: int) -> None:
    parts = [{"prompt": "x", "duration": 1}] * count

    assert _is_fine(multi_shot=parts) == any(count in span for span in PARTS)


@pytest.mark.parametrize("seconds", [1, LONGEST, LONGEST + 1])
def test_a_part_is_no_longer_than_a_clip(seconds: int) -> None:
    for written in (seconds, f"{seconds}s"):
        parts = [{"prompt": "x", "duration": written}]
        assert _is_fine(multi_shot=parts) == (seconds <= LONGEST)


@pytest.mark.parametrize("character", ["x", "\N{CLAPPER BOARD}"])
def test_prompts_are_as_long_as_some_model_takes_in_code_points(character: str) -> None:
    """Editors count the halves of a character that UTF-16 writes as two, but in patterns."""
    most = max(limits.prompt_length.value for limits in LIMITS)
    part = max(PART_PROMPTS)
    own = {"profiles": {"draft": {"prompt": character * (most + 1)}}}

    assert _is_fine(prompt=character * most + " \n")
    assert not _is_fine(prompt=character * (most + 1))
    assert not _is_fine(**own)
    assert _is_fine(prompt=character * (most + 1) + "{{ y }}")
    assert _is_fine(multi_shot=[{"prompt": character * part, "duration": 2}])
    assert not _is_fine(multi_shot=[{"prompt": character * (part + 1), "duration": 2}])


O1 = max(row.limits.duration.value.most for row in TABLE.rows if row.model == "kling-video-o1")


@pytest.mark.parametrize("seconds", range(3, LONGEST + 1))
def test_a_duration_is_one_that_the_only_model_in_question_renders(seconds: int) -> None:
    shot = {"id": "a", "prompt": "x", "duration": seconds}
    as_text = {"id": "a", "prompt": "x", "duration": f"0{seconds}s"}
    is_short = seconds <= O1

    assert _is_fine(model="kling-video-o1", duration=seconds) == is_short
    assert _is_fine_film(shots=[shot]) == is_short
    assert _is_fine_film(shots=[as_text]) == is_short
    assert _is_fine_film(shots=[{"scene": "b", "shots": [shot]}]) == is_short
    assert _is_fine_film(shots=[shot], defaults={"model": "kling-v3-omni"})
    assert _is_fine_film(shots=[shot], include="cast.yaml")


def test_images_of_one_name_are_as_many_as_a_shot_carries() -> None:
    most = max(limits.references.value for limits in LIMITS)
    images = [f"{n}.png" for n in range(most + 1)]

    assert _is_fine(references={"boat": {"image": images[:most]}})
    assert not _is_fine(references={"boat": {"image": images}})
    assert _is_fine(references={"boat": {"image": [*images, "{{ row.more }}"]}})


ALONE: dict[str, tuple[dict[str, Any], str]] = {
    "an end frame": ({"end_frame": "a.png"}, "OB532"),
    "frames of an edit": ({"edit": "https://e.com/a.mp4", "first_frame": "a.png"}, "OB536"),
    "a frame of parts": (
        {"multi_shot": [{"prompt": "x", "duration": 5}], "first_frame": "a.png"},
        "OB558",
    ),
    "a prompt beside parts": (
        {"multi_shot": [{"prompt": "x", "duration": 5}], "prompt": "y"},
        "OB559",
    ),
    "a frame of another shot in an edit": (
        {"edit": "https://e.com/a.mp4", "first_frame": {"shot": "b"}},
        "OB536",
    ),
    "a shape beside a first frame": ({"first_frame": "a.png", "aspect_ratio": "1:1"}, "OB213"),
    "a shape beside an edit": ({"edit": "https://e.com/a.mp4", "aspect_ratio": "1:1"}, "OB213"),
    "a length beside an edit": ({"edit": "https://e.com/a.mp4", "duration": 5}, "OB213"),
    "a clip longer than o1 renders": ({"model": "kling-video-o1", "duration": 12}, "OB526"),
    "sound by o1": ({"model": "kling-video-o1", "sound": "on"}, "OB541"),
    "parts by o1": (
        {"model": "kling-video-o1", "multi_shot": [{"prompt": "x", "duration": 5}]},
        "OB551",
    ),
    "auto without a prompt": ({"multi_shot": "auto"}, "OB511"),
    "an empty prompt": ({"prompt": ""}, "OB511"),
    "an empty part": ({"multi_shot": [{"prompt": "", "duration": 5}]}, "OB555"),
    "a long prompt": ({"prompt": "x" * 2501}, "OB512"),
    "a long part": ({"multi_shot": [{"prompt": "x" * 513, "duration": 5}]}, "OB554"),
    "a callback that is not https": ({"callback_url": "http://example.com/x"}, "OB561"),
}


@pytest.mark.parametrize("name", ALONE)
def test_what_an_editor_refuses_of_a_shot_the_checks_refuse(tmp_path: Path, name: str) -> None:
    keys, code = ALONE[name]
    if "multi_shot" in keys:
        keys = {"model": "kling-v3-omni", **keys}
    lines = "".join(f"  {key}: {json.dumps(value)}\n" for key, value in keys.items())
    head = "version: 1\nprovider: cometapi\ndefaults: {aspect_ratio: '16:9'}\nshots:\n- id: a\n"
    prompt = "" if "multi_shot" in keys or "prompt" in keys else "  prompt: x\n"
    (tmp_path / "a.png").write_bytes((REPOSITORY / "specs" / "refs" / "pier.png").read_bytes())
    text = f"{head}{prompt}{lines}- {{id: b, prompt: x}}\n"
    (tmp_path / "m.yaml").write_text(text, "utf-8")

    loaded = load_manifest(tmp_path / "m.yaml")

    checked = check(loaded.batch).problems if loaded.batch is not None else ()
    assert code in {problem.code for problem in (*loaded.problems, *checked)}
    assert not _is_fine(**keys)


@pytest.mark.parametrize(
    "keys",
    [
        {"end_frame": "{{ row.end }}"},
        {"end_frame": "a.png", "profiles": {"final": {"first_frame": "b.png"}}},
        {"edit": "{{ row.video }}", "first_frame": "a.png"},
        {"edit": "sway", "first_frame": "{{ row.first }}"},
        {"multi_shot": [{"prompt": "x", "duration": 5}], "prompt": "{{ row.prompt }}"},
        {"multi_shot": "auto", "prompt": "x"},
        {"callback_url": "{{ row.callback }}"},
        {"callback_url": "HTTPS://example.com/x"},
        {"duration": "{{ row.seconds }}"},
        {"first_frame": "{# none #}", "aspect_ratio": "1:1"},
        {"first_frame": {"shot": "{{ row.before }}"}, "aspect_ratio": "1:1"},
        {"edit": "sway", "aspect_ratio": "{{ row.shape }}", "duration": "{{ row.seconds }}"},
        {"edit": "sway", "duration": 5, "profiles": {"final": {"duration": 10}}},
        {"model": "kling-video-o1", "sound": "{{ row.sound }}"},
        {"style": "film", "prompt": ""},
        {"prompt": "x" * 2501, "profiles": {"final": {"prompt": "y"}}},
        {"multi_shot": "auto", "profiles": {"final": {"prompt": "y"}}},
    ],
)
def test_what_may_still_come_right_is_let_pass(keys: dict[str, Any]) -> None:
    assert _is_fine(**keys)


def test_figures_in_descriptions_are_those_of_the_table() -> None:
    """Every figure that a description gives of a model, against the table."""
    facts = {row.model: row.limits for row in TABLE.rows}
    o1, v3 = facts["kling-video-o1"], facts["kling-v3-omni"]
    plain = " or ".join(map(str, o1.plain_durations.value or ()))

    def of(span: Any) -> str:
        return f"{span.value.least} to {span.value.most}"

    assert re.search(
        rf"kling-video-o1 renders {of(o1.duration)} s \(from text or a first frame alone {plain} s\),"
        rf" kling-v3-omni {of(v3.duration)} s; beside a reference video both render"
        rf" {of(v3.duration_with_video)} s\.",
        SHOT["duration"]["description"],
    )
    assert o1.duration_with_video.value == v3.duration_with_video.value
    assert f"At most {o1.prompt_length.value:,} characters" in SHOT["prompt"]["description"]
    assert f"a list of {of(v3.parts)} parts" in SHOT["multi_shot"]["description"]
    assert (
        f"carries {o1.references.value} images and elements, frames included;"
        f" {o1.references_with_video.value} beside a video; and {o1.videos.value} video."
        in SHOT["references"]["description"]
    )
    part = SCHEMA["$defs"]["part"]["properties"]["prompt"]["description"]
    assert f"{v3.part_prompt_length.value} characters at most" in part
    assert [model for model, limits in facts.items() if "on" in limits.sounds.value] == [
        "kling-v3-omni"
    ]
    assert [model for model, limits in facts.items() if limits.parts.value] == ["kling-v3-omni"]


ROWS = re.findall(
    r"^\| (`[^|]+`) \| [^|]+ \| ([^|]*) \|$",
    (REPOSITORY / "docs" / "manifest.md").read_text("utf-8"),
    re.MULTILINE,
)
# Of a cell of the column "without it": what a value of the schema looks like there.
_AS_WRITTEN = {"1800": "30 min", "renders": "renders/{{ name }}/{{ profile }}/{{ shot.id }}.mp4"}


def _defaults(properties: dict[str, Any]) -> dict[str, Any]:
    return {key: rule["default"] for key, rule in properties.items() if "default" in rule}


def test_page_and_schema_agree_on_what_counts_if_nothing_is_said() -> None:
    top, run = SCHEMA["properties"], SCHEMA["properties"]["run"]["properties"]
    told: dict[str, str] = {}
    for keys, without in ROWS:
        names = re.findall(r"`([a-z_]+)`", keys)
        cells = (
            without.split(", ") if len(names) == without.count(", ") + 1 else [without] * len(names)
        )
        told.update(
            {name: cell for name, cell in zip(names, cells, strict=True) if name not in told}
        )

    for properties in (top, run, SHOT):
        for key, value in _defaults(properties).items():
            seconds = f"{value} s" if properties is run and key != "in_flight" else str(value)
            wanted = _AS_WRITTEN.get(str(value), seconds)
            assert wanted in told[key], (key, value, told[key])
    literal = re.compile(r"^`?(\d|no$|off|std|kling)")
    assert {key for key, cell in told.items() if literal.match(cell)} <= {
        *_defaults(top), *_defaults(run), *_defaults(SHOT)
    }  # fmt: skip


def test_a_description_says_the_default_too() -> None:
    """Hovering shows the description and never the default."""
    for properties in (SCHEMA["properties"], SCHEMA["properties"]["run"]["properties"], SHOT,
                       SCHEMA["$defs"]["values"]["properties"]):  # fmt: skip
        for key, value in _defaults(properties).items():
            described = properties[key]["description"]
            shown = _AS_WRITTEN.get(str(value), str(value))
            assert re.search(
                rf"\b{re.escape(shown)}( s)?\b[^.]*,? (as )?if nothing is said", described
            ), key
