"""`omnibatch expand`: shots as they will be sent, and where each field came from."""

import json
import os
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from omnibatch.checks import CheckedShot, load_files
from omnibatch.cli.options import Chosen, manifest_options, selection_options
from omnibatch.cli.reading import read_manifest
from omnibatch.cli.saying import clean, money, say, say_error, say_json
from omnibatch.errors import Exit
from omnibatch.media import MediaFault
from omnibatch.providers import provider_named
from omnibatch.shots import FileSource, FrameSource, ImageSource, UrlSource

__all__ = ["command"]

_LONGEST_SHOWN = 120
# Stands for the attempt's id, which a run derives from the ledger.
_ATTEMPT = "ob-(the attempt's id)"
_FIELDS = ("model", "prompt", "mode", "duration", "aspect_ratio", "sound")


@click.command("expand", epilog="For instance: omnibatch expand specs/harbor.yaml opening --body")
@manifest_options
@selection_options
@click.option(
    "--body", is_flag=True, help="Print the exact request; files are named, not spelt out."
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON (schema: omnibatch schema expand)."
)
def command(
    chosen: Chosen, select: tuple[str, ...], exclude: tuple[str, ...], body: bool, as_json: bool
) -> Exit:
    """Show SHOT... (all by default) fully resolved.

    Every template is rendered and every default applied; each field says where it came
    from, and defaults that do not apply are named with the reason.
    """
    reading = read_manifest(chosen)
    if reading.batch is None:
        return Exit.PROBLEMS
    shots = reading.batch.shots
    chosen_ones = (*chosen.rest, *select)
    if chosen_ones or exclude:
        from omnibatch.plan import select_slots  # it knows the ledger, which the rest needs not

        film = [checked.shot for checked in shots]
        slots = [shot.slot for shot in film]
        wanted = select_slots(slots, select=chosen_ones, exclude=exclude, shots=film)
        shots = tuple(c for c in shots if c.shot.slot in wanted)
    if body:
        return _say_bodies(shots)
    if as_json:
        data = {
            "version": 1,
            "manifest": reading.manifest.as_posix(),
            "shots": [*map(_json, shots)],
        }
        say_json(data)
        return Exit.DONE
    for checked in shots:
        _say_shot(checked, reading.batch.batch.folder)
    return Exit.DONE


def _say_shot(checked: CheckedShot, folder: Path) -> None:
    shot = checked.shot
    row = "" if shot.row is None else f", row {shot.row.file}:{shot.row.line}"
    say(f"{shot.slot}  ({shot.place}{row})")
    for name in _FIELDS:
        value = getattr(shot, name)
        if value not in (None, ""):
            _say_text(name, str(value), f"   [{shot.origins.get(name, 'built-in')}]")
    if shot.multi_shot is not None and shot.multi_shot.auto:
        say(f"  {'multi_shot':<13} auto")
    for number, part in enumerate(shot.multi_shot.parts if shot.multi_shot else (), 1):
        _say_text(f"part {number}", f"{part.duration} s: {part.prompt}")
    for number, image in enumerate(shot.images, 1):
        words = f"{image.use} {image.name}".rstrip()
        say(f"  image {number:<7} {words}: {clean(_shown(image.source, folder))}")
    for number, element in enumerate(shot.elements, 1):
        say(f"  element {number:<5} {element.id_at(checked.provider)}")
    if shot.video is not None:
        words = f"{shot.video.use} {shot.video.name}".rstrip()
        say(f"  video         {words}: {clean(_shown(shot.video.source, folder))}")
    for field, reason in shot.dropped.items():
        say(f"  dropped       {field}: {reason}")
    price = "price unknown" if checked.price is None else money(checked.price)
    say(f"  provider      {checked.provider}, {price}")
    say(f"  output        {shot.target}")
    waits = "known once the clips of its frames are collected"
    say(f"  digest        {waits if checked.is_open else checked.digest}")
    say()


def _say_text(name: str, text: str, after: str = "") -> None:
    """Print a value, its further lines below the first; `after` stands behind that one."""
    lines = _lines(text)
    say(f"  {name:<13} {lines[0]}{after}")
    for line in lines[1:]:
        say(f"  {'':<13} {line}")


def _shown(source: ImageSource, folder: Path) -> str:
    """An address, or a path relative to the manifest, in whichever file it was written."""
    if isinstance(source, FrameSource):
        return str(source)
    if isinstance(source, FileSource):
        return Path(os.path.relpath(source.path, folder)).as_posix()
    return source.url if isinstance(source, UrlSource) else source.shown


def _lines(text: str) -> list[str]:
    """The lines of a value, each fit for a terminal."""
    return [clean(line) for line in text.splitlines()] or [""]


def _json(checked: CheckedShot) -> Mapping[str, Any]:  # schemas/expand.schema.json
    shot = checked.shot
    return {
        "shot": shot.slot.shot,
        "profile": shot.slot.profile or None,
        "take": shot.slot.take,
        "file": shot.place.file,
        "line": shot.place.line,
        "scene": shot.scene or None,
        "row": None if shot.row is None else {"file": shot.row.file, "line": shot.row.line},
        "request": dict(checked.request),
        "digest": checked.digest,
        "provider": checked.provider,
        "price": None if checked.price is None else str(checked.price),
        "output": shot.target,
        "origins": dict(shot.origins),
        "dropped": dict(shot.dropped),
        "tags": list(shot.tags),
        "skip": shot.skip,
    }


def _say_bodies(shots: tuple[CheckedShot, ...]) -> Exit:
    for checked in shots:
        files = load_files(checked)
        if isinstance(files, MediaFault):
            say_error(files.message, files.hint)
            return Exit.PROBLEMS
        provider = provider_named(checked.provider)
        stand_ins: dict[Path | FrameSource, bytes] = {
            frame: str(frame).encode() for frame in checked.shot.frames
        }
        request = provider.create_request(checked.shot, _ATTEMPT, {**files, **stand_ins})
        say(f"{request.method} {provider.endpoint}{request.path}")
        data = json.loads(request.body or b"{}")
        known = {b64encode(text).decode(): f"({text.decode()})" for text in stand_ins.values()}
        say(json.dumps(_shortened(data, known), ensure_ascii=False, indent=2))
    return Exit.DONE


def _shortened(value: Any, known: Mapping[str, str]) -> Any:  # any JSON
    """Base64 is no reading matter: only its length is shown, or what it is `known` for."""
    if isinstance(value, dict):
        return {
            key: _base64(item, known) if key == "image_url" else _shortened(item, known)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_shortened(item, known) for item in value]
    return value


def _base64(text: Any, known: Mapping[str, str]) -> Any:  # any JSON
    if isinstance(text, str) and text in known:
        return known[text]
    if isinstance(text, str) and len(text) > _LONGEST_SHOWN and "://" not in text[:12]:
        return f"{text[:16]}... ({len(text)} characters of Base64)"
    return text
