"""Films made of scenes, files, profiles, combinations, rows and takes."""

import pytest

from omnibatch.manifest import codes

from .folders import HEAD, Folder

# Scenes ----------------------------------------------------------------------------


def test_a_scene_gives_its_shots_defaults_references_and_its_name(folder: Folder) -> None:
    shots = folder.shots(
        """\
references: {boat: {image: https://example.com/outer.png}}
shots:
- {id: a, prompt: "{{ ref.boat }}"}
- scene: storm
  defaults: {duration: 10}
  references: {boat: {image: https://example.com/inner.png}}
  shots:
  - {id: b, prompt: "{{ scene.name }} {{ ref.boat }}"}
  - {id: c, prompt: x, duration: 5}
"""
    )

    assert [shot.id for shot in shots] == ["a", "b", "c"]
    assert [shot.scene for shot in shots] == ["", "storm", "storm"]
    assert [shot.duration for shot in shots] == [5, 10, 5]
    assert shots[1].prompt == "storm <<<image_1>>>"
    assert [getattr(shot.images[0].source, "url", "") for shot in shots[:2]] == [
        "https://example.com/outer.png",
        "https://example.com/inner.png",
    ]
    assert shots[1].origins["duration"] == "scene storm"


def test_scenes_do_not_stand_in_scenes(folder: Folder) -> None:
    folder.write(inner="- scene: b\n  shots: [{id: x, prompt: y}]\n")

    assert folder.said("shots:\n- scene: a\n  shots:\n  - include: inner.yaml\n") == [
        f"inner.yaml:1:10 {codes.NESTED_SCENE}"
    ]


def test_scene_is_not_in_reach_outside_of_scenes(folder: Folder) -> None:
    assert folder.said('shots: [{id: a, prompt: "{{ scene.name }}"}]\n') == [
        f"film.yaml:4:29 {codes.UNDEFINED}"
    ]


# Files -----------------------------------------------------------------------------


def test_what_the_manifest_says_wins_over_its_libraries(folder: Folder) -> None:
    folder.write(
        lib="vars: {who: nobody, what: rain}\ndefaults: {duration: 10, mode: pro}\n",
    )

    shot = folder.shots(
        "include: lib.yaml\nvars: {who: the keeper}\n"
        'shots: [{id: a, prompt: "{{ who }} in {{ what }}"}]\n',
        head=HEAD + "defaults: {aspect_ratio: 16:9, mode: std}\n",
    )[0]

    assert (shot.prompt, shot.mode, shot.duration) == ("the keeper in rain", "std", 10)


def test_two_libraries_that_define_one_name_are_a_problem(folder: Folder) -> None:
    folder.write(one="vars: {who: a}\n", two="vars:\n  who: b\n")
    film = 'include: [one.yaml, two.yaml]\nshots: [{id: a, prompt: "{{ who }}"}]\n'

    assert folder.said(film) == [f"two.yaml:2:3 {codes.DEFINED_TWICE}"]
    assert folder.said("vars: {who: c}\n" + film) == []


def test_one_library_by_two_ways_is_no_problem(folder: Folder) -> None:
    folder.write(base="vars: {who: a}\n", one="include: base.yaml\n", two="include: base.yaml\n")

    assert (
        folder.said('include: [one.yaml, two.yaml]\nshots: [{id: a, prompt: "{{ who }}"}]\n') == []
    )


def test_files_that_include_each_other_are_named_in_their_ring(folder: Folder) -> None:
    folder.write(one="include: two.yaml\n", two="vars: {x: y}\ninclude: one.yaml\n")

    found = folder.load("include: one.yaml\nshots: [{id: a, prompt: b}]\n").problems

    assert [str(each.place) for each in found] == ["two.yaml:2:10"]
    assert "one.yaml -> two.yaml -> one.yaml" in found[0].message


