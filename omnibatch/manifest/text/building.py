"""From parse events to nodes: one pass, no recursion.

What the parser cannot read is worded elsewhere; what it reads and a manifest may not
hold (several documents, repeated keys, tags, too many levels) is found on this way.
"""

from typing import Any

from yaml.error import YAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from omnibatch.collection import without_collection
from omnibatch.manifest.nodes import Node, Scalar, core_value, scalar_at
from omnibatch.manifest.text.anchors import (
    DEEPEST,
    Anchored,
    Anchors,
    Stop,
    too_deep,
    unknown_alias,
)
from omnibatch.manifest.text.bounds import MOST_ENTRIES, stop_at_excess, turns
from omnibatch.manifest.text.documents import another_version, empty_file, second_document
from omnibatch.manifest.text.events import Events, quickest_events
from omnibatch.manifest.text.layout import missing_space
from omnibatch.manifest.text.lenient import Leniency, name_runs_on
from omnibatch.manifest.text.opened import Opened
from omnibatch.manifest.text.places import FLOW, UNKNOWN, locate
from omnibatch.manifest.text.quoting import unquoted_template
from omnibatch.manifest.text.silence import Silence
from omnibatch.manifest.text.source import Source, escaped_unprintable
from omnibatch.manifest.text.tags import refused_tag, tagged_scalar
from omnibatch.manifest.text.wording import explain, mistake_of
from omnibatch.problems import Place, Problem

__all__ = ["build"]


def build(source: Source, events: Events | None = None) -> tuple[Node | None, list[Problem]]:
    """Read a text's events to their end: the top node, and what was found on the way.

    The node is None where the text has none, or breaks off.
    """
    builder = _Builder(source)
    with without_collection():
        node = builder.run(events or quickest_events(source))
    return node, builder.problems


