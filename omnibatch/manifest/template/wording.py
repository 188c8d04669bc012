"""What goes wrong with a template, in people's words: as it is read, and as it is worked out.

Jinja's and Python's own sentences are about tokens, blocks and types that no manifest
has. They are known by their shape and said anew; one that is not known gets a sentence
that says less, and never the library's.
"""

import re
from collections.abc import Callable
from typing import Final

from omnibatch.manifest import codes
from omnibatch.manifest.template.rendering import Flaw, Unfit

__all__ = ["failed", "misread"]

_BRACES: Final = "write {{ name }}; braces that are meant as text are written {{ '{{' }}"
_COLUMN: Final = 'a column whose name is no plain word is written row["Product Name"]'
_COMPARE: Final = "write == to compare"
_NUMBERS: Final = "variables and cells are text: for numbers, use | int"

# Jinja's names of what it reads (`jinja2.lexer._describe_token_type`), as it is written.
_WRITTEN: Final = {
    "begin of comment": "{#",
    "begin of print statement": "{{",
    "begin of statement block": "{%",
    "end of comment": "#}",
    "end of print statement": "}}",
    "end of statement block": "%}",
    "end of template": "the end",
    "float": "a number",
    "integer": "a number",
    "string": "a quoted text",
}
_ENDS: Final = frozenset({"}}", "%}", "the end"})

_Said = tuple[str, str]  # what is wrong, and the cure; no cure where the usual one does


def misread(text: str, said: str) -> _Said:
    """Why the template `text` cannot be read, where Jinja `said` so, and the cure."""
    message, hint = "it is not written as templates are", ""
    for pattern, told in _MISREAD:
        found = re.match(pattern, said, re.DOTALL)
        if found is not None:
            message, hint = told(found)
            break
    return message, hint or (_COLUMN if "row." in text else _BRACES)


def _unexpected(found: "re.Match[str]") -> _Said:
    word = _WRITTEN.get(found["got"], found["got"])
    if word == "=":
        return "= compares nothing", _COMPARE
    if word in _ENDS:
        return f"something is missing before {word}", ""
    return f"{word[:40]} does not go with what stands before it", ""


def _character(found: "re.Match[str]") -> _Said:
    char = found["got"]
    if char in "'\"":
        return "a quotation mark is not closed", f"write {char} at the end of the text as well"
    if char in "&!":
        return f"{char} has no meaning here", "write and, or, not in words; != compares"
    return f"{char} has no meaning here", ""


def _tag(found: "re.Match[str]") -> _Said:
    word = found["got"][:40]
    if word in ("elif", "else", "endif"):
        return f"{{% {word} %}} has no {{% if %}} before it", "begin with {% if ... %}"
    if word in ("elseif", "elsif", "elsf"):
        return f"there is no {{% {word} %}}", "write {% elif ... %}"
    return (
        f"there is no {{% {word} %}}",
        "there are {% if %}, {% elif %}, {% else %} and {% endif %}",
    )


def _unclosed(_: "re.Match[str]") -> _Said:
    return "{% if %} has no {% endif %}", "write {% endif %} where it ends"


def _always(message: str, hint: str = "") -> Callable[["re.Match[str]"], _Said]:
    return lambda _: (message, hint)


# Jinja 3.1, parser.py and lexer.py; the first that fits counts.
_MISREAD: Final = (
    (r"Encountered unknown tag '(?P<got>.*?)'\.", _tag),
    (r"Unexpected end of template\. .* needs to be closed is 'if'", _unclosed),
    (r"Unexpected end of template\.", _always("something in it is not closed")),
    (r"unexpected end of template, expected", _always("its braces are not closed")),
    (r"Missing end of comment tag", _always("{# has no #}", "write {{ '{#' }} for {# as text")),
    (r"Missing end of raw directive", _always("{% raw %} has no {% endraw %}")),
    (
        r"Expected an expression, got '(?P<got>end of .*?)'",
        _always("there is nothing in its braces"),
    ),
    (r"(?:expected token .*?|Expected an expression), got '(?P<got>.*)'", _unexpected),
    (r"unexpected char ['\"]\\?(?P<got>.)['\"] at", _character),
    (r"unexpected '.*?', expected '(.*)'", lambda found: (f"{found[1]} is missing", "")),
    (r"unexpected ['\"](?P<got>.*)['\"]$", _unexpected),
    (r"expected name or number", _always("after a dot the name of a part is missing")),
    (r"expected subscript expression", _always("there is nothing in its square brackets")),
    (r"tag name expected", _always("{% %} begins with no word", "write {% if ... %}")),
    (r"Invalid character in identifier", _always("a name in it has a sign that names do not have")),
)


def failed(offset: int, error: Exception) -> Flaw:
    """The flaw of a template that went wrong while it was worked out."""
    message, hint = _failure(error)
    return Flaw(
        offset=offset,
        code=codes.TEMPLATE_FAILED,
        message=f"this template cannot be worked out: {message}",
        hint=hint,
    )


def _failure(error: Exception) -> _Said:
    if isinstance(error, Unfit):
        return error.message, error.hint
    if isinstance(error, RecursionError):
        return "its parts stand too deep inside each other", "make a variable of some of them"
    said = str(error)
    for pattern, told in _FAILURES:
        found = re.search(pattern, said)
        if found is not None:
            return told(found)
    message = "a filter or a sign in it cannot take what it is given"
    return message, "see what each takes: docs/manifest.md, Templates"


_KINDS: Final = {
    "_Text": "a text",
    "bool": "yes or no",
    "float": "a number",
    "int": "a number",
    "list": "a list",
    "NoneType": "nothing",
    "str": "a text",
    "tuple": "a list",
}


def _kind(type_name: str) -> str:
    return _KINDS.get(type_name, "something else")


def _incomparable(found: "re.Match[str]") -> _Said:
    left, right = _kind(found[2]), _kind(found[3])
    return f"{found[1]} cannot compare {left} with {right}", _NUMBERS


def _unjoinable(found: "re.Match[str]") -> _Said:
    message = f"+ cannot join {_kind(found[1])} and {_kind(found[2])}"
    return message, "to join texts use ~; for numbers, use | int"


def _uncountable(found: "re.Match[str]") -> _Said:
    if found[1] == "+":
        message = f"+ cannot add {_kind(found[2])} and {_kind(found[3])}"
        return message, "to join texts use ~; for numbers, use | int"
    return f"{found[1]} cannot take {_kind(found[2])} and {_kind(found[3])}", _NUMBERS


# Python 3.11 and later, of the operations that templates may use; the first that fits.
_FAILURES: Final = (
    (r"integer string conversion", _always("a number has too many digits", "write a shorter one")),
    (r"'(.{1,2})' not supported between instances of '(\w+)' and '(\w+)'", _incomparable),
    (r"can only concatenate (\w+) \(not \"(\w+)\"\)", _unjoinable),
    (r"unsupported operand type\(s\) for (\S+): '(\w+)' and '(\w+)'", _uncountable),
    (r"bad operand type for unary", _always("- before a text makes no number", _NUMBERS)),
    (
        r"could not convert string to float: (.*)",
        lambda found: (f"{found[1][:40]} is not a number", "leave round out for what is no number"),
    ),
    (
        r"object of type '(\w+)' has no len\(\)",
        lambda found: (f"{_kind(found[1])} has no length", "put | string before | length"),
    ),
    (
        r"argument of type '(\w+)' is not|'in <string>' requires string",
        _always("in cannot look for this in that", "look for a text in a text: 'a' in name"),
    ),
)
