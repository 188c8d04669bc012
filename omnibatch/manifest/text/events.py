"""The parser under the reader: libyaml where PyYAML was built with it, Python elsewhere.

What both read is the same. PyYAML's own parser refuses tabs between words and a `?` or `:`
in text inside brackets; it passes over directives that libyaml refuses.

Only the event layer of PyYAML is used. Its resolver reads `16:9` as 969 and its
constructor can be talked into building objects; neither is ever reached from here.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

from omnibatch.manifest.text.source import Source

__all__ = ["Events", "has_libyaml", "libyaml_events", "pure_events", "quickest_events"]

try:
    from yaml._yaml import CParser
except ImportError:  # PyYAML built without libyaml: ten times slower, or worse
    _has_libyaml = False
else:
    _has_libyaml = True

# Gives the next event, or raises `yaml.YAMLError`. Any: PyYAML's stubs call the marks of
# an event optional, which no parser leaves out, and a check per event would be felt.
Events = Callable[[], Any]
Text = TypeVar("Text", str, bytes)


class _PureParser(Reader, Scanner, Parser):
    """PyYAML's own parser, without the layers above it."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)


def has_libyaml() -> bool:
    """Tell whether the quick parser is there."""
    return _has_libyaml


def libyaml_events(source: Source) -> Events:
    """The events of a text, read by libyaml."""
    return CParser(_ended(source.encoded, b"\n")).get_event


def pure_events(source: Source) -> Events:
    """The events of a text, read by the parser written in Python."""
    return _PureParser(_ended(source.text, "\n")).get_event


def quickest_events(source: Source) -> Events:
    """The events of a text, from the quickest parser this machine has."""
    return libyaml_events(source) if _has_libyaml else pure_events(source)


def _ended(text: Text, line_break: Text) -> Text:
    """The text with its last line ended: without that, a `|` text lacks its last break."""
    return text if not text or text.endswith(line_break) else text + line_break
