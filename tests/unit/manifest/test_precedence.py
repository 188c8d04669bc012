"""Which of several values counts, where each came from, and what is left out."""

import pytest

from omnibatch.manifest import codes

from .folders import HEAD, RATIO, Folder

# Every layer that can say `mode` or `duration`, the outermost first.
LAYERS = {
    "built-in": None,
    "defaults of lib.yaml": "library",
    "defaults": "defaults",
    "scene storm": "scene",
    "shot": "own",
    "profile final": "profile",
    "shot's profile final": "own profile",
}


def film_with(says: dict[str, str]) -> tuple[str, str]:
    """A manifest in which each layer of `says` has its values; and its library."""

    def values(layer: str) -> str:
        return says.get(layer, "")

    return (
        f"version: 1\nprovider: apimodels\ninclude: lib.yaml\n"
        f"defaults: {{aspect_ratio: 16:9, {values('defaults')}}}\n"
        f"profiles: {{final: {{{values('profile')}}}}}\nprofile: final\n"
        f"shots:\n- scene: storm\n  defaults: {{{values('scene')}}}\n"
        f"  shots:\n  - id: a\n    prompt: x\n"
        f"    profiles: {{final: {{{values('own profile')}}}}}\n"
        + (f"    {values('own')}\n" if values("own") else ""),
        f"defaults: {{{values('library')}}}\n",
    )


@pytest.mark.parametrize("most", range(len(LAYERS)))
def test_the_innermost_layer_that_says_something_counts(folder: Folder, most: int) -> None:
    said = [name for name in LAYERS.values() if name]
    says = {name: f"duration: {6 + at}" for at, name in enumerate(said[:most])}
    film, library = film_with(says)
    folder.put("lib.yaml", library)

    shot = folder.shots(film, head="")[0]

    assert shot.duration == (5 + most if most else 5)
    assert shot.origins["duration"] == list(LAYERS)[most]


def test_each_value_is_looked_for_by_itself(folder: Folder) -> None:
    film, library = film_with(
        {
            "library": "sound: original, tags: [lib]",
            "defaults": "mode: pro, sound: on",
            "scene": "duration: 10",
            "own": "sound: off",
            "profile": "mode: std",
            "own profile": "tags: [own]",
        }
    )
    folder.put("lib.yaml", library)

    shot = folder.shots(film, head="")[0]

    assert (shot.mode, shot.duration, shot.sound, shot.tags) == ("std", 10, "off", ("own",))
    assert {key: shot.origins[key] for key in ("mode", "duration", "sound", "tags", "model")} == {
        "mode": "profile final",
        "duration": "scene storm",
        "sound": "shot",
        "tags": "shot's profile final",
        "model": "built-in",
    }


def test_a_draft_stays_cheap_in_every_scene_and_file(folder: Folder) -> None:
    folder.write(more="defaults: {mode: pro}\nshots: [{id: c, prompt: x, mode: pro}]\n")
    film = (
        "profiles: {draft: {mode: std, takes: 1, duration: 3}, final: {}}\nprofile: draft\n"
        "shots:\n- {id: a, prompt: x, mode: pro, takes: 4}\n"
        "- scene: s\n  defaults: {mode: pro, duration: 10}\n  shots: [{id: b, prompt: x}]\n"
        "- include: more.yaml\n"
    )

    draft, final = folder.shots(film), folder.shots(film, "final")

    assert [(shot.id, shot.mode, shot.duration) for shot in draft] == [
        ("a", "std", 3),
        ("b", "std", 3),
        ("c", "std", 3),
    ]
    assert [str(shot.slot) for shot in final] == [
        "a [final]",
        "a@2 [final]",
        "a@3 [final]",
        "a@4 [final]",
        "b [final]",
        "c [final]",
    ]
    assert {shot.mode for shot in final} == {"pro"}


def test_a_list_and_a_map_are_taken_whole(folder: Folder) -> None:
    head = HEAD + "defaults: {aspect_ratio: 16:9, tags: [a, b], extra: {apimodels: {x: 1, y: 2}}}\n"

    shot = folder.shots(
        "shots: [{id: a, prompt: x, tags: [c], extra: {apimodels: {x: 3}}}]\n", head=head
    )[0]

    assert (shot.tags, shot.extra) == (("c",), {"apimodels": {"x": 3}})


