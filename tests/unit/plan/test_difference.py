"""How two requests differ, in the few words that a reviewer reads."""

import pytest

from omnibatch.plan.difference import difference


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ({"duration": 5}, {"duration": 10}, "duration 5 -> 10"),
        (
            {"mode": "std", "duration": 5},
            {"mode": "pro", "duration": 10},
            "duration 5 -> 10, mode std -> pro",
        ),
        ({}, {"sound": "on"}, "sound added"),
        ({"images": ["sha256:1"]}, {}, "images removed"),
        ({"prompt": "a" * 30}, {"prompt": "b"}, "prompt changed"),
        ({"prompt": "a\nb"}, {"prompt": "a"}, "prompt changed"),
        ({"images": ["sha256:1"]}, {"images": ["sha256:2"]}, "images ['sha256:1'] -> ['sha256:2']"),
        ({"mode": "std"}, {"mode": "std"}, "the same words under another digest version"),
        (None, {"mode": "std"}, "changed since the last attempt"),
    ],
)
def test_fields_that_differ_are_named_with_their_values_where_short(
    before: dict[str, object] | None, after: dict[str, object], said: str
) -> None:
    assert difference(before, after) == said
