"""Keys that stand in the wrong map: where in a manifest they belong.

A key that exists elsewhere under the very same name is no misspelling of one that is
known here, however alike the two look.
"""

from collections.abc import Container
from functools import cache

from omnibatch.schema import load_schema

__all__ = ["place_for"]

_ON_THE_SHOT = "write it on the shot itself"


def place_for(word: str, known: Container[str]) -> str:
    """Where `word` belongs, if it is a key of another map than the one that knows `known`.

    Empty where it is no key anywhere, or where nothing can be told.
    """
    top, shot, values = _keys("manifest"), _keys("shot"), _keys("values")
    if "matrix" in known:
        if word == "scene":
            return "a scene stands around its shots: - scene: NAME, with shots: below it"
        return "it belongs at the top of the manifest" if word in top else ""
    if "budget" in known or "scene" in known:
        if word in values:
            return "put it under defaults, or on a shot"
        return "it belongs to a shot: put it on one of shots" if word in shot else ""
    if "vars" in known:
        # Libraries and files of shots.
        return "it belongs into the manifest itself" if word in top else ""
    if "style" in known:
        return _ON_THE_SHOT if word in shot else ""
    return ""


@cache
def _keys(name: str) -> frozenset[str]:
    schema = load_schema("manifest")
    rule = schema if name == "manifest" else schema["$defs"][name]
    return frozenset(rule["properties"])