@pytest.mark.parametrize(
    ("key", "written", "expected"),
    [
        ("provider", "cometapi", ("apimodels",)),
        ("output", "'lib/{{ shot.id }}'", "top/a.mp4"),
    ],
)
def test_what_a_manifest_says_at_its_top_wins_over_its_libraries(
    folder: Folder, key: str, written: str, expected: object
) -> None:
    folder.put("lib.yaml", f"defaults: {{{key}: {written}}}\n")
    film = "include: lib.yaml\noutput: top/{{ shot.id }}\nshots: [{id: a, prompt: x}]\n"

    shot = folder.shots(film)[0]

    assert (shot.providers if key == "provider" else shot.target) == expected


def test_a_library_of_a_library_is_told_by_its_own_name(folder: Folder) -> None:
    folder.write(
        lib__outer="include: deep/inner.yaml\ndefaults: {mode: pro}\n",
        lib__deep__inner="defaults: {duration: 9, mode: std}\n",
    )

    shot = folder.shots("include: lib/outer.yaml\nshots: [{id: a, prompt: x}]\n")[0]

    assert (shot.mode, shot.duration) == ("pro", 9)
    assert (shot.origins["mode"], shot.origins["duration"]) == (
        "defaults of lib/outer.yaml",
        "defaults of lib/deep/inner.yaml",
    )


def test_files_and_scenes_count_from_the_inside_out(folder: Folder) -> None:
    folder.write(
        inner="defaults: {duration: 7}\nshots:\n- {id: a, prompt: x}\n- {id: b, prompt: x, duration: 3}\n",
        outer="defaults: {duration: 7, mode: pro}\nshots:\n"
        "- scene: s\n  defaults: {duration: 9}\n  shots: [{id: c, prompt: x}]\n",
    )

    shots = folder.shots(
        "shots:\n- scene: t\n  defaults: {duration: 10}\n  shots: [{include: inner.yaml}]\n"
        "- include: outer.yaml\n"
    )

    assert [(shot.duration, shot.origins["duration"]) for shot in shots] == [
        (7, "defaults of inner.yaml"),
        (3, "shot"),
        (9, "scene s"),
    ]
    assert (shots[2].mode, shots[2].origins["mode"]) == ("pro", "defaults of outer.yaml")


# Styles -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ("", "x\nHouse."),
        (", style: Own.", "x\nOwn."),
        (', style: ""', "x"),
        (", style: '{{ nothing }}'", "x\nHouse."),
        (", style: 'In {{ shot.mode }}.'", "x\nIn std."),
    ],
)
def test_a_style_is_joined_to_the_prompt_on_a_line_of_its_own(
    folder: Folder, own: str, expected: str
) -> None:
    head = HEAD + "vars: {nothing: ''}\ndefaults: {aspect_ratio: 16:9, style: House.}\n"

    assert folder.shots(f"shots: [{{id: a, prompt: x{own}}}]\n", head=head)[0].prompt == expected


def test_a_style_may_bring_a_reference_along(folder: Folder) -> None:
    shot = folder.shots(
        "references: {sky: {image: https://example.com/sky.png}}\n"
        'shots: [{id: a, prompt: x, style: "Light as in {{ ref.sky }}."}]\n'
    )[0]

    assert shot.prompt == "x\nLight as in <<<image_1>>>."
    assert len(shot.images) == 1


# What does not apply ----------------------------------------------------------------


@pytest.mark.parametrize("layer", ["defaults", "scene", "profile"], ids=lambda layer: layer)
@pytest.mark.parametrize(
    ("own", "values", "dropped"),
    [
        ("first_frame: https://example.com/a.png", "aspect_ratio: 1:1", {"aspect_ratio"}),
        ("edit: https://example.com/a.mp4", "aspect_ratio: 1:1", {"aspect_ratio"}),
        ("edit: https://example.com/a.mp4", "duration: 7", {"aspect_ratio", "duration"}),
        (
            "multi_shot: [{prompt: x, duration: 3}, {prompt: y, duration: 4}]",
            "duration: 5",
            {"duration"},
        ),
    ],
)
def test_a_value_from_further_out_that_does_not_apply_is_left_out(
    folder: Folder, layer: str, own: str, values: str, dropped: set[str]
) -> None:
    own += "\n    model: kling-v3-omni" if "multi" in own else ""
    film, _ = film_with({layer: values, "own": own})
    film = film.replace("aspect_ratio: 16:9, aspect_ratio", "aspect_ratio")
    folder.put("lib.yaml", "vars: {x: y}\n")

    shot = folder.shots(film, head="")[0]

    assert set(shot.dropped) == dropped
    assert shot.duration == (7 if "multi" in own else 5 if "first" in own else None)


