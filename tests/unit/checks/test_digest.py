"""Digests stand in lockfiles for years: pinned here, with what they hold and leave out."""

from pathlib import Path
from typing import Any

import pytest

from omnibatch.checks import digest_of, request_of
from omnibatch.problems import Place
from omnibatch.shots import MultiShot, Slot

FULL_REQUEST = {
    "model": "kling-video-o1",
    "prompt": "The keeper <<<image_1>>> walks — 夜明け",
    "mode": "pro",
    "duration": 7,
    "sound": "original",
    "images": ["sha256:" + "a" * 64, "key:pier-v2"],
    "first_frame": "https://example.com/first.png",
    "elements": ["160123456789012345"],
    "video": {"url": "https://example.com/sway.mp4", "use": "feature"},
    "extra": {"apimodels": {"b": 1.5, "a": [True, None]}, "cometapi": {"z": "ü"}},
}


def full_shot(make: Any, tmp_path: Path) -> Any:
    return make.shot(
        prompt="The keeper <<<image_1>>> walks — 夜明け",
        mode="pro",
        duration=7,
        aspect_ratio=None,
        sound="original",
        images=(
            make.file(tmp_path / "keeper.png"),
            make.image(url="https://example.com/pier.jpg?sig=123", key="pier-v2"),
            make.image("first_frame", url="https://example.com/first.png"),
        ),
        elements=(make.element("160123456789012345"),),
        video=make.video(),
        extra={"cometapi": {"z": "ü"}, "apimodels": {"b": 1.5, "a": (True, None)}},
    )


def digest(make: Any, **changes: Any) -> str:
    shot = make.shot(**changes)
    return digest_of(request_of(shot, [None] * len(shot.images)))


def test_the_plainest_request_holds_six_values_and_no_more(make: Any) -> None:
    assert request_of(make.shot(), []) == {
        "model": "kling-video-o1",
        "prompt": "a lighthouse at dawn",
        "mode": "std",
        "duration": 5,
        "aspect_ratio": "16:9",
        "sound": "off",
    }


def test_a_full_request_names_every_source_by_what_it_holds(make: Any, tmp_path: Path) -> None:
    facts = [make.facts(sha256="a" * 64), None, None]

    assert request_of(full_shot(make, tmp_path), facts) == FULL_REQUEST


def test_the_plainest_digest_is_what_it_always_was(make: Any) -> None:
    assert digest(make) == "sha256:e2400dd7c695b774608652df7a92b9ee066db0193dee8dddd4011c47d27d6e43"


def test_the_full_digest_is_what_it_always_was() -> None:
    assert (
        digest_of(FULL_REQUEST)
        == "sha256:e2ecda25838fbe7ac63b990c628821e7637303a8870acd03aee33b2f3c09ac46"
    )


def test_the_order_of_keys_does_not_matter() -> None:
    assert digest_of(dict(reversed(FULL_REQUEST.items()))) == digest_of(FULL_REQUEST)


