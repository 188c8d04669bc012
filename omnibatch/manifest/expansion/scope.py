"""Which names a template can reach, and what they stand for in one shot.

Variables written in the manifest are templates themselves, rendered when they are used,
since what `ref.keeper` becomes depends on the shot. Values from outside (`--var`) are
data: braces in them mean nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from omnibatch.manifest import codes
from omnibatch.manifest.nodes import Scalar
from omnibatch.manifest.template.rendered import SHIFT, Templates, is_template
from omnibatch.manifest.template.rendering import Flaw, Holder, Parts, Template
from omnibatch.problems import Problem

__all__ = ["Scope", "Setting"]

_DEEPEST: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What all shots of one manifest have in common; findings are added to `problems`.

    `profile` is the one in use, empty where there are none.
    """

    name: str
    variables: Mapping[str, Scalar | str]
    problems: list[Problem]
    profile: str = ""
    templates: Templates = field(default_factory=Templates)
    given: dict[str, object] = field(init=False)

    def __post_init__(self) -> None:
        """Gather the names that stand for the same in every shot."""
        texts = {
            word: v.text.rstrip("\n") if isinstance(v, Scalar) else v
            for word, v in self.variables.items()
        }
        plain = {
            word: text
            for word, text in texts.items()
            if not isinstance(self.variables[word], Scalar) or not is_template(text)
        }
        given = {**plain, "name": self.name, "profile": self.profile, "take": 1}
        object.__setattr__(self, "given", given)


class _Failed(Exception):
    """A variable cannot be rendered; its own problem has been recorded."""


