"""Manifests made up by hypothesis: mostly right, each with a few things that are odd.

Each is a folder of files: `film.yaml`, and what it includes and reads. One value in forty
is of another kind than belongs there; so some films are sound, and others have one mistake
or several.
"""

import json
from typing import Any, NamedTuple

from hypothesis import strategies as st

__all__ = ["Folder", "folders"]


class Folder(NamedTuple):
    """The text of each file by its name, and what is given on the command line."""

    files: dict[str, str]
    variables: dict[str, str]
    profile: str | None


_Any = st.SearchStrategy[Any]
_ANYTHING: _Any = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5),
    st.just([]),
    st.just({}),
    st.just([{"a": [None]}]),
)


def _mostly(right: _Any, odd: _Any = _ANYTHING) -> _Any:
    return st.integers(0, 39).flatmap(lambda number: odd if number == 39 else right)


def _one(*right: Any, odd: tuple[Any, ...] = ()) -> _Any:
    return _mostly(st.sampled_from(right), st.sampled_from(odd) if odd else _ANYTHING)


def _some(most: int, **keys: _Any) -> _Any:
    """A map of some of the keys."""
    return st.lists(st.sampled_from(sorted(keys)), max_size=most, unique=True).flatmap(
        lambda some: st.fixed_dictionaries({key: _mostly(keys[key]) for key in some})
    )


