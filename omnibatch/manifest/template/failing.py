"""Which piece of a template's code fails, where several stand in one text.

Jinja knows lines and no columns, and its compiled code says which line it was made of. So
the template is compiled once more, with each piece of code on a line of its own.
"""

from bisect import bisect_right
from collections.abc import Mapping
from typing import Final

from jinja2 import Template as Compiled

from omnibatch.manifest.template.code import spans
from omnibatch.manifest.template.environment import environment
from omnibatch.manifest.template.tree import with_columns

__all__ = ["ByLines"]

_FILE: Final = "<template>"  # what Jinja calls a template that has no file


class ByLines:
    """A template that has been checked, compiled by lines."""

    def __init__(self, text: str) -> None:
        self._offsets = [start for start, _ in spans(text)]
        self._lines: list[int] = []
        whole = ""
        before = 0
        for start in self._offsets:
            whole += text[before:start] + "\n"
            self._lines.append(whole.count("\n") + 1)
            before = start
        tree = with_columns(environment().parse(whole + text[before:]))
        self._compiled = Compiled.from_code(environment(), environment().compile(tree), {})

    def failing(self, given: Mapping[str, object]) -> int:
        """The offset of the piece that fails with the names `given`; of the first if none does."""
        try:
            for _ in self._compiled.root_render_func(self._compiled.new_context(dict(given))):
                pass
        except Exception as error:  # the same as before, whatever it was
            return self._offset(error)
        return self._offsets[0] if self._offsets else 0

    def _offset(self, error: Exception) -> int:
        line = 0
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == _FILE:
                line = self._compiled.get_corresponding_lineno(trace.tb_lineno)
            trace = trace.tb_next
        at = bisect_right(self._lines, line) - 1
        return self._offsets[max(0, at)] if self._offsets else 0