class _Builder:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.anchors = Anchors()
        self.silence = Silence(source)
        self.leniency = Leniency(source)
        self.stack: list[Opened] = []
        self.closed: Opened | None = None
        # Only what has a name can be asked for again, and only then sizes count.
        self.has_names = "&" in source.text

    def run(self, next_event: Events) -> Node | None:
        top: list[Node] = []
        items = top  # where the next node goes
        file = self.source.file
        comments = self.silence.comments
        leniency, source_text = self.leniency, self.source.text
        questions = leniency.has_questions
        text_end = 0  # of the last scalar
        words: dict[str, str] = {}
        make: Any = tuple.__new__
        last_line, number = -1, 0
        event: Any = None
        try:
            for _ in turns(self.stack, self.problems, file):
                event = next_event()
                kind = type(event)
                if kind is ScalarEvent:
                    text = event.value
                    if len(text) < 16:  # keys and short values repeat: one copy is kept
                        text = words.setdefault(text, text)
                    start, end = event.start_mark, event.end_mark
                    line, column = start.line, start.column
                    style, inside = FLOW.get(event.style, UNKNOWN)
                    if (
                        inside is None
                        or not text
                        or line != end.line
                        or (inside and end.column - column != len(text) + 2)
                        or event.anchor is not None
                        or event.tag is not None
                    ):
                        items.append(self.scalar(event, text))
                    else:  # most scalars; spelt out for speed
                        if line != last_line:  # a key and its value share the number
                            last_line, number = line, line + 1
                        items.append(make(Scalar, (text, style, file, number, column + 1, inside)))
                    if questions and source_text.startswith("?", start.index - 1):
                        self.add(leniency.questioned(event))
                    if leniency.touches < end.index:
                        self.problems.extend(leniency.passed(text_end, event))
                    text_end = end.index
                    if comments and end.index in comments:
                        self.problems.extend(self.silence.after(event, text))
                elif kind is MappingStartEvent or kind is SequenceStartEvent:
                    items = self.start(event, is_map=kind is MappingStartEvent)
                elif kind is MappingEndEvent or kind is SequenceEndEvent:
                    node = self.end(event)
                    items = self.stack[-1].items if self.stack else top
                    items.append(node)
                elif kind is AliasEvent:
                    items.append(self.alias(event))
                elif kind is DocumentStartEvent:
                    self.document(event, has_top=bool(top))
                elif kind is StreamEndEvent:
                    self.problems.extend(leniency.between(text_end, len(self.source.text)))
                    return self.whole(top)
        except Stop as stop:
            self.problems.append(stop.problem)
        except (YAMLError, ValueError, OverflowError) as error:
            # The last two: PyYAML's own parser, on escapes outside Unicode.
            self.broken_off(error, event)
        return None

    def whole(self, top: list[Node]) -> Node | None:
        self.problems.extend(self.anchors.unused())
        if not top or (isinstance(top[0], Scalar) and core_value(top[0]) is None):
            self.problems.append(empty_file(self.source.file))
            return None
        if isinstance(top[0], Scalar):  # `version:1`, a file of one text
            self.add(missing_space(self.source, top[0].place.line - 1))
        return top[0]

    def broken_off(self, error: Exception, last: Any) -> None:
        """Say once what is wrong: what was found from that line on is its consequence."""
        for each in self.stack:
            each.give_up(self.problems)
        opened = tuple(each.block() for each in self.stack)
        closed = self.closed.block() if self.closed else None
        mistake = mistake_of(self.source, error, last, opened, closed)
        problem = self.silence.cut_off(mistake) or explain(mistake)
        problem = self.leniency.cause(problem, mistake, self.problems)
        self.problems = [each for each in self.problems if each.place.line < problem.place.line]
        self.problems.append(problem)

    def add(self, problem: Problem | None) -> None:
        if problem is not None:
            self.problems.append(problem)

    def place(self, mark: Any) -> Place:
        return self.source.place(mark.line, mark.column)

    def scalar(self, event: Any, text: str) -> Scalar:
        scalar = locate(event, self.source, text)
        if event.tag is not None:
            scalar, problem = tagged_scalar(event, scalar, self.source)
            self.add(problem)
        if scalar.body is None:
            if scalar.style == "double":
                self.add(escaped_unprintable(text, scalar.place))
            elif scalar.style == "plain":
                self.add(self.silence.run_together(scalar, event.start_mark.index))
            elif not text.strip("\n") and scalar.style in ("literal", "folded"):
                parent = self.stack[-1].place if self.stack else None
                self.add(self.leniency.measured(event, parent))
        if event.anchor is not None:
            place = self.place(event.start_mark)
            self.add(name_runs_on(event, self.source))
            named = Anchored(node=scalar, size=1, height=0, place=place)
            self.anchors.name(event.anchor, named)
        return scalar

    def start(self, event: Any, *, is_map: bool) -> list[Node]:
        mark = event.start_mark
        place = Place(self.source.file, mark.line + 1, mark.column + 1)
        if len(self.stack) >= DEEPEST:
            raise Stop(too_deep(place))
        opened = Opened(event, mark.index, place, is_map)
        if opened.anchor is not None:
            self.anchors.open(opened.anchor)
        if event.tag is not None:
            self.add(refused_tag(event, self.source, is_map=is_map))
        self.stack.append(opened)
        return opened.items

    def end(self, event: Any) -> Node:
        closed = self.closed = self.stack[-1]
        if closed.entries > MOST_ENTRIES:
            stop_at_excess((closed,), 0, (), self.source.file)
        self.stack.pop()
        node: Node
        if closed.is_template:
            text = self.source.text[closed.start : event.end_mark.index]
            node = scalar_at(closed.place, text)
        else:
            node = closed.node(self.problems)
        if closed.anchor is not None:
            size, height = closed.size, closed.height
            named = Anchored(node=node, size=size, height=height, place=closed.place)
            self.anchors.name(closed.anchor, named)
        if self.stack and (self.has_names or self.stack[-1].awaits_key()):
            self.hold(closed.size, closed.height, closed.place)
        return node

    def hold(self, size: int, height: int, place: Place) -> None:
        """Count a list or map into the one that holds it, and see that it is no key."""
        if not self.stack:
            return
        parent = self.stack[-1]
        parent.hold(size, height)
        if not parent.awaits_key():
            return
        parent.is_suspect = True
        if parent.is_flow and self.source.text.startswith("{{", parent.start):
            parent.is_template = True
            self.problems.append(unquoted_template(parent.place))
        else:
            message = "a key is text, not a list or a map"
            self.add(Problem(place=place, code="OB121", message=message, hint="quote it"))

    def alias(self, event: Any) -> Node:
        place = self.place(event.start_mark)
        self.add(name_runs_on(event, self.source))
        self.add(self.leniency.questioned(event))
        named = self.anchors.resolve(event.anchor, place, len(self.stack))
        if named is None:
            self.problems.append(unknown_alias(event.anchor, place))
            return scalar_at(place, f"*{event.anchor}", inside=0)
        if named.height:
            self.hold(named.size, named.height, place)
        return named.node

    def document(self, event: Any, *, has_top: bool) -> None:
        place = self.place(event.start_mark)
        if has_top:
            raise second_document(place)
        self.add(another_version(event, place))