def test_a_manifest_cannot_include_itself_by_a_link(folder: Folder) -> None:
    (folder.path / "alias.yaml").symlink_to(folder.path / "film.yaml")

    assert folder.said("shots: [{include: alias.yaml}]\n") == [
        f"film.yaml:4:19 {codes.BAD_INCLUDE}"
    ]


def test_shots_of_a_file_stand_where_it_is_included(folder: Folder) -> None:
    folder.write(
        scenes__list="- {id: b, prompt: x}\n",
        scenes__map="defaults: {duration: 10}\nshots: [{id: c, prompt: x}]\n",
    )

    shots = folder.shots(
        "shots:\n- {id: a, prompt: x}\n- include: [scenes/list.yaml, scenes/map.yaml]\n"
        "- {id: d, prompt: x}\n"
    )

    assert [(shot.id, shot.duration) for shot in shots] == [
        ("a", 5),
        ("b", 5),
        ("c", 10),
        ("d", 5),
    ]


def test_a_file_that_is_one_shot_is_told_to_be_a_list(folder: Folder) -> None:
    folder.write(scenes__one="id: a\nprompt: x\n")

    (found,) = folder.load("shots: [{include: scenes/one.yaml}]\n").problems

    assert (str(found.place), found.code) == ("scenes/one.yaml:1:1", codes.WRONG_TYPE)
    assert found.hint == "write - in front of it: - id: NAME"


def test_a_problem_in_an_included_file_is_told_where_it_stands(folder: Folder) -> None:
    lines = "".join(f"- {{id: s{n}, prompt: x}}\n" for n in range(411))
    folder.write(scenes__long=lines + f"- {{id: last, prompt: x, duration: {10**9}}}\n")

    found = folder.load("shots: [{include: scenes/long.yaml}]\n").problems

    assert [(str(each.place), each.code) for each in found] == [
        ("scenes/long.yaml:412:36", codes.WRONG_VALUE)
    ] or [str(each.place)[:20] for each in found] == ["scenes/long.yaml:412"]


def test_paths_belong_to_the_file_they_are_written_in(folder: Folder) -> None:
    (folder.path / "lib").mkdir()
    (folder.path / "lib" / "a.png").write_bytes(b"x")
    (folder.path / ".git").mkdir()
    folder.write(lib__cast="references: {boat: {image: a.png}, gone: {image: b.png}}\n")

    found = folder.load("include: lib/cast.yaml\nshots: [{id: a, prompt: x}]\n").problems

    assert [str(each.place) for each in found] == ["lib/cast.yaml:1:50"]
    assert found[0].message == "there is no file lib/b.png"


@pytest.mark.parametrize("kind", ["libraries", "shots"])
def test_files_stand_at_most_twenty_deep_in_each_other(folder: Folder, kind: str) -> None:
    include = "include: {}.yaml\n" if kind == "libraries" else "- include: {}.yaml\n"
    last = "vars: {who: x}\n" if kind == "libraries" else "- {id: a, prompt: x}\n"
    for depth in range(1, 21):
        folder.put(f"f{depth}.yaml", last if depth == 20 else include.format(f"f{depth + 1}"))
    film = {
        "libraries": 'include: f1.yaml\nshots: [{id: a, prompt: "{{ who }}"}]\n',
        "shots": "shots: [{include: f1.yaml}]\n",
    }[kind]

    assert [shot.prompt for shot in folder.shots(film)] == ["x"]

    folder.put("f20.yaml", include.format("f21"))
    folder.put("f21.yaml", last)
    assert folder.said(film) == [f"f20.yaml:1:{include.index('{') + 1} {codes.BAD_INCLUDE}"]


def test_a_library_of_a_file_of_shots_is_in_reach_of_its_shots(folder: Folder) -> None:
    folder.write(
        lib__boats="references: {boat: {image: https://example.com/boat.png}}\n",
        scenes__sea='include: ../lib/boats.yaml\nshots: [{id: a, prompt: "{{ ref.boat }}"}]\n',
    )

    shots = folder.shots("shots: [{include: scenes/sea.yaml}]\n")
    outside = 'shots: [{include: scenes/sea.yaml}, {id: b, prompt: "{{ ref.boat }}"}]\n'

    assert folder.sources(shots[0]) == ["https://example.com/boat.png"]
    assert folder.said(outside) == [f"film.yaml:4:57 {codes.UNKNOWN_REFERENCE}"]


