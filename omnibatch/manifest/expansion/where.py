"""Which rows of a file count: the expression under `where`."""

from dataclasses import replace
from typing import Final

from omnibatch.manifest import codes
from omnibatch.manifest.expansion.scope import Scope, Setting
from omnibatch.manifest.nodes import Scalar
from omnibatch.manifest.template.rendered import is_template
from omnibatch.manifest.template.rendering import HOLDERS, Flaw, Parts
from omnibatch.problems import Problem

__all__ = ["Where"]

_OUR_END: Final = ") does not go with what stands before it"
_EXAMPLE: Final = 'row.active == "yes"'


class Where:
    """The expression of `scalar`, on a shot in `scene` (empty outside of scenes).

    What is wrong with it is added to the problems of `setting`.
    """

    def __init__(self, scalar: Scalar, setting: Setting, scene: str) -> None:
        self._scalar = scalar
        self._setting = setting
        self._scene = scene

    def is_right(self) -> bool:
        """Whether it is an expression at all."""
        text = self._scalar.text
        if is_template(text):
            message = "where is an expression, and this is a template"
            self._add(0, codes.TEMPLATE_SYNTAX, message, f"leave the braces out: {_EXAMPLE}")
        elif not text.strip():
            message = "where has no expression"
            self._add(0, codes.EMPTY, message, f"write one, such as {_EXAMPLE}, or leave where out")
        else:
            return True
        return False

    def holds(self, cells: Parts) -> bool | None:
        """Whether the row with these cells counts; None where that cannot be told."""
        held = Scope(self._setting, row=cells, scene=self._scene).holds(self._scalar.text)
        if isinstance(held, bool):
            return held
        for flaw in held:
            told = self._in_its_words(flaw)
            self._add(told.offset, told.code, told.message, told.hint)
        return None

    def _in_its_words(self, flaw: Flaw) -> Flaw:
        """`flaw`, with the cure for an expression where it has the one for a template."""
        message = flaw.message.replace("this template", "this expression")
        hint = flaw.hint
        word = self._word_at(flaw.offset)
        if flaw.code == codes.TEMPLATE_SYNTAX:
            hint = f"write it like {_EXAMPLE}"
            if ")" not in self._scalar.text:  # ours, around the expression
                message = message.replace(_OUR_END, "something is missing at its end")
            message = message.replace("missing before %}", "missing at its end")
        elif flaw.code == codes.UNDEFINED and word in HOLDERS - {"row", "scene"}:
            hint = "where knows row, the variables, scene.name, name and profile"
        elif flaw.code == codes.UNDEFINED and word not in HOLDERS and "did you mean" not in hint:
            hint = f'text stands in quotes: "{word}"'
        return replace(flaw, message=message, hint=hint)

    def _word_at(self, offset: int) -> str:
        rest = self._scalar.text[offset:]
        end = next((at for at, char in enumerate(rest) if not (char + "_").isidentifier()), None)
        return rest[:end]

    def _add(self, offset: int, code: str, message: str, hint: str) -> None:
        place = self._scalar.place_at(offset)
        self._setting.problems.append(Problem(place=place, code=code, message=message, hint=hint))
