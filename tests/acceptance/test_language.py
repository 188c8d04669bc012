"""The language of manifests on the command line: what validate, expand and plan make of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from ..workplace import Workplace

HEAD = "version: 1\nprovider: apimodels\ndefaults: {aspect_ratio: 16:9}\n"


class Desk:
    """A folder of files around `film.yaml`, and commands on it."""

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self.folder = place.folder

    def put(self, name: str, text: str) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def validate(self, *options: str) -> list[str]:
        """The places and codes of what is wrong."""
        finished = self._place.omnibatch("validate", "film.yaml", "--format", "json", *options)
        found = json.loads(finished.out)["problems"]
        assert finished.code == (3 if any(p["severity"] == "error" for p in found) else 0)
        return [f"{p['file']}:{p['line']} {p['code']}" for p in found]

    def expand(self, *options: str) -> list[dict[str, Any]]:
        finished = self._place.omnibatch("expand", "film.yaml", "--json", *options)
        assert finished.code == 0, finished.said
        shots: list[dict[str, Any]] = json.loads(finished.out)["shots"]
        return shots

    def shown(self, *options: str) -> str:
        finished = self._place.omnibatch("expand", "film.yaml", *options)
        assert finished.code == 0, finished.said
        return finished.out

    def prices(self, *options: str) -> dict[str, str | None]:
        return {shot["shot"]: shot["price"] for shot in self._place.plan(*options)["shots"]}


@pytest.fixture
def desk(place: Workplace) -> Desk:
    return Desk(place)


STORYBOARD = """\
include: lib/cast.yaml
profiles: {draft: {mode: std}, final: {mode: pro}}
profile: draft
shots:
- {id: opening, prompt: "{{ keeper }} waits."}
- scene: storm
  defaults: {duration: 10}
  shots:
  - {id: turn, mode: pro, takes: 2, prompt: "{{ keeper }} turns."}
  - include: scenes/rest.yaml