@pytest.mark.parametrize(
    "change",
    [
        {"model": "kling-v3-omni"},
        {"prompt": "a lighthouse at dusk"},
        {"mode": "pro"},
        {"duration": 10},
        {"aspect_ratio": "1:1"},
        {"sound": "on"},
        {"extra": {"apimodels": {"watermark": True}}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_shapes_the_clip_is_in_the_digest(make: Any, change: dict[str, Any]) -> None:
    assert digest(make, **change) != digest(make)


@pytest.mark.parametrize(
    "change",
    [
        {"providers": ("cometapi", "apimodels")},
        {"slot": Slot("another", "final", 3)},
        {"place": Place("other.yaml", 1, 1)},
        {"callback_url": "https://example.com/done"},
        {"target": "elsewhere.mp4"},
        {"tags": ("night",)},
        {"note": "wide"},
        {"caption": "Dawn"},
        {"skip": True},
        {"origins": {"mode": "shot"}},
        {"dropped": {"duration": "an edit"}},
        {"extra": {"apimodels": {}}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_does_not_shape_the_clip_is_not_in_the_digest(
    make: Any, change: dict[str, Any]
) -> None:
    assert digest(make, **change) == digest(make)


def test_where_a_reference_stands_and_what_it_is_called_are_not_in_the_digest(make: Any) -> None:
    assert digest(make, images=(make.image(name="a"),)) == digest(
        make, images=(make.image(name="b"),)
    )


def test_ids_by_provider_are_all_in_the_request_whoever_is_chosen(make: Any, result: Any) -> None:
    shots = [
        make.shot(providers=providers, elements=(make.element_at(cometapi="16", apimodels="17"),))
        for providers in (("cometapi", "apimodels"), ("apimodels", "cometapi"), ("apimodels",))
    ]
    found = [result(shot).batch.shots[0] for shot in shots]

    assert [checked.provider for checked in found] == ["cometapi", "apimodels", "apimodels"]
    assert found[0].request["elements"] == [{"apimodels": "17", "cometapi": "16"}]
    assert len({checked.digest for checked in found}) == 1


def test_another_id_at_one_provider_is_another_request(make: Any) -> None:
    ids = ({"cometapi": "16"}, {"cometapi": "16", "apimodels": "17"}, {"cometapi": "18"})

    assert len({digest(make, elements=(make.element_at(**each),)) for each in ids}) == 3


def test_the_digest_of_ids_by_provider_is_what_it_always_was(make: Any) -> None:
    elements = (make.element_at(cometapi="16", apimodels="17"),)

    assert digest(make, elements=elements) == (
        "sha256:517c64604a57316eac47cecf4a17dbc08c929e1eccb4f91b7e385932ecb70fda"
    )


def test_a_file_counts_by_its_content_not_by_its_path(make: Any) -> None:
    here = make.shot(images=(make.file(Path("/here/a.png")),))
    there = make.shot(images=(make.file(Path("/there/b.png")),))
    facts = [make.facts()]

    assert request_of(here, facts) == request_of(there, facts)
    assert request_of(here, facts) != request_of(here, [make.facts(sha256="1" * 64)])


def test_a_file_without_facts_cannot_be_described(make: Any) -> None:
    with pytest.raises(ValueError, match=r"BUG.*refs/a\.png"):
        request_of(make.shot(images=(make.file(Path("/a.png")),)), [None])


def test_facts_must_run_along_the_images(make: Any) -> None:
    with pytest.raises(ValueError, match="zip"):
        request_of(make.shot(images=make.images(2)), [None])


def test_the_same_picture_in_another_use_is_another_request(make: Any) -> None:
    uses = ("reference", "first_frame", "end_frame")

    assert len({digest(make, images=(make.image(use),)) for use in uses}) == 3


def test_the_order_of_references_matters(make: Any) -> None:
    one, two = make.image(), make.image(url="https://example.com/keeper.jpg")

    assert digest(make, images=(one, two)) != digest(make, images=(two, one))


def test_an_edit_and_a_reference_to_one_video_differ(make: Any) -> None:
    assert digest(make, video=make.video("base")) != digest(make, video=make.video("feature"))


def test_parts_and_auto_are_told_apart(make: Any) -> None:
    auto = make.shot(multi_shot=MultiShot(auto=True, place=make.place))
    parts = make.shot(prompt="", multi_shot=make.parts(2, 3))

    assert request_of(auto, [])["multi_shot"] == {"auto": True}
    assert request_of(parts, [])["multi_shot"] == {
        "parts": [{"prompt": "she turns", "duration": 2}, {"prompt": "she turns", "duration": 3}]
    }
    assert "prompt" not in request_of(parts, [])


@pytest.mark.parametrize(
    ("url", "stored"),
    [
        ("https://example.com/a.jpg", "https://example.com/a.jpg"),
        ("https://example.com:8443/a.jpg", "https://example.com:8443/a.jpg"),
        ("https://user:word@example.com/a.jpg", "https://example.com/a.jpg"),
        ("https://example.com/a.jpg#token", "https://example.com/a.jpg"),
    ],
)
def test_an_address_stands_for_itself_without_its_secrets(make: Any, url: str, stored: str) -> None:
    assert request_of(make.shot(images=(make.image(url=url),)), [None])["images"] == [stored]


def test_a_query_is_stored_as_its_hash(make: Any) -> None:
    (stored,) = request_of(
        make.shot(images=(make.image(url="https://example.com/a.jpg?signature=abc"),)), [None]
    )["images"]

    assert (
        stored
        == "https://example.com/a.jpg?sha256=586438516752ade05b46a4332ef14fd4d28c53e846f61686b51256752a41d77d"
    )


def test_two_queries_are_two_requests(make: Any) -> None:
    assert digest(make, images=(make.image(url="https://example.com/a?v=1"),)) != digest(
        make, images=(make.image(url="https://example.com/a?v=2"),)
    )


def test_a_key_outlives_the_address_it_stands_for(make: Any) -> None:
    today = make.image(url="https://example.com/a?sig=1", key="pier")
    tomorrow = make.image(url="https://example.com/b?sig=2", key="pier")

    assert digest(make, images=(today,)) == digest(make, images=(tomorrow,))


def test_half_a_surrogate_pair_still_has_a_digest() -> None:
    assert digest_of({"prompt": "\ud800"}).startswith("sha256:")


def test_infinity_has_no_digest() -> None:
    with pytest.raises(ValueError, match="JSON"):
        digest_of({"extra": {"apimodels": {"x": float("inf")}}})
