"""How findings are told: sorted, once each, and with the shots they concern."""

import time
from typing import Any

from omnibatch.problems import Place


def test_problems_come_in_file_order(make: Any, result: Any) -> None:
    later = make.shot("a", place=Place("film.yaml", 30, 5), prompt="")
    earlier = make.shot("b", place=Place("film.yaml", 20, 5), prompt="")

    assert [p.place.line for p in result(later, earlier).problems] == [20, 30]


def test_a_finding_stands_at_the_field_it_is_about(make: Any, result: Any) -> None:
    place = Place("film.yaml", 14, 17)
    (problem,) = result(make.shot(duration=11, places={"duration": place})).problems

    assert problem.place == place
    assert "opening" not in problem.message


def test_a_mistake_in_defaults_is_told_once_with_the_shots_it_hits(make: Any, result: Any) -> None:
    places = {"duration": Place("film.yaml", 4, 13)}
    shots = [
        make.shot(f"s{n}", place=Place("film.yaml", 10 + n, 5), places=places, duration=11)
        for n in range(3)
    ]
    (problem,) = result(*shots).problems

    assert problem.message.endswith("[s0 and 2 more]")


def test_a_row_is_named_since_its_place_does_not_tell(make: Any, result: Any) -> None:
    (problem,) = result(make.shot("sku-1"), make.shot("sku-2", prompt="")).problems

    assert problem.message == "the prompt is empty [sku-2]"


def test_a_mistake_in_an_included_file_names_the_shot(make: Any, result: Any) -> None:
    places = {"mode": Place("lib/cast.yaml", 99, 1)}
    (problem,) = result(make.shot(mode="4k", places=places)).problems

    assert problem.message.endswith("[opening]")


def test_every_error_carries_a_cure(make: Any, result: Any) -> None:
    shots = (
        make.shot("a", prompt="<<<image_9>>>", mode="4k", duration=99, aspect_ratio="4:3"),
        make.shot("b", sound="on", images=make.images(9), elements=make.elements(9)),
        make.shot("c", providers=("nobody",)),
    )
    problems = result(*shots).problems

    assert len(problems) > 8
    assert all(problem.hint for problem in problems)


def seconds(make: Any, result: Any, count: int) -> float:
    shots = [make.shot(f"s{n}", prompt="", images=make.images(3)) for n in range(count)]
    best = 60.0
    for _ in range(3):
        begun = time.process_time()
        result(*shots)
        best = min(best, time.process_time() - begun)
    return best


def test_the_cost_grows_with_the_number_of_shots_and_no_faster(make: Any, result: Any) -> None:
    """Eight times the shots may take eight times as long; squared would be sixty-four."""
    assert seconds(make, result, 1600) < 24 * seconds(make, result, 200)


def test_ten_values_at_one_place_are_told_and_the_rest_counted(make: Any, result: Any) -> None:
    places = {"prompt": Place("film.yaml", 4, 13)}
    shots = [make.shot(f"sku-{n}", places=places, prompt="x" * (2501 + n % 40)) for n in range(100)]
    problems = result(*shots).problems

    assert len(problems) == 10
    assert sum("other values" in problem.message for problem in problems) == 1
    told = next(problem for problem in problems if "other values" in problem.message)
    # Forty lengths: of ten the shots are counted, and thirty are left.
    assert told.message.endswith("[sku-9 and 2 more] [and 70 more with other values]")
