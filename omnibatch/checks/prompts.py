"""Rules about the text of a prompt and the reference tokens in it."""

import re
from collections.abc import Iterator

from omnibatch.checks.codes import Code, error, warning
from omnibatch.problems import Place, Problem
from omnibatch.providers import ModelRow
from omnibatch.shots import Shot
from omnibatch.tokens import TOKEN, tokens_in

__all__ = ["HALF_PAIR", "length", "text", "tokens"]

# A surrogate alone is no character: it cannot be written as UTF-8, so not sent either.
HALF_PAIR = re.compile("[\ud800-\udfff]")


def text(shot: Shot) -> Iterator[Problem]:
    """There is a prompt, and it can be sent."""
    has_parts = shot.multi_shot is not None and bool(shot.multi_shot.parts)
    if not has_parts:
        if not shot.prompt.strip():
            place = shot.place_of("prompt")
            cure = "say what is to be seen in the clip"
            yield error(Code.PROMPT_EMPTY, place, "the prompt is empty", cure)
        if HALF_PAIR.search(shot.prompt) is None:
            return
    for words, where in _texts(shot):
        half = HALF_PAIR.search(words)
        if half is not None:
            yield error(
                Code.PROMPT_NOT_TEXT,
                where,
                f"character {half.start() + 1:,} of the prompt is half of a surrogate pair",
                "write the character itself, in UTF-8",
            )


def length(shot: Shot, row: ModelRow) -> Iterator[Problem]:
    """The whole prompt, style and tokens included, in code points."""
    most = row.limits.prompt_length.value
    if len(shot.prompt) > most:
        yield error(
            Code.PROMPT_LENGTH,
            shot.place_of("prompt"),
            f"the prompt has {len(shot.prompt):,} characters, limit {most:,}",
            f"cut {len(shot.prompt) - most:,}; style, vars and reference tokens count as well",
        )


def tokens(shot: Shot) -> Iterator[Problem]:
    """Each token names an entry of a list, and each listed reference is named."""
    if not (shot.images or shot.elements or shot.multi_shot) and "<" not in shot.prompt:
        return
    if _each_once(shot):
        return
    named: set[tuple[str, int]] = set()
    for number, (words, otherwise) in enumerate(_texts(shot)):
        for found in tokens_in(words):
            place = shot.places.get(f"{number} {found}", otherwise)
            token = TOKEN.fullmatch(found)
            if token is not None:
                named.add((token[1], int(token[2])))
                yield from _arity(shot, found, token[1], int(token[2]), place)
            else:
                yield error(
                    Code.TOKEN_MALFORMED,
                    place,
                    f"{found} is not a reference token",
                    "write {{ ref.NAME }}, or a token such as <<<image_1>>>",
                )
    yield from _unnamed(shot, named)


def _each_once(shot: Shot) -> bool:
    """Whether the prompt names each image once and has no other bracket, as most do."""
    prompt, count = shot.prompt, len(shot.images)
    return (
        not (shot.elements or shot.multi_shot)
        and prompt.count("<") == prompt.count(">") == 3 * count
        and all(
            image.use == "reference" and f"<<<image_{number}>>>" in prompt
            for number, image in enumerate(shot.images, 1)
        )
    )


def _arity(shot: Shot, token: str, kind: str, number: int, place: Place) -> Iterator[Problem]:
    """Frames stand in the image list too, but after the references and without a name."""
    if kind == "image" and number <= len(shot.images):
        use = shot.images[number - 1].use
        if use != "reference":
            yield error(
                Code.TOKEN_NAMES_FRAME,
                place,
                f"{token} is the {use.replace('_', ' ')}, and frames are not named in a prompt",
                "leave the token out, or list the picture among the references too",
            )
        return
    count = {
        "image": sum(image.use == "reference" for image in shot.images),
        "element": len(shot.elements),
        "video": int(shot.video is not None),
    }[kind]
    if number > count and not shot.is_broken:
        yield error(
            Code.TOKEN_NAMES_NOTHING,
            place,
            f"{token} names {kind} {number}, and the shot has {count}",
            f"number the {kind}s from 1 to {count}" if count else f"add the {kind} to references",
        )


def _unnamed(shot: Shot, named: set[tuple[str, int]]) -> Iterator[Problem]:
    """A video shapes the whole clip and needs no name; an image or element may be lost."""
    listed = [
        *(
            ("image", n, i.name, i.place)
            for n, i in enumerate(shot.images, 1)
            if i.use == "reference"
        ),
        *(("element", n, e.name, e.place) for n, e in enumerate(shot.elements, 1)),
    ]
    for kind, number, name, place in listed:
        if (kind, number) not in named:
            yield warning(
                Code.REFERENCE_UNNAMED,
                shot.places.get(f"references {name}", place),
                f"{kind} {number}{f' ({name})' if name else ''} is sent, but no prompt names it",
                f"write {{{{ ref.{name or 'NAME'} }}}} where it belongs, or take it off the list",
            )


def _texts(shot: Shot) -> Iterator[tuple[str, Place]]:
    """Every text of the shot that is sent as a prompt, with its place."""
    yield shot.prompt, shot.place_of("prompt")
    if shot.multi_shot is not None:
        for part in shot.multi_shot.parts:
            yield part.prompt, part.place