"""
CAST = "vars: {keeper: the keeper, line: Who is there?}\n"


def test_a_storyboard_of_several_files_is_expanded_with_its_origins(desk: Desk) -> None:
    desk.put("film.yaml", HEAD + STORYBOARD)
    desk.put("lib/cast.yaml", CAST + "defaults: {style: Muted.}\n")
    desk.put("scenes/rest.yaml", '- {id: end, prompt: "{{ line }}"}\n')

    shots = desk.expand()

    assert desk.validate() == []
    assert [(s["shot"], s["profile"], s["take"], s["scene"], s["file"]) for s in shots] == [
        ("opening", "draft", 1, None, "film.yaml"),
        ("turn", "draft", 1, "storm", "film.yaml"),
        ("turn", "draft", 2, "storm", "film.yaml"),
        ("end", "draft", 1, "storm", "scenes/rest.yaml"),
    ]
    assert [s["origins"]["mode"] for s in shots] == ["profile draft"] * 4
    assert shots[3]["origins"]["style"] == "defaults of lib/cast.yaml"
    assert {s["request"]["mode"] for s in desk.expand("--profile", "final")} == {"pro"}


def test_every_profile_is_validated_unless_one_is_named(desk: Desk) -> None:
    desk.put(
        "film.yaml",
        HEAD + "profiles: {draft: {}, final: {duration: 99}}\nshots: [{id: a, prompt: x}]\n",
    )

    assert desk.validate() == ["film.yaml:4 OB526"]
    assert desk.validate("--profile", "draft") == []


def test_a_problem_is_told_in_the_file_it_stands_in(desk: Desk) -> None:
    desk.put("film.yaml", HEAD + STORYBOARD)
    desk.put("lib/cast.yaml", CAST + "references: {boat: {image: boat.png}}\n")
    desk.put("scenes/rest.yaml", "# nothing\n" * 40 + "- id: end\n  prompt: '{{ lime }}'\n")

    assert desk.validate() == ["lib/cast.yaml:2 OB320", "scenes/rest.yaml:42 OB302"]


def test_files_that_are_included_are_not_checked_alone(desk: Desk, place: Workplace) -> None:
    desk.put("film.yaml", HEAD + "shots: [{include: parts/part.yaml}]\n")
    desk.put("parts/part.yaml", "version: 1\nshots: [{id: a, prompt: '{{ name }}'}]\n")

    finished = place.omnibatch("validate", ".")

    assert (finished.code, finished.out) == (0, "film.yaml: 1 shot, no errors\n")


def test_rows_are_shown_with_their_file_and_line(desk: Desk) -> None:
    desk.put("goods.csv", "sku;name;mode\n1;Lamp;pro\n2;Bench;\n")
    desk.put(
        "film.yaml",
        HEAD + 'shots: [{id: "sku-{{ row.sku }}", rows: goods.csv, mode: "{{ row.mode }}",'
        ' prompt: "{{ row.name }}"}]\n',
    )

    shots = desk.expand()

    assert [shot["row"] for shot in shots] == [
        {"file": "goods.csv", "line": 2},
        {"file": "goods.csv", "line": 3},
    ]
    assert [shot["request"]["mode"] for shot in shots] == ["pro", "std"]
    assert "sku-2  (film.yaml:4:9, row goods.csv:3)" in desk.shown("sku-2")
    assert "mode          std   [built-in]" in desk.shown("sku-2")


def test_a_mistake_in_the_rows_names_file_and_line_of_the_row(desk: Desk, place: Workplace) -> None:
    desk.put("goods.csv", "sku;name;mode\n1;Lamp;pro\n2;Bench;best\n3;Hat;best\n")
    desk.put(
        "film.yaml",
        HEAD + 'shots: [{id: "sku-{{ row.sku }}", rows: goods.csv, mode: "{{ row.mode }}",'
        ' prompt: "{{ row.name }}"}]\n',
    )

    finished = place.omnibatch("validate", "film.yaml")

    assert finished.code == 3
    assert finished.out.splitlines() == [
        "film.yaml:4:58: OB207 mode must be std or pro, not 'best' [and in 1 more row]"
        " (write std or pro)",
        "  goods.csv:3:1: the row it came up with",
    ]


PARTS = """\
references: {face: {element: 160123456789012345}}
shots:
- id: talk
  model: kling-v3-omni
  sound: on
  multi_shot:
  - {duration: 3, prompt: "{{ ref.face }} asks."}
  - {duration: 4, prompt: A gull.}
"""


def test_parts_and_references_are_shown_as_they_are_sent(desk: Desk) -> None:
    desk.put("film.yaml", HEAD + PARTS)

    shown = desk.shown()

    assert "  duration      7   [multi_shot]\n" in shown
    assert "  part 1        3 s: <<<element_1>>> asks.\n  part 2        4 s: A gull.\n" in shown
    assert "prompt" not in shown


def test_a_picture_of_a_library_is_shown_by_its_path_from_the_manifest(
    desk: Desk, place: Workplace
) -> None:
    (desk.folder / "pictures").mkdir()
    keeper = Path(__file__).parents[2] / "specs" / "refs" / "keeper.png"
    (desk.folder / "pictures" / "keeper.png").write_bytes(keeper.read_bytes())
    desk.put("lib/cast.yaml", "references: {keeper: {image: ../pictures/keeper.png}}\n")
    desk.put(
        "film.yaml",
        HEAD + 'include: lib/cast.yaml\nshots: [{id: a, prompt: "{{ ref.keeper }}"}]\n',
    )
    (desk.folder / ".git").mkdir()

    assert "  image 1       reference keeper: pictures/keeper.png\n" in desk.shown()


PRICED = """\
prices:
  apimodels: 0.10 USD/s
  cometapi: {kling-v3-omni: {std: 0.20 USD/s, pro: {off: 0.30 USD/s, on: 0.40 USD/s}}}
