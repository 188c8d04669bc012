"""The pairs of a map whose keys need a closer look: repeated, merged, or no text."""

from omnibatch.manifest.nodes import Mapping, Node, Scalar, Sequence
from omnibatch.manifest.text.source import excerpt
from omnibatch.problems import Problem

__all__ = ["merged_pairs"]

_Pair = tuple[Scalar, Node]


def merged_pairs(items: list[Node], problems: list[Problem]) -> tuple[_Pair, ...]:
    """The pairs of `items` (key, value, key, value): unique, with `<<` filled in.

    A key written on the map wins over a merged one, an earlier merged map over a later
    one; merged pairs stand where the `<<` stands. Adds what is wrong to `problems`.
    """
    written: dict[str, Scalar] = {}
    kept: list[_Pair] = []
    for key, value in zip(items[::2], items[1::2], strict=True):
        if not isinstance(key, Scalar):
            continue  # reported where it was read
        if key.text == "" and key.style == "plain":
            problems.append(_no_key(key))
        elif key.text in written:
            problems.append(_repeated(key, written[key.text]))
        else:
            written[key.text] = key
            kept.append((key, value))
    pairs: list[_Pair] = []
    taken = set(written)
    for key, value in kept:
        if key.text != "<<" or key.style != "plain":
            pairs.append((key, value))
            continue
        for merged in _merged_maps(value, problems):
            for pair in merged.pairs:
                if pair[0].text not in taken:
                    taken.add(pair[0].text)
                    pairs.append(pair)
    return tuple(pairs)


def _merged_maps(value: Node, problems: list[Problem]) -> list[Mapping]:
    """The maps that a `<<` names: one, or a list of them."""
    maps: list[Mapping] = []
    for node in value.items if isinstance(value, Sequence) else (value,):
        if isinstance(node, Mapping):
            maps.append(node)
        else:
            problems.append(
                Problem(
                    place=node.place,
                    code="OB127",
                    message="`<<` takes over the pairs of a map, and this is none",
                    hint="give it an alias to a map, or a list of such: `<<: [*a, *b]`",
                )
            )
    return maps


def _no_key(key: Scalar) -> Problem:
    return Problem(
        place=key.place,
        code="OB121",
        message="there is no key before the `:`",
        hint="write the key, or quote the text",
    )


def _repeated(key: Scalar, first: Scalar) -> Problem:
    if key.text == "<<":
        hint = "give one `<<` a list: `<<: [*a, *b]`"
    else:
        hint = "keep one of the two"
    return Problem(
        place=key.place,
        code="OB120",
        message=f"the key `{excerpt(key.text)}` is already set in line {first.place.line}",
        hint=hint,
    )
