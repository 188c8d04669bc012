"""Every rule that the providers' pages state, one by one: kept, broken, or given up on.

A `Rule` is checked before anything is bought: a shot that keeps it has no error, and one
that breaks it has exactly this code. A `Wire` rule is about the body, which omnibatch
writes. What is deliberately not checked is named with words that stand in docs/limits.md.
Pages: "Comet" and "apimodels" are the resellers' own, "Kling" is the omni-video reference
that both stand on, "Kling map" its map of capabilities, "Audio" what its models do with
sound.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from omnibatch.providers import TABLE, provider_named
from omnibatch.shots import MultiShot, Shot

LIMITS = Path(__file__).parents[3] / "docs" / "limits.md"
O1, V3 = "kling-video-o1", "kling-v3-omni"
EDIT = {"duration": None, "aspect_ratio": None}
MIB = 1024 * 1024

Made = Callable[[Any], Shot]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """`kept` and `broken` make shots; `code` is what the broken one is told."""

    page: str
    says: str
    kept: Made
    broken: Made
    code: str
    facts: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    """Of the files of the two shots, where they have any."""


def frames(make: Any, *uses: str) -> dict[str, Any]:
    return {"images": tuple(make.image(use) for use in uses), "aspect_ratio": None}


def prompt(count: int) -> Made:
    return lambda make: make.shot(prompt="漢" * count)


def image(**facts: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    return {}, facts


def picture(make: Any) -> Shot:
    shot: Shot = make.shot(images=(make.file(Path("/a.png")),), prompt="<<<image_1>>>")
    return shot


def film(make: Any) -> Shot:
    shot: Shot = make.shot(video=make.video_file(), prompt="<<<video_1>>>")
    return shot


RULES = [
    # The prompt ----------------------------------------------------------------------
    Rule(
        page="Comet, apimodels, Kling",
        says="a prompt has at most 2500 characters, counted as code points",
        kept=prompt(2500),
        broken=prompt(2501),
        code="OB512",
    ),
    Rule(
        page="Comet, Kling",
        says="a prompt is required",
        kept=lambda make: make.shot(),
        broken=lambda make: make.shot(prompt=" "),
        code="OB511",
    ),
    Rule(
        page="Kling",
        says="a prompt is required where the model cuts a multi-shot clip by itself",
        kept=lambda make: make.omni(multi_shot=MultiShot(auto=True, place=make.place)),
        broken=lambda make: make.omni(multi_shot=MultiShot(auto=True, place=make.place), prompt=""),
        code="OB511",
    ),
    Rule(
        page="Comet, Kling",
        says="a token names an entry of its list, counted from 1",
        kept=lambda make: make.shot(images=make.images(2), prompt="<<<image_1>>> <<<image_2>>>"),
        broken=lambda make: make.shot(images=make.images(2), prompt="<<<image_1>>> <<<image_3>>>"),
        code="OB515",
    ),
    Rule(
        page="Comet, Kling",
        says="a token is written <<<image_1>>>, <<<element_1>>> or <<<video_1>>>",
        kept=lambda make: make.shot(elements=make.elements(1), prompt="<<<element_1>>>"),
        broken=lambda make: make.shot(elements=make.elements(1), prompt="<<element_1>>"),
        code="OB514",
    ),
    # Model and mode ------------------------------------------------------------------
    Rule(
        page="Comet, apimodels, Kling",
        says="the model is kling-video-o1 or kling-v3-omni",
        kept=lambda make: make.omni(),
        broken=lambda make: make.shot(model="kling-3.0-turbo"),
        code="OB502",
    ),
    Rule(
        page="Comet, apimodels, Kling",
        says="the mode is std or pro",
        kept=lambda make: make.shot(mode="pro"),
        broken=lambda make: make.shot(mode="best"),
        code="OB521",
    ),
    Rule(
        page="Kling, later maps",
        says="4k is Kling's alone: neither reseller has it, not for kling-v3-omni either",
        kept=lambda make: make.omni(mode="pro"),
        broken=lambda make: make.omni(mode="4k"),
        code="OB521",
    ),
    # Aspect ratio --------------------------------------------------------------------
    Rule(
        page="Comet, Kling",
        says="the aspect ratio is 16:9, 9:16 or 1:1",
        kept=lambda make: make.shot(aspect_ratio="1:1"),
        broken=lambda make: make.shot(aspect_ratio="4:3"),
        code="OB523",
    ),
    Rule(
        page="Comet, Kling",
        says="an aspect ratio is required from text",
        kept=lambda make: make.shot(),
        broken=lambda make: make.shot(aspect_ratio=None),
        code="OB522",
    ),
    Rule(
        page="Comet, Kling",
        says="an aspect ratio is required with references and with a feature video",
        kept=lambda make: make.shot(video=make.video()),
        broken=lambda make: make.shot(video=make.video(), aspect_ratio=None),
        code="OB522",
    ),
    Rule(
        page="Kling",
        says="no aspect ratio with a first frame",
        kept=lambda make: make.shot(**frames(make, "first_frame")),
        broken=lambda make: make.shot(images=(make.image("first_frame"),)),
        code="OB524",
    ),
    Rule(
        page="Kling",
        says="no aspect ratio for an edit",
        kept=lambda make: make.shot(video=make.video("base"), **EDIT),
        broken=lambda make: make.shot(video=make.video("base"), duration=None),
        code="OB524",
    ),
    # Duration ------------------------------------------------------------------------
    *(
        Rule(
            page="Comet, Kling map",
            says=f"o1 makes only 5 or 10 s from text: not {seconds}",
            kept=lambda make: make.shot(duration=10),
            broken=lambda make, seconds=seconds: make.shot(duration=seconds),  # type: ignore[misc]
            code="OB527",
        )
        for seconds in (3, 4, 6, 9)
    ),
    Rule(
        page="Comet, Kling map",
        says="o1 makes only 5 or 10 s from a first frame alone",
        kept=lambda make: make.shot(duration=10, **frames(make, "first_frame")),
        broken=lambda make: make.shot(duration=7, **frames(make, "first_frame")),
        code="OB527",
    ),
    *(
        Rule(
            page="Kling, its FAQ",
            says=f"o1 makes 3-10 s of {what}",
            kept=lambda make, more=more: make.shot(duration=3, **more(make)),  # type: ignore[misc]
            broken=lambda make, more=more: make.shot(duration=11, **more(make)),  # type: ignore[misc]
            code="OB526",
        )
        for what, more in {
            "reference images": lambda make: {"images": make.images(1)},
            "elements": lambda make: {"elements": make.elements(1)},
            "a first and an end frame": lambda make: frames(make, "first_frame", "end_frame"),
            "a feature video": lambda make: {"video": make.video()},
            "a first frame and an element": lambda make: {
                "elements": make.elements(1),
                **frames(make, "first_frame"),
            },
        }.items()
    ),
    Rule(
        page="Kling, apimodels",
        says="kling-v3-omni makes 3-15 s",
        kept=lambda make: make.omni(duration=15),
        broken=lambda make: make.omni(duration=16),
        code="OB526",
    ),
    Rule(
        page="Kling, apimodels",
        says="no model makes less than 3 s",
        kept=lambda make: make.omni(duration=3),
        broken=lambda make: make.omni(duration=2),
        code="OB526",
    ),
    Rule(
        page="Kling map",
        says="kling-v3-omni makes only 3-10 s with a reference video",
        kept=lambda make: make.omni(duration=10, video=make.video()),
        broken=lambda make: make.omni(duration=11, video=make.video()),
        code="OB526",
    ),
    Rule(
        page="Comet, Kling",
        says="the duration of an edit is that of its video",
        kept=lambda make: make.shot(video=make.video("base"), **EDIT),
        broken=lambda make: make.shot(video=make.video("base"), aspect_ratio=None),
        code="OB528",
    ),
    # Images --------------------------------------------------------------------------
    Rule(
        page="Comet, Kling",
        says="an image has at most 10 MB",
        kept=picture,
        broken=picture,
        code="OB411",
        facts=({"size_bytes": 10 * MIB}, {"size_bytes": 10 * MIB + 1}),
    ),
    Rule(
        page="Comet, Kling",
        says="an image has at least 300 px a side",
        kept=picture,
        broken=picture,
        code="OB412",
        facts=({"width": 300, "height": 300}, {"width": 300, "height": 299}),
    ),
    Rule(
        page="Comet, Kling",
        says="an image is at most 2.5 times as long as wide, or as wide as long",
        kept=picture,
        broken=picture,
        code="OB413",
        facts=({"width": 400, "height": 1000}, {"width": 400, "height": 1001}),
    ),
    Rule(
        page="Comet, Kling",
        says="seven images and elements without a video",
        kept=lambda make: make.shot(images=make.images(4), elements=make.elements(3)),
        broken=lambda make: make.shot(images=make.images(4), elements=make.elements(4)),
        code="OB531",
    ),
    *(
        Rule(
            page="Comet, Kling",
            says=f"four images and elements with a video to {use}",
            kept=lambda make, use=use, free=free: make.shot(  # type: ignore[misc]
                images=make.images(2), elements=make.elements(2), video=make.video(use), **free
            ),
            broken=lambda make, use=use, free=free: make.shot(  # type: ignore[misc]
                images=make.images(2), elements=make.elements(3), video=make.video(use), **free
            ),
            code="OB531",
        )
        for use, free in (("feature", {}), ("base", EDIT))
    ),
    # Frames --------------------------------------------------------------------------
    Rule(
        page="Kling",
        says="an end frame needs a first frame",
        kept=lambda make: make.shot(**frames(make, "first_frame", "end_frame")),
        broken=lambda make: make.shot(images=(make.image("end_frame"),)),
        code="OB532",
    ),
    Rule(
        page="Kling",
        says="no first frame in an edit",
        kept=lambda make: make.shot(images=make.images(1), video=make.video("base"), **EDIT),
        broken=lambda make: make.shot(
            images=(make.image("first_frame"),), video=make.video("base"), **EDIT
        ),
        code="OB536",
    ),
    Rule(
        page="Kling",
        says="a feature video goes with a first frame",
        kept=lambda make: make.shot(video=make.video(), **frames(make, "first_frame")),
        broken=lambda make: make.shot(
            images=(make.image("first_frame"),), video=make.video("base"), **EDIT
        ),
        code="OB536",
    ),
    Rule(
        page="Kling",
        says="o1 takes no end frame with more than two images",
        kept=lambda make: make.shot(**frames(make, "first_frame", "end_frame")),
        broken=lambda make: make.shot(**frames(make, "reference", "first_frame", "end_frame")),
        code="OB534",
    ),
    Rule(
        page="Kling",
        says="at most three elements with a first frame",
        kept=lambda make: make.shot(elements=make.elements(3), **frames(make, "first_frame")),
        broken=lambda make: make.shot(elements=make.elements(4), **frames(make, "first_frame")),
        code="OB535",
    ),
    Rule(
        page="Kling",
        says="o1 takes no element between a first and an end frame",
        kept=lambda make: make.shot(**frames(make, "first_frame", "end_frame")),
        broken=lambda make: make.shot(
            elements=make.elements(1), **frames(make, "first_frame", "end_frame")
        ),
        code="OB535",
    ),
    Rule(
        page="Kling",
        says="kling-v3-omni takes three elements between a first and an end frame",
        kept=lambda make: make.omni(
            elements=make.elements(3), **frames(make, "first_frame", "end_frame")
        ),
        broken=lambda make: make.omni(
            elements=make.elements(4), **frames(make, "first_frame", "end_frame")
        ),
        code="OB535",
    ),
    # Elements ------------------------------------------------------------------------
    Rule(
        page="Comet, Kling",
        says="an element's id is a long",
        kept=lambda make: make.shot(elements=(make.element("9223372036854775807"),)),
        broken=lambda make: make.shot(elements=(make.element("9223372036854775808"),)),
        code="OB537",
    ),
    # Video ---------------------------------------------------------------------------
    Rule(
        page="Comet, Kling",
        says="a video lasts at least 3 s",
        kept=film,
        broken=film,
        code="OB434",
        facts=({"seconds": Fraction(3)}, {"seconds": Fraction(299, 100)}),
    ),
    Rule(
        page="Comet, Kling (the newer API takes 15.5 s)",
        says="a video lasts at most 10 s",
        kept=film,
        broken=film,
        code="OB434",
        facts=({"seconds": Fraction(10)}, {"seconds": Fraction(11)}),
    ),
    Rule(
        page="Comet, Kling",
        says="a side of a video has 720 px or more",
        kept=film,
        broken=film,
        code="OB435",
        facts=({"height": 720}, {"height": 719}),
    ),
    Rule(
        page="Comet, Kling",
        says="a side of a video has 2160 px or less",
        kept=film,
        broken=film,
        code="OB435",
        facts=({"width": 2160}, {"width": 2161}),
    ),
    Rule(
        page="Comet, Kling",
        says="a video has 24 frames a second or more",
        kept=film,
        broken=film,
        code="OB436",
        facts=({"frame_rate": Fraction(24)}, {"frame_rate": Fraction(23)}),
    ),
    Rule(
        page="Comet, Kling",
        says="a video has 60 frames a second or less",
        kept=film,
        broken=film,
        code="OB436",
        facts=({"frame_rate": Fraction(60)}, {"frame_rate": Fraction(61)}),
    ),
    Rule(
        page="Comet, Kling",
        says="a video has at most 200 MB",
        kept=film,
        broken=film,
        code="OB437",
        facts=({"size_bytes": 200 * MIB}, {"size_bytes": 200 * MIB + 1}),
    ),
    Rule(
        page="Comet, Kling",
        says="a video is an address",
        kept=lambda make: make.shot(video=make.video()),
        broken=lambda make: make.shot(video=make.video_file()),
        code="OB431",
    ),
    # Sound ---------------------------------------------------------------------------
    Rule(
        page="Audio (apimodels prices it all the same)",
        says="o1 makes no sound",
        kept=lambda make: make.shot(sound="off"),
        broken=lambda make: make.shot(sound="on"),
        code="OB541",
    ),
    *(
        Rule(
            page="Kling",
            says=f"no sound is made beside a video to {use}; its own may be kept",
            kept=lambda make, use=use, free=free: make.omni(  # type: ignore[misc]
                sound="original", video=make.video(use), **free
            ),
            broken=lambda make, use=use, free=free: make.omni(  # type: ignore[misc]
                sound="on", video=make.video(use), **free
            ),
            code="OB542",
        )
        for use, free in (("feature", {}), ("base", EDIT))
    ),
    Rule(
        page="Audio",
        says="o1 keeps the sound of a video, and there has to be one",
        kept=lambda make: make.shot(sound="original", video=make.video()),
        broken=lambda make: make.shot(sound="original"),
        code="OB543",
    ),
    # Multi-shot ----------------------------------------------------------------------
    Rule(
        page="Kling map",
        says="o1 makes no multi-shot clip",
        kept=lambda make: make.omni(prompt="", multi_shot=make.parts(2, 3)),
        broken=lambda make: make.shot(prompt="", multi_shot=make.parts(2, 3)),
        code="OB551",
    ),
    Rule(
        page="Kling",
        says="one to six parts",
        kept=lambda make: make.omni(prompt="", duration=6, multi_shot=make.parts(*[1] * 6)),
        broken=lambda make: make.omni(prompt="", duration=7, multi_shot=make.parts(*[1] * 7)),
        code="OB553",
    ),
    Rule(
        page="Kling",
        says="the prompt of a part has at most 512 characters",
        kept=lambda make: make.omni(prompt="", multi_shot=make.parts(5, prompt="a" * 512)),
        broken=lambda make: make.omni(prompt="", multi_shot=make.parts(5, prompt="a" * 513)),
        code="OB554",
    ),
    Rule(
        page="Kling",
        says="a part has a prompt",
        kept=lambda make: make.omni(prompt="", multi_shot=make.parts(5)),
        broken=lambda make: make.omni(prompt="", multi_shot=make.parts(5, prompt=" ")),
        code="OB555",
    ),
    Rule(
        page="Kling",
        says="a part lasts at least 1 s",
        kept=lambda make: make.omni(prompt="", multi_shot=make.parts(1, 4)),
        broken=lambda make: make.omni(prompt="", multi_shot=make.parts(0, 5)),
        code="OB556",
    ),
    Rule(
        page="Kling",
        says="the parts add up to the duration, and none is longer",
        kept=lambda make: make.omni(prompt="", multi_shot=make.parts(2, 3)),
        broken=lambda make: make.omni(prompt="", multi_shot=make.parts(2, 6)),
        code="OB557",
    ),
    *(
        Rule(
            page="Kling",
            says=f"no {use.replace('_', ' ')} in a multi-shot clip",
            kept=lambda make: make.omni(multi_shot=MultiShot(auto=True, place=make.place)),
            broken=lambda make, uses=uses: make.omni(  # type: ignore[misc]
                multi_shot=MultiShot(auto=True, place=make.place), **frames(make, *uses)
            ),
            code="OB558",
        )
        for use, uses in {
            "first_frame": ("first_frame",),
            "end_frame": ("first_frame", "end_frame"),
        }.items()
    ),
    Rule(
        page="Kling",
        says="no prompt beside listed parts",
        kept=lambda make: make.omni(prompt="", multi_shot=make.parts(5)),
        broken=lambda make: make.omni(multi_shot=make.parts(5)),
        code="OB559",
    ),
    # What goes along -----------------------------------------------------------------
    Rule(
        page="Comet, apimodels",
        says="a callback goes to a public https address",
        kept=lambda make: make.shot(callback_url="https://example.com/done"),
        broken=lambda make: make.shot(callback_url="http://example.com/done"),
        code="OB561",
    ),
    Rule(
        page="Comet, Kling",
        says="an external id is unique in the account: it is omnibatch's own",
        kept=lambda make: make.shot(extra={"apimodels": {"watermark_info": {"enabled": False}}}),
        broken=lambda make: make.shot(extra={"apimodels": {"external_task_id": "mine"}}),
        code="OB562",
    ),
    Rule(
        page="Comet, apimodels",
        says="references are fetched by the provider: public addresses",
        kept=lambda make: make.shot(images=(make.image(url="https://example.com/a.png"),)),
        broken=lambda make: make.shot(images=(make.image(url="http://10.0.0.1/a.png"),)),
        code="OB422",
    ),
]


def errors(result: Any, make: Any, shot: Shot, facts: dict[str, Any]) -> set[str]:
    """The codes of the errors of a shot whose files have these facts."""
    problems = result(
        shot,
        probe=lambda _: make.facts(**facts),
        video_probe=lambda _: make.video_facts(**facts),
    ).problems
    return {problem.code for problem in problems if problem.severity == "error"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.says)
@pytest.mark.parametrize("provider", ["cometapi", "apimodels"])
def test_a_rule_of_the_pages_is_checked(make: Any, result: Any, rule: Rule, provider: str) -> None:
    class Here(type(make)):  # type: ignore[misc]
        """Makes shots for this provider."""

        def shot(self, shot_id: str = "opening", **changes: Any) -> Shot:
            made: Shot = super().shot(shot_id, **{"providers": (provider,), **changes})
            return made

    here = Here()
    given_as_file = {"OB431"} if rule.kept is film else set()

    assert errors(result, here, rule.kept(here), rule.facts[0]) == given_as_file
    assert errors(result, here, rule.broken(here), rule.facts[1]) == {rule.code, *given_as_file}


def test_rules_are_told_apart() -> None:
    assert len({rule.says for rule in RULES}) == len(RULES)


@dataclass(frozen=True, kw_only=True)
class Doubtful:
    """Something that a page does not say, so that it is done with a warning."""

    provider: str
    says: str
    shot: Made
    words: str


DOUBTS = [
    Doubtful(
        provider="cometapi",
        says="the page names o1 alone",
        shot=lambda make: make.omni(providers=("cometapi",)),
        words="names kling-video-o1 alone",
    ),
    Doubtful(
        provider="cometapi",
        says="the page does not mention sound",
        shot=lambda make: make.omni(providers=("cometapi",), sound="on"),
        words="does not mention sound",
    ),
    *(
        Doubtful(
            provider=provider,
            says=f"the page of {provider} does not mention multi_shot",
            shot=lambda make, provider=provider: make.omni(  # type: ignore[misc]
                providers=(provider,), prompt="", multi_shot=make.parts(5)
            ),
            words="does not mention multi_shot",
        )
        for provider in ("cometapi", "apimodels")
    ),
    Doubtful(
        provider="apimodels",
        says="the page prices sound and does not spell it",
        shot=lambda make: make.omni(sound="on"),
        words="does not say how to ask for it",
    ),
]


@pytest.mark.parametrize("doubt", DOUBTS, ids=lambda doubt: doubt.says)
def test_what_a_page_does_not_say_is_a_warning(make: Any, result: Any, doubt: Doubtful) -> None:
    found = result(doubt.shot(make))
    messages = [problem.message for problem in found.problems if problem.code == "OB504"]

    assert found.batch is not None
    assert any(doubt.words in message for message in messages), messages


@dataclass(frozen=True, kw_only=True)
class Wire:
    """A rule about the body: what it holds of a shot, None for what it must not hold."""

    page: str
    says: str
    shot: Made
    body: dict[str, Any]


WIRE = [
    Wire(
        page="Kling: pro, apimodels: std, Comet: not said",
        says="the mode is always sent",
        shot=lambda make: make.shot(),
        body={"mode": "std"},
    ),
    Wire(
        page="all",
        says="a duration is text",
        shot=lambda make: make.shot(),
        body={"duration": "5"},
    ),
    Wire(
        page="Kling",
        says="an edit has neither duration nor aspect ratio",
        shot=lambda make: make.shot(video=make.video("base"), **EDIT),
        body={"duration": None, "aspect_ratio": None},
    ),
    Wire(
        page="Kling: base is the default",
        says="the use of a video is always sent, and whether its sound is kept",
        shot=lambda make: make.shot(video=make.video()),
        body={
            "video_list": [
                {
                    "video_url": "https://example.com/sway.mp4",
                    "refer_type": "feature",
                    "keep_original_sound": "no",
                }
            ]
        },
    ),
    Wire(
        page="Kling: sound must be off beside a video",
        says="the original sound is no sound that is made",
        shot=lambda make: make.omni(sound="original", video=make.video()),
        body={"sound": None},
    ),
    Wire(
        page="Comet, apimodels: no such field shown",
        says="no sound is not sent",
        shot=lambda make: make.shot(),
        body={"sound": None},
    ),
    Wire(
        page="Kling",
        says="only frames have a type",
        shot=lambda make: make.shot(**frames(make, "reference", "first_frame")),
        body={
            "image_list": [
                {"image_url": "https://example.com/pier.jpg"},
                {"image_url": "https://example.com/pier.jpg", "type": "first_frame"},
            ]
        },
    ),
    Wire(
        page="Kling: long; text in its newer API",
        says="an element's id is a number",
        shot=lambda make: make.shot(elements=(make.element("9223372036854775807"),)),
        body={"element_list": [{"element_id": 9223372036854775807}]},
    ),
    Wire(
        page="Kling, Comet",
        says="listed parts are customized, numbered from 1, beside an empty prompt",
        shot=lambda make: make.omni(prompt="", multi_shot=make.parts(2, 3)),
        body={
            "prompt": "",
            "multi_shot": True,
            "shot_type": "customize",
            "multi_prompt": [
                {"index": 1, "prompt": "she turns", "duration": "2"},
                {"index": 2, "prompt": "she turns", "duration": "3"},
            ],
        },
    ),
    Wire(
        page="Kling",
        says="what the model cuts by itself has a prompt and no parts",
        shot=lambda make: make.omni(multi_shot=MultiShot(auto=True, place=make.place)),
        body={
            "prompt": "a lighthouse at dawn",
            "multi_shot": True,
            "shot_type": "intelligence",
            "multi_prompt": None,
        },
    ),
    Wire(
        page="Kling",
        says="a plain shot says nothing of multi-shot",
        shot=lambda make: make.omni(),
        body={"multi_shot": None, "shot_type": None, "multi_prompt": None},
    ),
    Wire(
        page="Kling: not in the schema",
        says="no field goes along that was not asked for",
        shot=lambda make: make.shot(),
        body={"negative_prompt": None, "cfg_scale": None, "watermark_info": None},
    ),
]


@pytest.mark.parametrize("rule", WIRE, ids=lambda rule: rule.says)
@pytest.mark.parametrize("provider", TABLE.providers())
def test_a_rule_about_the_body_is_kept(make: Any, rule: Wire, provider: str) -> None:
    request = provider_named(provider).create_request(rule.shot(make), "ob-1", {})
    body = json.loads(request.body or b"{}")

    assert {name: body.get(name) for name in rule.body} == rule.body


@pytest.mark.parametrize(
    ("provider", "field"), [("cometapi", "model_name"), ("apimodels", "model")]
)
def test_the_model_has_the_providers_own_name(make: Any, provider: str, field: str) -> None:
    request = provider_named(provider).create_request(make.shot(), "ob-1", {})
    body = json.loads(request.body or b"{}")

    assert {name for name in body if name.startswith("model")} == {field}


def test_a_picture_goes_as_bare_base64(make: Any) -> None:
    path = Path("/a.png")
    shot = make.shot(images=(make.file(path),))
    request = provider_named("cometapi").create_request(shot, "ob-1", {path: b"\x89PNG"})

    assert json.loads(request.body or b"{}")["image_list"] == [{"image_url": "iVBORw=="}]


NOT_CHECKED = {
    "o1 takes elements of several images only": "Kinds of elements",
    "no video-character element beside a reference video": "Kinds of elements",
    "limits of images and videos at addresses": "What is behind an address",
    "multi-shot beside a video, in the newer API": "`multi_shot` beside a video",
    "watermark_info, and whatever gateways list beside the schema": "Unknown `extra` fields",
    "size of the body of many images": "The length of the whole request body",
    "std ignores an end frame, seen in Kling's other models": "An end frame in `std`",
    "no voice control": "Voice control",
    "the codec of a video": "Codecs",
    "the shape of an image against the aspect ratio": "The shape of images",
}


@pytest.mark.parametrize("words", sorted(set(NOT_CHECKED.values())))
def test_what_is_not_checked_is_named_with_its_reason(words: str) -> None:
    _, _, listed = LIMITS.read_text(encoding="utf-8").partition("## Not checked, and why\n")

    assert f"- **{words}**" in listed