@pytest.mark.parametrize("layer", ["own", "own profile"])
@pytest.mark.parametrize(
    ("own", "value"),
    [
        ("first_frame: https://example.com/a.png", "aspect_ratio: 1:1"),
        ("edit: https://example.com/a.mp4", "aspect_ratio: 1:1"),
        ("edit: https://example.com/a.mp4", "duration: 7"),
    ],
)
def test_written_on_the_shot_itself_it_is_a_problem(
    folder: Folder, layer: str, own: str, value: str
) -> None:
    says = {"own": own, layer: value} if layer != "own" else {"own": f"{own}\n    {value}"}
    film, _ = film_with(says)
    folder.put("lib.yaml", "vars: {x: y}\n")

    found = folder.load(film, head="").problems

    assert [each.code for each in found] == [codes.DOES_NOT_APPLY]


# --var ------------------------------------------------------------------------------


def test_a_var_from_outside_wins_and_is_data(folder: Folder) -> None:
    folder.write(lib="vars: {who: nobody}\n")
    film = 'include: lib.yaml\nvars: {line: "{{ who }} waits"}\nshots: [{id: a, prompt: "{{ line }}"}]\n'

    assert folder.shots(film)[0].prompt == "nobody waits"
    assert folder.shots(film, variables={"who": "{{ ref.x }}"})[0].prompt == "{{ ref.x }} waits"


def test_a_var_from_outside_may_be_any_value(folder: Folder) -> None:
    film = (
        "vars: {mode: std}\n"
        'shots: [{id: "a-{{ mode }}", prompt: x, mode: "{{ mode }}", skip: "{{ mode == \'pro\' }}"}]\n'
    )
    told = folder.load(film, variables={"mode": "pro"}).problems

    # A comparison is yes or no, which cannot stand in text: `if` can.
    assert [each.code for each in told] == [codes.TEMPLATE_FAILED]
    film = film.replace("{{ mode == 'pro' }}", "{% if mode == 'pro' %}yes{% endif %}")
    shot = folder.shots(film, variables={"mode": "pro"})[0]
    assert (shot.id, shot.mode, shot.skip) == ("a-pro", "pro", True)


def test_a_var_that_nothing_uses_is_a_problem_with_the_near_miss(folder: Folder) -> None:
    film = 'vars: {keeper: x}\nshots: [{id: a, prompt: "{{ keeper }}"}]\n'

    (found,) = folder.load(film, variables={"keper": "y"}).problems

    assert (found.code, found.hint) == (codes.UNUSED_VARIABLE, "did you mean keeper?")


# Output -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("", ["renders/film/d/s/a.mp4", "renders/film/d/s/a@2.mp4"]),
        ("clips/{{ shot.id }}", ["clips/s/a.d.mp4", "clips/s/a.d@2.mp4"]),
        ("clips/{{ shot.id }}-{{ take }}", ["clips/s/a-1.d.mp4", "clips/s/a-2.d.mp4"]),
        ("{{ profile }}/{{ shot.id }}.mov", ["d/s/a.mov.mp4", "d/s/a.mov@2.mp4"]),
        ("{{ shot.mode }}/x?{{ shot.duration }}s", ["std/x_5s.d.mp4", "std/x_5s.d@2.mp4"]),
        ("{{ scene.name }}/nul", ["storm/_nul.d.mp4", "storm/_nul.d@2.mp4"]),
        ("{% if take != 1 %}more/{% endif %}{{ shot.id }}", ["s/a.d.mp4", "more/s/a.d.mp4"]),
    ],
)
def test_profile_and_take_are_added_where_the_output_leaves_them_out(
    folder: Folder, output: str, expected: list[str]
) -> None:
    film = (
        "profiles: {d: {}}\nprofile: d\n"
        + (f"output: '{output}'\n" if output else "")
        + "shots: [{scene: storm, shots: [{id: s_a, prompt: x, takes: 2}]}]\n"
    )

    shots = folder.shots(film)

    assert [shot.target.replace("s_a", "s/a") for shot in shots] == expected


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("x", "x"),
        ("x", "X"),
        ("caf\u00e9", "cafe\u0301"),
        ("x", "x.mp4"),
        ("a:b", "a?b"),
        ("x.mp4", "x.mp4/y"),
    ],
)
def test_two_shots_with_one_path_are_a_problem(folder: Folder, one: str, two: str) -> None:
    film = f'shots:\n- {{id: a, prompt: x, output: "{one}"}}\n- {{id: b, prompt: x, output: "{two}"}}\n'

    assert folder.said(film) == [f"film.yaml:6:30 {codes.OUTPUT_COLLISION}"]