def test_what_is_included_is_no_template(folder: Folder) -> None:
    film = 'vars: {language: de}\ninclude: "lib/{{ language }}.yaml"\nshots: [{id: a, prompt: x}]\n'

    assert folder.said(film) == [f"film.yaml:5:10 {codes.BAD_INCLUDE}"]


def test_files_are_named_one_by_one(folder: Folder) -> None:
    folder.write(scenes__one="- {id: a, prompt: x}\n")

    (found,) = folder.load("shots: [{include: scenes/*.yaml}]\n").problems

    assert (found.code, found.hint) == (
        codes.FILE_MISSING,
        "patterns are not read: name each file",
    )


def test_a_file_that_is_missing_does_not_make_its_names_unknown(folder: Folder) -> None:
    assert folder.said('include: lib.yaml\nshots: [{id: a, prompt: "{{ who }}"}]\n') == [
        f"film.yaml:4:10 {codes.FILE_MISSING}"
    ]


def test_a_key_of_a_manifest_does_not_belong_into_a_library(folder: Folder) -> None:
    folder.write(lib="budget: 5 USD\n")

    assert folder.said("include: lib.yaml\nshots: [{id: a, prompt: b}]\n") == [
        f"lib.yaml:1:1 {codes.UNKNOWN_KEY}"
    ]


# Profiles --------------------------------------------------------------------------

PROFILES = "profiles:\n  draft: {mode: std}\n  final: {mode: pro, duration: 10}\n"


def test_a_draft_stays_cheap_where_a_shot_says_otherwise(folder: Folder) -> None:
    film = f"{PROFILES}profile: draft\nshots: [{{id: a, prompt: x, mode: pro, duration: 5}}]\n"

    draft, final = folder.shots(film)[0], folder.shots(film, "final")[0]

    assert (draft.mode, draft.duration, draft.slot.profile) == ("std", 5, "draft")
    assert (final.mode, final.duration, final.slot.profile) == ("pro", 10, "final")
    assert draft.origins["mode"] == "profile draft"
    assert (draft.target, final.target) == ("renders/film/draft/a.mp4", "renders/film/final/a.mp4")


def test_what_a_shot_says_for_a_profile_wins_over_all(folder: Folder) -> None:
    film = f"{PROFILES}shots: [{{id: a, prompt: x, profiles: {{final: {{duration: 5}}}}}}]\n"

    shot = folder.shots(film, "final")[0]

    assert (shot.mode, shot.duration) == ("pro", 5)
    assert shot.origins["duration"] == "shot's profile final"


@pytest.mark.parametrize(
    ("film", "asked", "expected"),
    [
        (PROFILES, None, f"film.yaml:4:1 {codes.NO_PROFILE}"),
        (f"{PROFILES}profile: drft\n", None, f"film.yaml:7:10 {codes.UNKNOWN_PROFILE}"),
        (PROFILES, "fnal", f"film.yaml {codes.UNKNOWN_PROFILE}"),
        ("", "final", f"film.yaml {codes.UNKNOWN_PROFILE}"),
    ],
)
def test_a_profile_is_always_a_choice_of_those_that_there_are(
    folder: Folder, film: str, asked: str | None, expected: str
) -> None:
    assert folder.said(f"{film}shots: [{{id: a, prompt: x}}]\n", asked) == [expected]


def test_a_shot_cannot_speak_for_a_profile_that_there_is_not(folder: Folder) -> None:
    film = f"{PROFILES}profile: draft\nshots: [{{id: a, prompt: x, profiles: {{fin: {{}}}}}}]\n"

    assert folder.said(film) == [f"film.yaml:8:39 {codes.UNKNOWN_PROFILE}"]


