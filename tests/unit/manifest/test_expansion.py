"""Expansion: what wins, where it came from, and what variables may be."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omnibatch.manifest import Loaded, codes, load_manifest
from omnibatch.problems import Place
from omnibatch.shots import Shot

HEAD = "version: 1\nprovider: apimodels\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("manifests")


def _load(folder: Path, text: str, **variables: str) -> Loaded:
    (folder / "m.yaml").write_text(HEAD + text, "utf-8")
    return load_manifest(folder / "m.yaml", shown="m.yaml", variables=variables)


def _shot(folder: Path, text: str, **variables: str) -> Shot:
    loaded = _load(folder, text, **variables)
    assert loaded.batch is not None, loaded.problems
    return loaded.batch.shots[0]


def test_shot_wins_over_defaults_and_these_over_what_is_built_in(folder: Path) -> None:
    shot = _shot(
        folder, "defaults: {mode: pro, duration: 10}\nshots: [{id: a, prompt: b, duration: 5}]"
    )

    assert (shot.model, shot.mode, shot.duration) == ("kling-video-o1", "pro", 5)
    assert [shot.origins[key] for key in ("model", "mode", "duration")] == [
        "built-in",
        "defaults",
        "shot",
    ]


def test_places_are_where_values_were_written(folder: Path) -> None:
    shot = _shot(folder, "defaults: {mode: pro}\nshots:\n  - id: a\n    prompt: b\n")

    assert shot.place == Place("m.yaml", 5, 5)
    assert shot.place_of("prompt") == Place("m.yaml", 6, 13)
    assert shot.place_of("mode") == Place("m.yaml", 3, 18)
    assert shot.place_of("sound") == shot.place


def test_default_that_does_not_apply_is_dropped_with_its_reason(folder: Path) -> None:
    shot = _shot(
        folder,
        "defaults: {aspect_ratio: 16:9, duration: 10}\n"
        "shots: [{id: a, prompt: b, edit: 'https://example.com/a.mp4'}]",
    )

    assert (shot.aspect_ratio, shot.duration) == (None, None)
    assert shot.dropped == {
        "aspect_ratio": "an edit has the shape of its video",
        "duration": "an edit has the length of its video",
    }


def test_parts_give_the_duration(folder: Path) -> None:
    parts = "[{prompt: b, duration: 2}, {prompt: c, duration: 6s}]"

    by_parts = _shot(folder, f"defaults: {{duration: 5}}\nshots: [{{id: a, multi_shot: {parts}}}]")
    written = _shot(folder, f"shots: [{{id: a, duration: 9, multi_shot: {parts}}}]")

    assert by_parts.duration == 8
    assert by_parts.dropped == {"duration": "the parts of multi_shot add up to 8 s"}
    assert written.duration == 9


def test_prompt_is_joined_to_its_style(folder: Path) -> None:
    text = 'defaults: {style: "film  "}\nshots: [{id: a, prompt: "b \\n\\n"}, {id: c, prompt: d, style: ""}]'

    batch = _load(folder, text).batch

    assert batch is not None
    assert [shot.prompt for shot in batch.shots] == ["b\nfilm", "d"]


def test_given_variable_wins_and_is_data(folder: Path) -> None:
    shot = _shot(
        folder,
        'vars: {who: "{{ name }}"}\nshots: [{id: a, prompt: "{{ who }} in {{ where }}"}]',
        who="{{ ref.x }}",
        where="{% if %}",
    )

    assert shot.prompt == "{{ ref.x }} in {% if %}"


def test_variable_that_nothing_uses_is_a_problem(folder: Path) -> None:
    loaded = _load(folder, 'vars: {who: x}\nshots: [{id: a, prompt: "{{ who }}"}]', whoo="y")

    assert [str(found) for found in loaded.problems] == [
        "m.yaml: OB306 nothing in the manifest uses --var whoo (did you mean who?)"
    ]


@pytest.mark.parametrize("word", ["shot", "ref", "two words", "2nd", "__x", ""])
def test_variable_name_that_no_template_can_use_is_a_problem(folder: Path, word: str) -> None:
    loaded = _load(folder, "shots: [{id: a, prompt: b}]", **{word: "x"})

    assert codes.BAD_NAME in [found.code for found in loaded.problems]


def test_variable_that_is_not_utf8_is_a_problem(folder: Path) -> None:
    loaded = _load(folder, 'shots: [{id: a, prompt: "{{ x }}"}]', x="\udcff")

    assert loaded.problems[0].code == codes.WRONG_VALUE


def test_deeply_nested_variables_are_a_problem_and_not_a_crash(folder: Path) -> None:
    chain = ", ".join(f'v{n}: "{{{{ v{n + 1} }}}}"' for n in range(3000))

    loaded = _load(
        folder, f'vars: {{{chain}, v3000: x}}\nshots: [{{id: a, prompt: "{{{{ v0 }}}}"}}]'
    )

    assert [found.code for found in loaded.problems] == [codes.VARIABLE_CYCLE]


def test_variables_that_double_are_stopped_by_size(folder: Path) -> None:
    doubling = ", ".join(f'v{n}: "{{{{ v{n + 1} }}}}{{{{ v{n + 1} }}}}"' for n in range(30))

    loaded = _load(
        folder, f'vars: {{{doubling}, v30: xx}}\nshots: [{{id: a, prompt: "{{{{ v0 }}}}"}}]'
    )

    assert [found.code for found in loaded.problems] == [codes.TEMPLATE_SIZE]


def test_one_wrong_variable_is_one_finding_for_all_shots(folder: Path) -> None:
    shots = "".join(f'  - {{id: s{n}, prompt: "{{{{ who }}}}"}}\n' for n in range(20))

    loaded = _load(folder, f'vars: {{who: "{{{{ nobody }}}}"}}\nshots:\n{shots}')

    assert len(loaded.problems) == 1
    assert loaded.problems[0].place == Place("m.yaml", 3, 17)


def test_place_of_an_expression_in_a_block_is_exact(folder: Path) -> None:
    text = "shots:\n  - id: a\n    prompt: |\n      One line.\n      And {{ nobody }}.\n"

    assert _load(folder, text).problems[0].place == Place("m.yaml", 7, 14)


def test_shot_that_stands_twice_by_its_anchor_is_a_duplicate(folder: Path) -> None:
    loaded = _load(folder, "shots:\n  - &one {id: a, prompt: b}\n  - *one\n")

    assert [found.code for found in loaded.problems] == [codes.DUPLICATE_ID]


def test_broken_reference_does_not_make_tokens_wrong(folder: Path) -> None:
    text = "references: {r: {image: none.png}}\nshots: [{id: a, prompt: <<<image_1>>>, references: [r]}]"

    assert [found.code for found in _load(folder, text).problems] == [codes.FILE_MISSING]


def test_findings_do_not_hide_each_other(folder: Path) -> None:
    text = (
        "run: {in_flight: 0}\nshots:\n"
        "  - {id: a, prompt: '{{ x }}', mode: '{{ y }}', first_frame: none.png, output: ../z}\n"
        "  - {id: b, promt: c}\n"
    )

    found = [each.code for each in _load(folder, text).problems]

    assert sorted(found) == sorted(
        [
            codes.OUT_OF_RANGE,
            codes.UNDEFINED,
            codes.UNDEFINED,
            codes.FILE_MISSING,
            codes.BAD_OUTPUT,
            codes.UNKNOWN_KEY,
        ]
    )


def test_thousand_and_more_references_in_one_prompt_are_numbered_or_refused(folder: Path) -> None:
    names = [f"r{n}" for n in range(1100)]
    references = ", ".join(f"{name}: {{element: {n}}}" for n, name in enumerate(names))
    prompt = "".join(f"{{{{ ref.{name} }}}}" for name in names)

    loaded = _load(folder, f"references: {{{references}}}\nshots: [{{id: a, prompt: '{prompt}'}}]")

    assert loaded.batch is None
    assert {found.code for found in loaded.problems} <= {
        codes.UNKNOWN_REFERENCE,
        codes.TEMPLATE_SIZE,
    }


_TEXTS = st.sampled_from(
    [
        "x",
        "{{ v }}",
        "{{ w }}",
        "{{ ref.r }}",
        "{{ ref.s }} {{ ref.r }}",
        "{{ shot.id }}",
        "{{ nope }}",
        "{{ v * 3 }}",
        "{{",
        "<<<image_1>>>",
        "<<<image_9>>>",
        "{{ edit }}",
        "{{ ref }}",
        "pro",
        "5",
        "yes",
        "16:9",
        "../x",
        "con",
        "{% if v %}a{% endif %}",
        "r",
        "s",
        "https://example.com/a.mp4",
        "{# #}",
    ]
)
_KEYS = ["prompt", "style", "mode", "duration", "skip", "output", "note", "edit", "first_frame"]
_SHOT = st.dictionaries(st.sampled_from(_KEYS), _TEXTS, max_size=6)


@settings(max_examples=150, deadline=None)
@given(st.lists(_SHOT, min_size=1, max_size=4), _TEXTS, _TEXTS)
def test_expansion_never_raises_and_says_the_same_twice(
    folder: Path, shots: list[dict[str, str]], v: str, w: str
) -> None:
    rows = [
        ", ".join([f"id: s{n}", *(f'{key}: "{value}"' for key, value in shot.items())])
        for n, shot in enumerate(shots)
    ]
    text = (
        f'vars: {{v: "{v}", w: "{w}"}}\n'
        "references: {r: {element: 1}, s: {image: 'https://example.com/s.png'}}\n"
        "shots:\n" + "".join(f"  - {{{row}}}\n" for row in rows)
    )

    first, second = _load(folder, text), _load(folder, text)

    assert first == second
    assert (first.batch is None) == any(each.severity == "error" for each in first.problems)