_NAMES = _one("a", "b", "c", "k", "who", odd=("item", "name", "if", "x y", "", "__x", "v" * 65))
_IDS = _one(
    *("one", "two", "three", "Straße", "caf\u00e9", "con", "s-{{ a }}", "s-{{ profile }}"),
    *("r-{{ row.a }}", "r-{{ row.b }}-{{ row.a }}", "m-{{ matrix.k }}", "one", "two-{{ shot.id }}"),
    odd=("One", "STRASSE", "cafe\u0301", "-x", "a b", "x" * 101, "{{ a }}", "{{", "", "1", "null"),
)
_TEXTS = st.lists(
    _one(
        *("A pier. ", "At dawn. ", "{{ a }}", "{{ b }}", "{{ profile }}", "\n", "😀", "{{ take }}"),
        *(
            "{{ ref.who }}",
            "{{ ref.k }}",
            "{{ a | upper }}",
            "{% if a %}x{% endif %}",
            "{{ a ~ b }}",
        ),
        odd=(
            *(
                "{{ row.a }}",
                "{{ matrix.k }}",
                "{{ ref[matrix.k] }}",
                "{{ scene.name }}",
                "{{ edit }}",
            ),
            *(
                "{{ nothing }}",
                "{{ row.a | int + 1 }}",
                "{{ a.__class__ }}",
                "{{ 'a' * 9 }}",
                "{{ c }}",
            ),
            *("<<<image_1>>>", "<<<image_9>>>", "<<<", "{{", "}}", "{%", "{#", "%}", "\u202e", "'"),
            *("{{ a | replace('a', b) }}", "{{ a | join(a) }}", "{{ row.b | default('x') }}"),
        ),
    ),
    min_size=1,
    max_size=3,
).map("".join)
_PATHS = _one(
    *("a.png", "https://example.com/a.png", "who", "k"),
    odd=(
        *("b.png", "../x.png", "/etc/passwd", "~/x", "file:///x", ".", "", "nobody", "a\\b.png"),
        *(".env", "http://localhost/a.png", "{{ row.a }}", "{{ a }}.png", "prompt.md", "a/" * 3000),
    ),
)
_SOURCES = st.one_of(
    _PATHS,
    _PATHS.map(lambda path: {"image": path}),
    st.lists(_PATHS, min_size=1, max_size=2, unique=True).map(lambda paths: {"image": paths}),
    st.just({"image": "https://example.com/a.png", "key": "{{ a }}"}),
)
_NAMED = st.one_of(
    st.just({"image": "a.png"}),
    st.just({"image": "https://example.com/{{ a }}.png"}),
    st.just({"video": "https://example.com/a.mp4"}),
    st.just({"element": 160123456789012345}),
    st.just({"element": {"cometapi": 1, "apimodels": "{{ b }}"}}),
    _PATHS.map(lambda path: {"image": path}),
)
_MODES = _one("std", "pro", odd=("best", "{{ a }}", "{{ row.b }}"))
_SECONDS = _one(5, "5", "5s", "10", odd=(0, 99, "5.5", "{{ row.a }}", "9" * 5000))
_VALUES: dict[str, _Any] = {
    "mode": _MODES,
    "duration": _SECONDS,
    "model": _one("kling-video-o1", "kling-v3-omni", odd=("kling-v9", "{{ a }}")),
    "aspect_ratio": _one("16:9", "9:16", odd=("4:3", "{{ row.b }}")),
    "sound": _one("on", "off", "original", odd=(True, "{{ row.b }}")),
    "style": _TEXTS,
    "tags": st.lists(_one("x", "y", "{{ a }}"), max_size=2),
    "output": _one(
        *("{{ shot.id }}", "x/{{ take }}-{{ shot.id }}.mp4", "con/{{ shot.id }}"),
        odd=("../x", "/x", "x", "{{ row.b }}.mp4", "x/"),
    ),
    "provider": _one("apimodels", "cometapi", ["cometapi", "apimodels"], odd=("nobody", [])),
    "skip": _one(True, "no", odd=("{{ row.b }}",)),
    "extra": st.just({"cometapi": {"watermark": "{{ a }}", "n": 1e300}}),
}
_PROMPTS = _mostly(_TEXTS, _one("prompt.md", "a.png", "x").map(lambda file: {"file": file}))
_PARTS = _one("auto", [{"prompt": "One.", "duration": 2}, {"prompt": "{{ a }}", "duration": "3s"}])
_SHOT = st.builds(
    lambda must, may, picture: {**must, **may, **picture},
    st.fixed_dictionaries({"id": _mostly(_IDS), "prompt": _mostly(_PROMPTS)}),
    _some(
        2,
        **_VALUES,
        takes=_one(1, 2, 3, odd=(0, 101, "{{ row.a }}")),
        was=_IDS,
        references=st.one_of(st.just(["who"]), st.dictionaries(_NAMES, _NAMED, max_size=2)),
        profiles=st.fixed_dictionaries({"a": _some(2, **_VALUES)}),
    ),
    _some(1, first_frame=_SOURCES, end_frame=_SOURCES, edit=_SOURCES, multi_shot=_PARTS),
)
_ROWS = st.one_of(
    _one("rows.csv", "rows.json", "rows.yaml", "rows.jsonl", odd=("nothing.csv", "prompt.md", ".")),
    st.builds(
        lambda file, more: {"file": file, **more},
        _one("rows.csv", "rows.json"),
        _some(
            1,
            where=_one(
                "row.a == '1'", "row.b", "true", odd=("row.x", "x) %}", "(", "row.a | int > 1")
            ),
            format=_one("csv", "json", odd=("klingon",)),
            encoding=_one("utf-8", "cp1252", odd=("base64", "punycode", "x")),
            delimiter=_one(",", ";", "tab"),
        ),
    ),
)
_OF_ROWS = st.builds(
    lambda shot, rows, name, words: {**shot, "id": name, "rows": rows, "prompt": words},
    _SHOT,
    _ROWS,
    _one("r-{{ row.a }}", "r-{{ row.b }}-{{ row.a }}", odd=("r", "{{ row.a }}", "{{ row.x }}")),
    _one(
        "{{ row.a }} and {{ row.b }}", "{{ row.b | default('x') }}.", odd=("{{ row.a | int + 1 }}",)
    ),
)
_OF_MATRIX = st.builds(
    lambda shot, lists, more: {
        **shot,
        "id": "m",
        "matrix": {**lists, **more},
        "prompt": "{{ matrix.k }} {{ ref[matrix.k] }}",
    },
    _SHOT,
    st.fixed_dictionaries(
        {
            "k": st.one_of(
                _one(["who", "k"], ["who"], odd=(["x"], [])), st.just({"k": "who", "who": "k"})
            )
        }
    ),
    _some(
        2,
        x=_one(["16:9", "a"], ["a", "a "], odd=(["{{ a }}"],)),
        include=_one([{"k": "who"}], [{"k": "k", "x": "b"}]),
        exclude=_one([{"k": "who"}], odd=([{"z": 1}],)),
    ),
)
_SHOTS = st.one_of(_SHOT, _SHOT, _OF_ROWS, _OF_MATRIX)
_ITEMS = st.one_of(
    _SHOTS,
    _SHOTS,
    _one("part.yaml", odd=("film.yaml", "nothing.yaml", "a.png")).map(
        lambda file: {"include": file}
    ),
    st.builds(
        lambda scene, shots, more: {"scene": scene, "shots": shots, **more},
        _one("storm", "night"),
        st.lists(_SHOTS, min_size=1, max_size=2),
        _some(
            1,
            defaults=_some(2, **_VALUES),
            references=st.dictionaries(_NAMES, _NAMED, max_size=2),
        ),
    ),
)
_DEFINED: dict[str, _Any] = {
    "vars": st.fixed_dictionaries({"a": _TEXTS}),
    "references": st.dictionaries(_NAMES, _NAMED, max_size=2),
    "defaults": _some(2, **_VALUES),
    "profiles": st.fixed_dictionaries({"a": _some(2, **_VALUES)}),
}
_FILMS = st.builds(
    lambda must, may: {**must, **may},
    st.fixed_dictionaries(
        {
            "version": _mostly(st.just(1)),
            "provider": _mostly(st.just("apimodels")),
            "profile": _one("a", odd=("b", "")),
            "profiles": _mostly(st.fixed_dictionaries({"a": _some(2, **_VALUES)})),
            "vars": _mostly(
                st.fixed_dictionaries(
                    {"a": _one("calm", "{{ b }} sea", odd=("{{ c }}", "{{ a }}", "{{ row.a }}"))}
                    | {"b": _one("night", "x", odd=("{{ a }}",)), "c": _one("{{ ref.who }}", "x")}
                )
            ),
            "references": _mostly(st.fixed_dictionaries({"who": _NAMED, "k": _NAMED})),
            "defaults": _mostly(st.just({"aspect_ratio": "16:9"})),
            "shots": _mostly(st.lists(_mostly(_ITEMS), min_size=1, max_size=3)),
        }
    ),
    _some(
        2,
        include=_one("lib.yaml", ["lib.yaml"], odd=("film.yaml", "nothing.yaml", "rows.csv")),
        name=_one("film", odd=("a/b", "", "x" * 101)),
        budget=_one("5.00 USD", odd=("5", "1e9 USD")),
        output=_VALUES["output"],
        prices=_one({"apimodels": "0.1 USD/s"}, odd=({"apimodels": "5 EUR/s"},)),
        run=_some(2, in_flight=_one(3, odd=(0,)), patience=_one("10m", odd=("2d",))),
    ),
)
_CELLS = _one(
    *("1", "2", "3", "on", "calm", "16:9", "{{ a }}", 'say "x"', "a,b", "=1+1", "who"),
    odd=("", "x\ny", "9" * 50, "<<<image_1>>>", "{{"),
)
_TABLES = st.lists(st.fixed_dictionaries({"a": _CELLS, "b": _CELLS}), min_size=1, max_size=4)