def test_a_value_of_a_profile_that_does_not_apply_is_left_out(folder: Folder) -> None:
    shot = folder.shots(
        "profiles: {wide: {aspect_ratio: 1:1}}\nprofile: wide\n"
        "shots: [{id: a, prompt: x, first_frame: https://example.com/a.png}]\n"
    )[0]

    assert shot.aspect_ratio is None
    assert "aspect_ratio" in shot.dropped


# Takes, former ids and locks -------------------------------------------------------


def test_each_take_is_a_slot_with_a_path_of_its_own(folder: Folder) -> None:
    shots = folder.shots("profiles: {d: {takes: 2}}\nprofile: d\nshots: [{id: a, prompt: x}]\n")

    assert [(str(shot.slot), shot.target) for shot in shots] == [
        ("a [d]", "renders/film/d/a.mp4"),
        ("a@2 [d]", "renders/film/d/a@2.mp4"),
    ]


def test_take_and_profile_are_added_to_a_path_that_leaves_them_out(folder: Folder) -> None:
    film = "profiles: {d: {}}\nprofile: d\noutput: clips/{{ shot.id }}\n"

    shots = folder.shots(film + "shots: [{id: a, prompt: x, takes: 2}]\n")

    assert [shot.target for shot in shots] == ["clips/a.d.mp4", "clips/a.d@2.mp4"]


def test_a_former_id_belongs_to_one_shot(folder: Folder) -> None:
    film = "shots:\n- {id: a, prompt: x, was: b}\n- {id: b, prompt: x}\n- {id: c, prompt: x, was: z}\n- {id: d, prompt: x, was: z}\n"

    assert folder.said(film) == [
        f"film.yaml:5:27 {codes.FORMER_ID}",
        f"film.yaml:8:27 {codes.FORMER_ID}",
    ]


def test_locked_and_was_are_read(folder: Folder) -> None:
    shot = folder.shots("shots: [{id: a, prompt: x, was: b, locked: yes}]\n")[0]

    assert (shot.was, shot.locked) == ("b", True)


# Matrix ----------------------------------------------------------------------------

MATRIX = """\
shots:
- id: wave
  matrix:
    weather: {calm: glassy water, storm: mountains of water}
    lens: [35mm, 85mm]
    include: [{weather: fog, lens: 24mm}]
    exclude: [{weather: calm, lens: 85mm}]
  prompt: "{{ matrix.weather }}, {{ matrix.lens }}"
"""


def test_a_matrix_is_every_combination_but_those_left_out(folder: Folder) -> None:
    assert [(shot.id, shot.prompt) for shot in folder.shots(MATRIX)] == [
        ("wave-calm-35mm", "glassy water, 35mm"),
        ("wave-storm-35mm", "mountains of water, 35mm"),
        ("wave-storm-85mm", "mountains of water, 85mm"),
        ("wave-fog-24mm", "fog, 24mm"),
    ]


def test_an_id_that_uses_the_matrix_is_left_as_it_is(folder: Folder) -> None:
    film = 'shots: [{id: "{{ matrix.x }}-wave", matrix: {x: [a, b]}, prompt: x, was: old}]\n'

    shots = folder.shots(film)

    assert [shot.id for shot in shots] == ["a-wave", "b-wave"]
    assert [shot.was for shot in shots] == ["old-a", "old-b"]


def test_what_an_id_may_not_have_is_replaced_in_names(folder: Folder) -> None:
    film = "shots: [{id: a, matrix: {r: [16:9, 1:1]}, aspect_ratio: '{{ matrix.r }}', prompt: x}]\n"

    assert [(s.id, s.aspect_ratio) for s in folder.shots(film)] == [
        ("a-16-9", "16:9"),
        ("a-1-1", "1:1"),
    ]