@pytest.mark.parametrize("output", ["../x", "/x", "~/x", "a/../../x", "a/", "C:/x"])
def test_a_path_that_leaves_the_folder_is_a_problem(folder: Folder, output: str) -> None:
    assert folder.said(f'shots: [{{id: a, prompt: x, output: "{output}"}}]\n') == [
        f"film.yaml:4:36 {codes.BAD_OUTPUT}"
    ]


# Names that are misspelt ------------------------------------------------------------


@pytest.mark.parametrize(
    ("used", "cure"),
    [
        ("boat", "did you mean ref.boat?"),
        ("lens", "did you mean matrix.lens?"),
        ("matrix.lenz", "did you mean lens?"),
        ("ref.boot", "did you mean boat?"),
        ("keper", "did you mean keeper?"),
        ("shot.duraton", "did you mean duration?"),
    ],
)
def test_a_name_that_does_not_exist_is_told_with_the_one_that_was_meant(
    folder: Folder, used: str, cure: str
) -> None:
    film = (
        "vars: {keeper: x}\nreferences: {boat: {element: 7}}\n"
        f'shots: [{{id: a, matrix: {{lens: [35mm]}}, prompt: x, note: y, caption: "{{{{ {used} }}}}"}}]\n'
    )
    if used.startswith(("ref", "boat")):
        film = film.replace("prompt: x, note: y, caption", "prompt")

    (found,) = folder.load(film).problems

    assert (found.hint, found.place.file) == (cure, "film.yaml")


def test_default_stands_in_for_what_is_not_in_reach(folder: Folder) -> None:
    words = "{{ scene.name | default('no scene') }}, {{ row.x | default('no row') }}"

    shot = folder.shots(f'shots: [{{id: a, prompt: "{words}"}}]\n', head=HEAD + RATIO)[0]

    assert shot.prompt == "no scene, no row"


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("@keeper waits", [f"film.yaml:5:26 {codes.MENTION}"]),
        ("A pier, (@keeper)", [f"film.yaml:5:35 {codes.MENTION}"]),
        ("Write to keeper@keeper.example", []),
        ("@nobody waits", []),
    ],
)
def test_a_reference_that_is_called_by_an_at_sign_is_a_warning(
    folder: Folder, prompt: str, said: list[str]
) -> None:
    film = f'references: {{keeper: {{element: 7}}}}\nshots: [{{id: a, prompt: "{prompt}"}}]\n'

    assert folder.said(film) == said
    assert folder.shots(film)[0].elements == ()


@pytest.mark.parametrize(
    ("who", "message", "cure"),
    [
        ("keper", "there is no reference keper", "did you mean keeper?"),
        ("''", "ref[...] names nothing here", "put {% if ... %} around it"),
    ],
)
def test_a_reference_chosen_by_a_template_is_told_by_its_name(
    folder: Folder, who: str, message: str, cure: str
) -> None:
    film = (
        "references: {keeper: {element: 7}}\n"
        f'shots: [{{id: a, matrix: {{who: {{x: {who}}}}}, prompt: "{{{{ ref[matrix.who] }}}}"}}]\n'
    )

    (found,) = folder.load(film).problems

    assert found.message.startswith(message)
    assert found.hint.startswith(cure)


@pytest.mark.parametrize(
    ("key", "cure"),
    [
        ("element", "here it is references: {NAME: {element: id}}"),
        ("image_url", "here it is first_frame, or references"),
        ("prompt_file", "here it is prompt: {file: PATH}"),
        ("video_url", "here it is edit, or references: {NAME: {video: ...}}"),
    ],
)
def test_a_word_from_elsewhere_is_answered_with_the_key_that_says_it_here(
    folder: Folder, key: str, cure: str
) -> None:
    (found,) = folder.load(f"shots: [{{id: a, prompt: x, {key}: y}}]\n").problems

    assert (found.code, found.hint) == (codes.UNKNOWN_KEY, cure)
