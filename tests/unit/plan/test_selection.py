"""Which slots a pattern names, and what is said where it names none."""

import pytest

from omnibatch.errors import UsageError
from omnibatch.plan import select_slots
from omnibatch.shots import Slot

from .samples import a_shot

SLOTS = (
    Slot("opening"),
    Slot("opening", take=2),
    Slot("wave-calm"),
    Slot("wave-storm"),
    Slot("Été"),
    Slot("turn", "final"),
)


def chosen(*select: str, exclude: tuple[str, ...] = ()) -> set[str]:
    found = select_slots(SLOTS, select=select, exclude=exclude)
    return {f"{slot.shot}@{slot.take}" for slot in found}


def test_no_pattern_means_all() -> None:
    assert select_slots(SLOTS) == frozenset(SLOTS)


@pytest.mark.parametrize(
    ("patterns", "wanted"),
    [
        (["opening"], {"opening@1", "opening@2"}),
        (["opening@2"], {"opening@2"}),
        (["opening@1"], {"opening@1"}),
        (["*@2"], {"opening@2"}),
        (["wave-*"], {"wave-calm@1", "wave-storm@1"}),
        (["wave-????"], {"wave-calm@1"}),
        (["wave-[cs]*"], {"wave-calm@1", "wave-storm@1"}),
        (["turn,Été"], {"turn@1", "Été@1"}),
        ([" turn , opening@2 "], {"turn@1", "opening@2"}),
        (["turn", "wave-calm"], {"turn@1", "wave-calm@1"}),
        (["turn,"], {"turn@1"}),
    ],
)
def test_a_pattern_names_ids_takes_or_globs(patterns: list[str], wanted: set[str]) -> None:
    assert chosen(*patterns) == wanted


def test_an_id_is_not_a_prefix() -> None:
    with pytest.raises(UsageError):
        chosen("wave")


def test_case_matters_as_it_does_in_ids() -> None:
    with pytest.raises(UsageError):
        chosen("Opening")


def test_what_is_excluded_is_left_out_of_what_is_selected() -> None:
    assert chosen("opening,wave-*", exclude=("opening@2", "*-storm")) == {
        "opening@1",
        "wave-calm@1",
    }


def test_exclude_alone_leaves_the_rest() -> None:
    assert chosen(exclude=("wave-*", "opening")) == {"Été@1", "turn@1"}


def test_a_pattern_that_names_nothing_is_a_slip_and_the_nearest_id_is_offered() -> None:
    with pytest.raises(UsageError, match="--select 'openning' names no shot") as caught:
        chosen("openning")

    assert caught.value.hint == "did you mean 'opening'?"


def test_an_exclusion_that_names_nothing_is_a_slip_as_well() -> None:
    with pytest.raises(UsageError, match="--exclude 'zzzz' names no shot") as caught:
        chosen(exclude=("zzzz",))

    assert "omnibatch plan" in caught.value.hint


def test_one_slip_among_several_patterns_is_told() -> None:
    with pytest.raises(UsageError, match="'trun'"):
        chosen("opening,trun")


STORM = (
    a_shot("turn", slot=Slot("turn", "final"), scene="storm", tags=("night", "sea")),
    a_shot("wave-calm", tags=("sea",), was="old-wave"),
    a_shot("wave-storm", scene="storm"),
)


def labelled(*select: str, exclude: tuple[str, ...] = ()) -> set[str]:
    found = select_slots(SLOTS, select=select, exclude=exclude, shots=STORM)
    return {slot.shot for slot in found}


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("scene:storm", {"turn", "wave-storm"}),
        ("tag:sea", {"turn", "wave-calm"}),
        ("tag:n*", {"turn"}),
        ("scene:storm,opening@2", {"turn", "wave-storm", "opening"}),
    ],
)
def test_scenes_and_tags_select_their_shots(pattern: str, wanted: set[str]) -> None:
    assert labelled(pattern) == wanted


def test_a_scene_can_be_left_out() -> None:
    assert labelled("turn,wave-*", exclude=("scene:storm",)) == {"wave-calm"}


def test_a_glob_over_ids_finds_no_shot_by_its_scene() -> None:
    assert labelled("*storm*") == {"wave-storm"}


def test_a_scene_that_does_not_exist_is_a_slip() -> None:
    with pytest.raises(UsageError, match="'scene:strom' names no shot") as caught:
        labelled("scene:strom")

    assert caught.value.hint == "did you mean 'scene:storm'?"


def test_a_former_id_selects_nothing_and_says_what_it_is_called_now() -> None:
    with pytest.raises(UsageError, match="'old-wave' names no shot") as caught:
        labelled("old-wave")

    assert caught.value.hint == "it is wave-calm now"