class Scope:
    """The names of one shot, or of the manifest as a whole where `facts` is None.

    `facts` are the parts of `shot`, and may grow while the shot is worked out. `matrix`
    and `names` are the texts of a combination and their names, `row` the cells of a row. `refs` and `edit` are
    in reach of prompts only. `asked` gathers the names that templates asked for.
    """

    __slots__ = (
        "_given",
        "_names",
        "_rendered",
        "_setting",
        "asked",
        "edit",
        "refs",
    )

    def __init__(
        self,
        setting: Setting,
        facts: Parts | None = None,
        *,
        matrix: Mapping[str, str] | None = None,
        names: Mapping[str, str] | None = None,
        row: Parts | None = None,
        scene: str = "",
        take: int = 1,
    ) -> None:
        self._setting = setting
        self._given = given = setting.given.copy()
        given["take"] = take
        if facts is not None:
            given["shot"] = facts
        if matrix is not None:
            given["matrix"] = Parts(matrix)
        if row is not None:
            given["row"] = row
        if scene:
            given["scene"] = Parts(name=scene)
        self._names = names
        self.refs: Holder | None = None
        self.edit: str | None = None
        self.asked: set[str] = set()
        self._rendered: dict[tuple[str, bool], str | None] = {}

    def by_name(self) -> "Scope":
        """This scope, from here on with the names of a combination in place of its texts."""
        if self._names is not None:
            self._given["matrix"] = Parts(self._names)
            self._rendered.clear()
        return self

    def text(self, scalar: Scalar, *, prompt: bool = False) -> str | None:
        """The text of `scalar`, or None where it cannot be had, which is recorded."""
        text = scalar.text
        if "{" not in text:
            return text
        template = self._setting.templates.known.get(text)
        if template is None:
            if not is_template(text):
                return text
            template = self._setting.templates.get(text)
        # The view is not kept: it would be a ring with this scope, and outlive the shot.
        return self._render(scalar, template, _View(self, self._given, prompt, ()))

    def holds(self, expression: str) -> bool | tuple[Flaw, ...]:
        """Whether `expression` is true; or what is wrong with it, which is not recorded."""
        template = self._setting.templates.condition(expression)
        try:
            rendering = (
                template
                if isinstance(template, tuple)
                else template.render(_View(self, self._given, False, ()))
            )
        except _Failed:
            return ()
        if isinstance(rendering, str):
            return bool(rendering)
        return tuple(replace(flaw, offset=max(0, flaw.offset - SHIFT)) for flaw in rendering)

    def _render(
        self, scalar: Scalar, template: Template | tuple[Flaw, ...], view: "_View"
    ) -> str | None:
        if isinstance(template, tuple):
            self._record(scalar, template)
            return None
        self.asked |= template.words
        try:
            rendering = template.render(view)
        except _Failed:
            return None
        if isinstance(rendering, str):
            return rendering
        self._record(scalar, rendering)
        return None

    def _record(self, scalar: Scalar, flaws: Iterable[Flaw]) -> None:
        for flaw in flaws:
            self._setting.problems.append(
                Problem(
                    place=scalar.place_at(flaw.offset),
                    code=flaw.code,
                    message=flaw.message,
                    hint=flaw.hint,
                )
            )

    def variable(self, word: str, view: "_View") -> str | None:
        """The text of a variable that is a template. Raise `_Failed` where it cannot be had."""
        value = self._setting.variables.get(word)
        if not isinstance(value, Scalar):
            return value
        key = (word, view.prompt)
        if key not in self._rendered:
            self._check_nesting(word, view.open_names)
            names = (*view.open_names, word)
            inner = _View(self, self._given, view.prompt, names)
            template = self._setting.templates.get(value.text)
            made = self._render(value, template, inner)
            # A block of YAML ends its last line, and a phrase does not.
            self._rendered[key] = None if made is None else made.rstrip("\n")
        text = self._rendered[key]
        if text is None:
            raise _Failed
        return text

    def _check_nesting(self, word: str, open_names: tuple[str, ...]) -> None:
        hint = "break the ring: write the text of one of them out"
        if word in open_names:
            ring = open_names[open_names.index(word) :]
            # Begin at the same name wherever the ring was entered: one finding, not many.
            first = ring.index(min(ring))
            ring = (*ring[first:], *ring[:first])
            message = f"variables need each other: {' -> '.join((*ring, ring[0]))}"
        elif len(open_names) >= _DEEPEST:
            ring = (open_names[0],)
            hint = "write the texts of some of them out, in place of their names"
            message = (
                f"variables stand {len(open_names) + 1} deep inside each other, limit {_DEEPEST}"
            )
        else:
            return
        scalar = self._setting.variables[ring[0]]
        assert isinstance(scalar, Scalar)  # only templates open names
        flaw = Flaw(offset=0, code=codes.VARIABLE_CYCLE, message=message, hint=hint)
        self._record(scalar, (flaw,))
        raise _Failed

    def variables(self) -> Iterator[Scalar]:
        """What was written for the variables that templates asked for."""
        for word in sorted(self.asked):
            written = self._setting.variables.get(word)
            if isinstance(written, Scalar):
                yield written

    def known(self, view: "_View") -> Iterator[str]:
        """Every name in reach of `view`."""
        yield from self._setting.variables
        yield from self._given
        if view.prompt and self.refs is not None:
            yield "ref"
        if view.prompt and self.edit is not None:
            yield "edit"


class _View:
    """The names that one template sees: prompts see references, and no ring is closed."""

    __slots__ = ("_given", "_scope", "open_names", "prompt")

    def __init__(
        self,
        scope: Scope,
        given: Mapping[str, object],
        prompt: bool,
        open_names: tuple[str, ...],
    ) -> None:
        self._scope = scope
        self._given = given
        self.prompt = prompt
        self.open_names = open_names

    def get(self, word: str) -> object | None:
        value = self._given.get(word)
        if value is not None:
            return value
        if word == "ref":
            return self._scope.refs if self.prompt else None
        if word == "edit":
            return self._scope.edit if self.prompt else None
        return self._scope.variable(word, self)

    def known(self) -> Iterable[str]:
        return self._scope.known(self)