def test_ids_and_paths_have_the_names_of_a_combination_and_not_its_texts(folder: Folder) -> None:
    film = (
        "shots: [{id: '{{ matrix.r }}-{{ matrix.w }}-sea', was: 'old-{{ matrix.w }}-{{ matrix.r }}',"
        " matrix: {r: [16:9], w: {calm: glassy water}},"
        " aspect_ratio: '{{ matrix.r }}', prompt: '{{ matrix.w }}', output: '{{ matrix.w }}'}]\n"
    )

    shot = folder.shots(film)[0]

    assert (shot.id, shot.was) == ("16-9-calm-sea", "old-calm-16-9")
    assert (shot.aspect_ratio, shot.prompt, shot.target) == (
        "16:9",
        "glassy water",
        "calm.mp4",
    )


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("exclude: [{weather: mist}]", f"film.yaml:10:15 {codes.EXCLUDES_NOTHING}"),
        ("exclude: [{wether: calm}]", f"film.yaml:10:16 {codes.BAD_COMBINATION}"),
        (
            "exclude: [{lens: 85mm}, {lens: 35mm}, {lens: 24mm}]",
            f"film.yaml:7:5 {codes.EMPTY_MATRIX}",
        ),
    ],
)
def test_what_is_wrong_with_an_exclude_is_named(folder: Folder, change: str, expected: str) -> None:
    film = MATRIX.replace("exclude: [{weather: calm, lens: 85mm}]", change)

    assert folder.said(film) == [expected]


@pytest.mark.parametrize(
    "change", ["include: [{weather: fog}]", "include: [{weather: calm, lens: 35mm}]"]
)
def test_an_include_is_a_whole_combination_that_is_new(folder: Folder, change: str) -> None:
    film = MATRIX.replace("include: [{weather: fog, lens: 24mm}]", change)

    assert folder.said(film) == [f"film.yaml:9:15 {codes.BAD_COMBINATION}"]


def test_a_matrix_without_end_is_refused_before_it_is_made(folder: Folder) -> None:
    lists = ", ".join(f"k{n}: [a, b, c, d, e, f, g, h]" for n in range(12))

    found = folder.load(f"shots: [{{id: a, matrix: {{{lists}}}, prompt: x}}]\n").problems

    assert [each.code for each in found] == [codes.TOO_MANY_SHOTS]
    assert "68,719,476,736 combinations, limit 10,000" in found[0].message


# Values ----------------------------------------------------------------------------


def test_prompts_stand_in_files_with_places_of_their_own(folder: Folder) -> None:
    (folder.path / "p.md").write_text("First line.\n\nThen {{ nobody }}.\n", "utf-8")
    film = "vars: {who: x}\nshots: [{id: a, prompt: {file: p.md}}]\n"

    assert folder.said(film) == [f"p.md:3:9 {codes.UNDEFINED}"]
    assert folder.shots(film.replace("who", "nobody"))[0].prompt == "First line.\n\nThen x."


def test_a_list_of_images_is_named_as_one(folder: Folder) -> None:
    urls = "[https://example.com/1.png, https://example.com/2.png]"
    shot = folder.shots(
        f"references: {{boat: {{image: {urls}}}, sea: {{image: https://example.com/3.png}}}}\n"
        'shots: [{id: a, prompt: "{{ ref.sea }} and {{ ref.boat }}"}]\n'
    )[0]

    assert shot.prompt == "<<<image_1>>> and <<<image_2>>> <<<image_3>>>"
    assert [getattr(image.source, "url", "")[-5:] for image in shot.images] == [
        "3.png",
        "1.png",
        "2.png",
    ]


def test_an_element_may_have_an_id_at_each_provider(folder: Folder) -> None:
    shot = folder.shots(
        "references: {k: {element: {cometapi: 160123456789012345, apimodels: 17}}}\n"
        'shots: [{id: a, prompt: "{{ ref.k }}"}]\n'
    )[0]

    assert shot.elements[0].id_at("cometapi") == "160123456789012345"
    assert shot.elements[0].id_at("apimodels") == "17"
    assert shot.elements[0].id_at("other") is None


