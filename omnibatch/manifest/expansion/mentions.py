"""References that a prompt calls by `@`, as some tools do: here that is sent as a word."""

import re
from collections.abc import Container, Iterator

from omnibatch.manifest import codes, nodes
from omnibatch.manifest.expansion.draft import Draft
from omnibatch.manifest.expansion.pictures import Pictures
from omnibatch.problems import Place, Problem

__all__ = ["check_mentions"]

_MENTION = re.compile(r"(?<![\w.])@(\w+)")


def check_mentions(draft: Draft, pictures: Pictures, known: Container[str]) -> None:
    """Warn of each `@keeper` in a prompt where `keeper` is one of the references `known`."""
    if "@" not in pictures.prompt and pictures.multi_shot is None:
        return  # nearly all shots
    for text, place in _texts(draft, pictures):
        for found in _MENTION.finditer(text):
            if found[1] in known:
                draft.problems.append(
                    Problem(
                        place=_place_in(draft, found[0]) or place,
                        code=codes.MENTION,
                        message=f"{found[0]} is sent as a word, and names no reference",
                        hint=f"write {{{{ ref.{found[1]} }}}}",
                        severity="warning",
                    )
                )


def _texts(draft: Draft, pictures: Pictures) -> Iterator[tuple[str, Place]]:
    yield pictures.prompt, draft.place_of("prompt")
    for part in pictures.multi_shot.parts if pictures.multi_shot else ():
        yield part.prompt, part.place


def _place_in(draft: Draft, mention: str) -> Place | None:
    picked = draft.values.get("prompt")
    if picked is None or not isinstance(picked.node, nodes.Scalar):
        return None
    offset = picked.node.text.find(mention)
    return picked.node.place_at(offset) if offset >= 0 else None