shots:
- {id: plain, prompt: x}
- {id: long, prompt: x, duration: 10, mode: pro}
- {id: quiet, prompt: x, provider: cometapi, model: kling-v3-omni}
- {id: fine, prompt: x, provider: cometapi, model: kling-v3-omni, mode: pro}
- {id: loud, prompt: x, provider: cometapi, model: kling-v3-omni, mode: pro, sound: on}
- {id: unknown, prompt: x, provider: cometapi}
- {id: changed, prompt: x, edit: "https://example.com/a.mp4"}
"""


def test_prices_of_ones_own_are_what_a_plan_counts_with(desk: Desk) -> None:
    desk.put("film.yaml", HEAD + PRICED)

    assert desk.prices() == {
        "plain": "0.50 USD",
        "long": "1.00 USD",
        "quiet": "1.00 USD",
        "fine": "1.50 USD",
        "loud": "2.00 USD",
        "unknown": None,
        "changed": None,
    }


def test_prices_may_be_in_the_currency_of_the_budget(desk: Desk, place: Workplace) -> None:
    priced = "prices: {apimodels: 0.10 EUR/s}\n"
    shots = "shots: [{id: a, prompt: x}, {id: b, prompt: x, mode: pro}]\n"
    desk.put("film.yaml", HEAD + "budget: 5.00 EUR\n" + priced + shots)

    assert place.plan()["summary"] | {"actions": {}} == {
        "actions": {},
        "cost": "1.00 EUR",
        "unpriced": 0,
        "spent": None,
        "budget": "5.00 EUR",
    }
    desk.put("film.yaml", HEAD + "budget: 5.00 USD\n" + priced + shots)
    assert desk.validate() == ["film.yaml:5 OB260"]
    desk.put("film.yaml", HEAD + "budget: 5.00 EUR\n" + shots)
    assert desk.validate() == ["film.yaml:4 OB571"]


def test_without_prices_of_ones_own_the_shipped_table_counts(desk: Desk) -> None:
    desk.put("film.yaml", HEAD + "shots: [{id: a, prompt: x}]\n")

    assert desk.prices() == {"a": "0.3165 USD"}


def test_a_list_of_providers_none_of_which_can_take_the_shot_is_a_problem(desk: Desk) -> None:
    long = "x" * 2600  # more than kling-video-o1 takes anywhere
    desk.put(
        "film.yaml",
        HEAD.replace("apimodels", "[nowhere, apimodels]") + "shots: [{id: a, prompt: x}]\n",
    )
    assert desk.validate() == ["film.yaml:2 OB501"]

    desk.put(
        "film.yaml",
        HEAD.replace("apimodels", "[apimodels, cometapi]")
        + f"shots: [{{id: a, prompt: {long}}}]\n",
    )
    assert desk.validate() == ["film.yaml:4 OB512"]  # by both: the first one's reason


def test_a_var_changes_what_is_made_and_a_misspelt_one_is_refused(desk: Desk) -> None:
    desk.put(
        "film.yaml",
        HEAD + 'vars: {hero: Ada}\nshots: [{id: "a-{{ hero }}", prompt: "{{ hero }} waits"}]\n',
    )

    assert [s["shot"] for s in desk.expand("--var", "hero=Bo")] == ["a-Bo"]
    assert desk.validate("--var", "heroe=Bo") == ["film.yaml:0 OB306"]


def test_a_limit_that_a_row_breaks_names_file_and_line_of_the_row(
    desk: Desk, place: Workplace
) -> None:
    desk.put("goods.csv", "sku;seconds\n1;5\n2;60\n")
    desk.put(
        "film.yaml",
        HEAD + 'shots: [{id: "sku-{{ row.sku }}", rows: goods.csv, prompt: x,'
        ' duration: "{{ row.seconds }}"}]\n',
    )

    finished = place.omnibatch("validate", "film.yaml")

    assert finished.out.splitlines() == [
        "film.yaml:4:73: OB526 60 s, and kling-video-o1 renders 3-10 s [sku-2] (use 3 to 10)",
        "  goods.csv:3:1: the row it came up with",
    ]