def _csv(rows: list[dict[str, Any]]) -> str:
    cells = [[str(row[key]).replace('"', '""') for key in ("a", "b")] for row in rows]
    return "\n".join(["a,b", *(f'"{a}","{b}"' for a, b in cells)]) + "\n"


folders: st.SearchStrategy[Folder] = st.builds(
    lambda film, library, part, rows, words, variables, profile: Folder(
        files={
            "film.yaml": json.dumps(film, indent=1, ensure_ascii=False),
            "lib.yaml": json.dumps(library, indent=1),
            "part.yaml": json.dumps(part, indent=1),
            "rows.csv": _csv(rows),
            "rows.json": json.dumps(rows),
            "rows.yaml": json.dumps(rows),
            "rows.jsonl": "\n".join(map(json.dumps, rows)),
            "prompt.md": words,
        },
        variables=variables,
        profile=profile,
    ),
    _FILMS,
    _some(4, **_DEFINED),
    st.one_of(
        st.lists(_SHOTS, min_size=1, max_size=2),
        st.builds(
            lambda shots, more: {"shots": shots, **more},
            st.lists(_SHOTS, min_size=1, max_size=2),
            _some(2, **_DEFINED),
        ),
    ),
    _TABLES,
    _TEXTS,
    st.dictionaries(_one("a", "b", odd=("x", "name")), _TEXTS, max_size=1),
    _mostly(st.none(), _NAMES),
)
