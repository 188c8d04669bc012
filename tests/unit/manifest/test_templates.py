"""Templates: what they make, what is refused, and where a flaw is."""

import time
from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omnibatch.manifest import codes
from omnibatch.manifest.template.expressions import read_expressions
from omnibatch.manifest.template.rendered import LARGEST_TEMPLATE, Templates, is_template
from omnibatch.manifest.template.rendering import Flaw, Rendering
from omnibatch.manifest.template.work import Work


class _Given:
    """Names for a template, straight from a map."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def get(self, word: str) -> object | None:
        return self._values.get(word)

    def known(self) -> Iterable[str]:
        return self._values


NAMES = _Given(
    {"a": "A", "b": "x" * 60_000, "n": "4", "take": 1, "shot": {"id": "one", "tags": ("s", "t")}}
)


def _render(text: str, names: _Given = NAMES) -> Rendering:
    template = Templates().get(text)
    return template if isinstance(template, tuple) else template.render(names)


def _flaw(text: str) -> Flaw:
    rendering = _render(text)
    assert isinstance(rendering, tuple), rendering
    return rendering[0]


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("{{ a }}", "A"),
        ("x{{a}}y{{ take }}", "xAy1"),
        ("{{ shot.id }} {{ shot['id'] }}", "one one"),
        ("{{ a | lower }}{{ a ~ 'b' }}", "aAb"),
        ("{{ (n | int) + 1 }}", "5"),
        ("{{ shot.tags | join('/') }}{{ shot.tags[1] }}", "s/tt"),
        ("{% if a == 'A' %}yes{% else %}no{% endif %}", "yes"),
        ("{{ 'x' if a in 'AB' else 'y' }}", "x"),
        ("{{ nobody | default('none') }}", "none"),
        ("{{ '{{' }} a }}", "{{ a }}"),
        ("a {# comment #}b\n", "a b\n"),
    ],
)
def test_template_makes_text(text: str, made: str) -> None:
    assert _render(text) == made


@pytest.mark.parametrize("text", ["", "plain", "{ a }", "}} {", "100 %} sure"])
def test_text_without_openings_is_no_template(text: str) -> None:
    assert not is_template(text)


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'a' * 3 * 10**8 }}",
        "{{ 2 ** 10 ** 9 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ a.upper }}",
        "{{ a['upper'] }}",
        "{{ 'a'.upper() }}",
        "{{ range(10) }}",
        "{{ [1] }}",
        "{{ {'a': 1} }}",
        "{{ shot }}",
        "{{ shot | string }}",
        "{{ self }}",
        "{{ self | default('x') }}",
        "{{ a is defined }}",
        "{{ a[0:1] }}",
        "{{ a | attr('x') }}",
        "{{ a | center(1000000000) }}",
        "{{ a | join(*b) }}",
        "{% set x = 1 %}",
        "{% for x in a %}{% endfor %}",
        "{% macro x() %}{% endmacro %}",
        "{% filter upper %}x{% endfilter %}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{% extends 'x' %}",
        "{% block x %}{% endblock %}",
        "{{ " + "(" * 60 + "a" + ")" * 60 + " ~ a" * 2000 + " }}",
        "{{ " + "not " * 200 + "a }}",
    ],
)
def test_what_manifests_may_not_use_is_refused_at_once(text: str) -> None:
    started = time.process_time()

    code = _flaw(text).code

    assert code in (codes.TEMPLATE_REFUSED, codes.TEMPLATE_SYNTAX)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "text",
    [
        "{{ b | replace('x', b) }}",
        "{{ b | replace('', b) }}",
        "{{ shot.tags | join(b) }}" + "{{ b }}",
        "{{ b }}{{ b }}",
        "{{ b ~ b ~ b ~ b ~ b ~ b }}",
        "{{ a | round(1000000000) }}",
        "{{ a + 1 }}",
        "{{ a - a }}",
        "{{ a == 'A' }}",
        "{{ shot.tags }}",
        "{{ none }}",
        "{{ 'x' if a < 1 else 'y' }}",
        "{{ " + "9" * 5000 + " }}",
        "{{ '" + "f" * 9000 + "' | int(0, 16) }}",
        "x" * (LARGEST_TEMPLATE + 1) + "{{ a }}",
    ],
)
def test_what_cannot_be_worked_out_is_a_flaw_and_not_an_error(text: str) -> None:
    flaw = _flaw(text)

    assert flaw.code in (codes.TEMPLATE_FAILED, codes.TEMPLATE_SIZE)
    assert len(flaw.message) < 300


@pytest.mark.parametrize(
    ("text", "offset", "code"),
    [
        ("It is {{ nobody }}.", 9, codes.UNDEFINED),
        ("It is {{ a }} and {{ nobody | upper }}.", 21, codes.UNDEFINED),
        ("It is {{ 'nobody' ~ nobody }}.", 20, codes.UNDEFINED),
        ("It is {{ shot.nobody }}.", 9, codes.UNDEFINED),
        ("It is {{ a and }}.", 6, codes.TEMPLATE_SYNTAX),
        ("{{ a }} is {{ a b }}.", 11, codes.TEMPLATE_SYNTAX),
        ("{{ a }} is {{ a * 2 }}.", 11, codes.TEMPLATE_REFUSED),
        ("{{ a }}{% if a %}", 7, codes.TEMPLATE_SYNTAX),
        ("{{ a }} is {{ a", 11, codes.TEMPLATE_SYNTAX),
    ],
)
def test_flaw_has_its_offset(text: str, offset: int, code: str) -> None:
    flaw = _flaw(text)

    assert (flaw.offset, flaw.code) == (offset, code)


def test_every_missing_name_is_found_at_once() -> None:
    rendering = _render("{{ x }} {{ a }} {{ y | upper }} {{ x }}")

    assert isinstance(rendering, tuple)
    assert [flaw.message.split()[3] for flaw in rendering] == ["x", "y"]


def test_near_name_is_suggested() -> None:
    assert _flaw("{{ taek }}").hint == "did you mean take?"


def test_value_with_braces_is_data() -> None:
    assert _render("{{ a }}", _Given({"a": "{{ b }}"})) == "{{ b }}"


def test_template_is_read_once_per_distinct_text() -> None:
    templates = Templates()

    assert templates.get("{{ a | upper }}") is templates.get("{{ a | upper }}")


_PIECES = st.sampled_from(
    [
        "{{ a }}",
        "{{a}}",
        "{{ shot.id }}",
        "{{\ta\n}}",
        "{{ nobody }}",
        "{{ shot.nobody }}",
        "{{ n }}",
        "{",
        "}",
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        " ",
        "\n",
        "x",
        "'",
        "-",
        "{{ true }}",
        "{{ a.",
        "{{ shot }}",
        "{{ a.b }}",
        "{{ é }}",
        "{{ ² }}",
        "{{- a -}}",
        "{{ self }}",
        "{{ take }}",
        "\r",
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(_PIECES, max_size=8).map("".join))
def test_quick_reading_makes_what_jinja_makes(text: str) -> None:
    quick = _render(text)
    expressions = read_expressions(text, Work())
    slow = expressions if isinstance(expressions, tuple) else expressions.render(NAMES)

    if isinstance(quick, str) or isinstance(slow, str):
        assert quick == slow
    else:
        assert [flaw.code for flaw in quick] == [flaw.code for flaw in slow]


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="{}%#'\"|.()[]~+-* \nabn01é_if", max_size=60))
def test_no_text_makes_templates_raise(text: str) -> None:
    _render("{{" + text)
    _render(text)


@pytest.mark.parametrize("text", ["", " ", "0", "no", "No", "FALSE", "off", "false "])
def test_a_text_that_says_no_is_no_in_a_condition(text: str) -> None:
    names = _Given({"a": text, "row": {"x": text}})

    for condition in ("a", "row.x", "row['x']", "a | upper", "row.x | trim", "a or row.x"):
        rendered = _render(f"{{% if {condition} %}}yes{{% else %}}no{{% endif %}}", names)
        assert rendered == "no", condition
    assert _render("{{ a or 'else' }}{% if not a %}!{% endif %}", names) == "else!"
    assert _render("{{ row.x ~ '' }}", names) == text


@pytest.mark.parametrize("text", ["yes", "true", "00", "none", "x", "1"])
def test_any_other_text_is_yes_in_a_condition(text: str) -> None:
    names = _Given({"a": text, "row": {"x": text}})

    assert _render("{% if a and row.x %}yes{% endif %}{{ row.x or 'no' }}", names) == f"yes{text}"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("{{ a walks }}", "walks does not go with what stands before it", "write {{ name }}"),
        ("{{ row.Product Name }}", "Name does not go with", 'row["Product Name"]'),
        ("{{ a + }}", "something is missing before }}", "write {{ name }}"),
        ("{{ a", "its braces are not closed", "write {{ name }}"),
        ("{{ }}", "there is nothing in its braces", "write {{ name }}"),
        ("{% if a %}x", "{% if %} has no {% endif %}", "write {% endif %}"),
        ("{% endif %}", "{% endif %} has no {% if %} before it", "begin with {% if ... %}"),
        ("{% elseif a %}", "there is no {% elseif %}", "write {% elif ... %}"),
        ("{% trans %}", "there is no {% trans %}", "there are {% if %}"),
        ("{% if a = 'A' %}x{% endif %}", "= compares nothing", "write =="),
        ("{{ a && n }}", "& has no meaning here", "and, or, not"),
        ("{{ 'a }}", "a quotation mark is not closed", "write ' at the end"),
        ("{# a", "{# has no #}", "write {{ '{#' }}"),
        ("{{ a. }}", "the name of a part is missing", "write {{ name }}"),
        ("{{ '\\xZZ' }}", "it is not written as templates are", "write {{ name }}"),
        ("{% set 3 = 4 %}", "it is not written as templates are", "write {{ name }}"),
    ],
)
def test_what_cannot_be_read_is_said_in_our_words(text: str, message: str, hint: str) -> None:
    flaw = _flaw(text)

    assert flaw.code == codes.TEMPLATE_SYNTAX
    assert flaw.message.startswith("this template cannot be read: ")
    assert message in flaw.message
    assert hint in flaw.hint


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("{{ 'x' if n > 5 else 'y' }}", "> cannot compare a text with a number", "use | int"),
        ("{{ n + 1 }}", "+ cannot join a text and a number", "use ~"),
        ("{{ 1 + n }}", "+ cannot add a number and a text", "use ~"),
        ("{{ n - 1 }}", "- cannot take a text and a number", "use | int"),
        ("{{ -n }}", "- before a text makes no number", "use | int"),
        ("{{ a | round }}", "'A' is not a number", "leave round out"),
        ("{{ n | round(99) }}", "round takes 0 to 10 digits, not 99", "round(1)"),
        ("{{ take | length }}", "a number has no length", "put | string before"),
        ("{{ 'x' if n in take }}", "in cannot look for this in that", "'a' in name"),
        ("{{ n | lower(3) }}", "cannot take what it is given", "docs/manifest.md"),
        ("{{ a == 'b' }}", "yes or no cannot stand in text", "{% if ... %}"),
        ("{{ shot.tags }}{{ a | lower }}", "a list cannot stand in text", 'add | join(", ")'),
    ],
)
def test_what_cannot_be_worked_out_has_its_own_cure(text: str, message: str, hint: str) -> None:
    flaw = _flaw(text)

    assert flaw.code == codes.TEMPLATE_FAILED
    assert message in flaw.message
    assert hint in flaw.hint


@pytest.mark.parametrize(
    "text",
    [
        "first {{ a }}, then ^{{ n > 5 }}",
        "{{ a }}\n{{ a | lower }}\n\nthen ^{{ n + 1 }} and {{ n - 1 }}",
        "{{ a }} {% if a == 'A' %}^{{ n + 1 }}{% else %}{{ n - 1 }}{% endif %}",
        "{{ a }} {% if a == 'B' %}{{ n + 1 }}{% else %}^{{ n - 1 }}{% endif %}",
        "{{ a }} {% if a == 'B' %}x^{%- elif n > 5 %}y{% endif %}",
        "{# {{ n + 1 }} #}{{ a }} ^{{ a\n ~ shot.tags[0]\n + 1 }}",
    ],
)
def test_what_cannot_be_worked_out_is_pointed_at(text: str) -> None:
    flaw = _flaw(text.replace("^", ""))

    assert (flaw.code, flaw.offset) == (codes.TEMPLATE_FAILED, text.index("^"))


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("{% if a in ['A', 'B'] %}x{% endif %}", 'row.size == "S" or row.size == "M"'),
        ("{{ a is defined }}", "compare with =="),
        ("{{ 'a' * 3 }}", "comparisons, in, and, or, not"),
    ],
)
def test_what_is_refused_is_told_what_there_is(text: str, hint: str) -> None:
    assert hint in _flaw(text).hint


@pytest.mark.parametrize(
    ("column", "near"),
    [
        ("photos.0", "row.photos[0]"),
        ("photos.0.url", "row.photos[0].url"),
        ("name.de", "row.name.de"),
        ("Product Name", 'row["Product Name"]'),
    ],
)
def test_a_near_column_is_named_as_templates_write_it(column: str, near: str) -> None:
    row = _Given({"row": {column: "x"}})
    flaw = _render(f'{{{{ row["{column}x"] }}}}', row)

    assert isinstance(flaw, tuple)
    assert flaw[0].hint == f"did you mean {near}?"
