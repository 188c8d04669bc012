"""`omnibatch models`: what each model takes at each provider, what it costs, and who says so."""

import textwrap
from typing import Any

import click

from omnibatch.cli.saying import say, say_error, say_json, say_table
from omnibatch.errors import Exit, UsageError
from omnibatch.providers import (
    ModelRow,
    Source,
    Span,
    fault_of,
    known_providers,
    table_with,
)

__all__ = ["command"]

# The facts in the order in which people ask for them, in their words.
_WORDS = {
    "prompt_length": "prompt",
    "modes": "mode",
    "aspect_ratios": "aspect_ratio",
    "duration": "duration",
    "duration_with_video": "  with a video",
    "plain_durations": "  of text or first frame alone",
    "sounds": "sound",
    "parts": "multi_shot",
    "part_prompt_length": "  prompt of a part",
    "references": "references",
    "references_with_video": "  with a video",
    "first_frame_elements": "  elements with a first frame",
    "end_frame_elements": "  elements with an end frame",
    "end_frame_images": "  images with an end frame",
    "image_formats": "image",
    "image_bytes": "  size",
    "image_side": "  least side",
    "image_ratio": "  longest to shortest side",
    "videos": "videos",
    "video_formats": "video",
    "video_seconds": "  length",
    "video_side": "  side",
    "video_frame_rate": "  frame rate",
    "video_bytes": "  size",
}
# Where no value means no limit; elsewhere it means that the model has no such thing.
_UNLIMITED = {"plain_durations": "any", "end_frame_images": "any number"}


@click.command("models", epilog="For instance: omnibatch models --provider apimodels")
@click.option("--provider", metavar="NAME", help="Only what this provider offers.")
@click.option("--json", "as_json", is_flag=True, help="One document (omnibatch schema models).")
def command(provider: str | None, as_json: bool) -> Exit:
    """List the models of each provider: limits, prices, and where each fact stands.

    These are the facts that `validate` checks by and `plan` counts with. A price that
    nobody states is unknown; a manifest's own `prices` count before these.
    """
    known = known_providers()
    if provider is not None and provider not in known:
        hint = f"known: {', '.join(known)}"
        raise UsageError(f"there is no provider called {provider!r}", hint)
    asked = known if provider is None else (provider,)
    for fault in filter(None, map(fault_of, asked)):
        if provider is not None:
            raise fault
        say_error(fault.message, fault.hint)
    rows = [row for name in asked for row in table_with(asked).at(name)]
    if as_json:
        document = {"version": 1, "models": [_document(row) for row in rows]}
        say_json(document)
        return Exit.DONE
    sources: dict[tuple[str, str], int] = {}
    for row in rows:
        _say_row(row, sources)
    say("sources")
    for (title, url), number in sources.items():
        say(textwrap.fill(title, 78, initial_indent=f"  [{number}] ", subsequent_indent=" " * 6))
        say(f"      {url}")
    return Exit.DONE


def _say_row(row: ModelRow, sources: dict[tuple[str, str], int]) -> None:
    def mark(title: str, url: str, date: str) -> str:
        return f"[{sources.setdefault((f'{title}, read on {date}', url), len(sources) + 1)}]"

    facts = dict(row.limits.facts())
    lines = []
    for name, word in _WORDS.items():
        fact = facts[name]
        source = fact.source
        value = _UNLIMITED.get(name, "none") if fact.value is None else str(fact)
        lines.append((f"  {word}", value, mark(source.title, source.url, source.date)))
    say(f"{row.model} at {row.provider}")
    for doubt in row.doubts:
        source = doubt.source
        said = f"doubt: {doubt.message} {mark(source.title, source.url, source.date)}"
        say(textwrap.fill(said, 78, initial_indent="  ", subsequent_indent="    "))
    for rate in row.rates:
        source = rate.source
        said = mark(source.title, source.url, source.date)
        lines.append((f"  price, {rate.mode}, sound {rate.sound}", f"{rate.per_second}/s", said))
    if not row.rates:
        lines.append(("  price", "unknown", ""))
    say_table(("  LIMIT", "VALUE", "SOURCE"), lines)
    say()


def _document(row: ModelRow) -> dict[str, Any]:
    return {
        "provider": row.provider,
        "model": row.model,
        "limits": {
            name: {"value": _plain(fact.value), "unit": fact.unit, "source": _source(fact.source)}
            for name, fact in row.limits.facts()
        },
        "prices": [
            {
                "mode": rate.mode,
                "sound": rate.sound,
                "per_second": str(rate.per_second),
                "source": _source(rate.source),
            }
            for rate in row.rates
        ],
        "doubts": [
            {"about": doubt.about, "message": doubt.message, "source": _source(doubt.source)}
            for doubt in row.doubts
        ],
    }


def _source(source: Source) -> dict[str, str]:
    return {"title": source.title, "url": source.url, "date": source.date}


def _plain(value: object) -> object:
    """A fact's value as JSON: a span as its two ends, an exact number as text."""
    if isinstance(value, Span):
        return {"least": value.least, "most": value.most}
    if isinstance(value, tuple):
        return list(value)
    return value if value is None or isinstance(value, int | str) else str(value)