def test_references_may_be_templates_at_every_level(folder: Folder) -> None:
    shots = folder.shots(
        "vars: {host: https://example.com}\n"
        'references: {boat: {image: "{{ host }}/{{ shot.id }}.png"}}\n'
        'shots: [{id: a, prompt: "{{ ref.boat }}"}, {id: b, prompt: "{{ ref.boat }}"}]\n'
    )

    assert [getattr(shot.images[0].source, "url", "") for shot in shots] == [
        "https://example.com/a.png",
        "https://example.com/b.png",
    ]


def test_prices_are_read_with_the_words_that_they_are_for(folder: Folder) -> None:
    loaded = folder.load(
        "prices: {cometapi: 0.09 USD/s, apimodels: {m: {pro: {on: 0.13 USD/s}}}}\n"
        "shots: [{id: a, prompt: x}]\n"
    )

    assert loaded.batch is not None
    assert [
        (rule.provider, rule.model, rule.mode, rule.sound, str(rule.per_second))
        for rule in loaded.batch.prices
    ] == [
        ("cometapi", "", "", "", "0.09 USD"),
        ("apimodels", "m", "pro", "on", "0.13 USD"),
    ]


# One mistake, one problem -----------------------------------------------------------


@pytest.mark.parametrize(
    "bad",
    [
        'rows: {file: x.csv, delimiter: x}, prompt: "{{ row.a }}"',
        'matrix: {a: []}, prompt: "{{ matrix.a }}"',
        'references: {boat: []}, prompt: "{{ ref.boat }} <<<image_1>>>"',
        'edit: {video: [x]}, prompt: "{{ edit }}"',
    ],
)
def test_what_follows_from_a_bad_value_is_not_told(folder: Folder, bad: str) -> None:
    assert len({each.place for each in folder.load(f"shots: [{{id: a, {bad}}}]\n").problems}) == 1


def test_what_does_not_follow_from_it_is_told_all_the_same(folder: Folder) -> None:
    film = (
        'shots: [{id: a, references: {boat: []}, prompt: "{{ ref.boat }} {{ nobody }}",'
        " first_frame: gone.png}]\n"
    )

    assert folder.said(film)[-2:] == [
        f"film.yaml:4:68 {codes.UNDEFINED}",
        f"film.yaml:4:93 {codes.FILE_MISSING}",
    ]


def test_a_file_that_is_missing_is_never_taken_for_the_one_that_names_it(folder: Folder) -> None:
    folder.put("firm.yaml", "vars: {a: b}\n")

    (found,) = folder.load("include: films.yaml\nshots: [{id: a, prompt: x}]\n").problems

    assert found.hint == "did you mean firm.yaml?"


def test_variables_that_only_stand_too_deep_are_told_no_ring_to_break(folder: Folder) -> None:
    deep = "".join(f'  v{n}: "x{{{{ v{n + 1} }}}}"\n' for n in range(60))
    film = f'vars:\n{deep}  v60: x\nshots: [{{id: a, prompt: "{{{{ v0 }}}}"}}]\n'

    (found,) = folder.load(film).problems

    assert found.code == codes.VARIABLE_CYCLE
    assert "41 deep inside each other, limit 40" in found.message
    assert found.hint == "write the texts of some of them out, in place of their names"


@pytest.mark.parametrize(
    ("shot", "hint"),
    [
        ("tags: '{{ t }}', prompt: x", 'write ["{{ t }}"]'),
        (
            'prompt: x, callback_url: "http://localhost/x"',
            "use an address that can be reached from the internet",
        ),
        (
            "duration: -5, prompt: x",
            "`omnibatch models` shows how many seconds each model renders",
        ),
    ],
)
def test_a_hint_is_a_cure(folder: Folder, shot: str, hint: str) -> None:
    (found,) = folder.load(f"shots: [{{id: a, {shot}}}]\n").problems

    assert found.hint == hint
