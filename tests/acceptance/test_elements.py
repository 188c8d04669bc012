"""An element with an id at each provider, from the manifest to the wire."""

import json

import pytest

from ..workplace import KEY, Document, Workplace, both, variables_of

IDS = {"cometapi": 160123456789012345, "apimodels": 160543210987654321}


def write(place: Workplace, ids: Document, provider: object = None) -> None:
    place.write(
        [{"id": "s1", "prompt": "{{ ref.keeper }} rows."}],
        provider=provider or place.provider,
        references={"keeper": {"element": ids}},
    )


def body(place: Workplace) -> Document:
    """The body of the one shot, as `expand --body` prints it under the request line."""
    finished = place.omnibatch("expand", "film.yaml", "s1", "--body")
    assert finished.code == 0, finished.said
    read: Document = json.loads(finished.out.partition("\n")[2])
    return read


@both
def test_the_body_has_the_id_of_the_provider_it_goes_to(place: Workplace) -> None:
    write(place, IDS)

    assert body(place)["element_list"] == [{"element_id": IDS[place.provider]}]


@both
def test_a_shot_with_ids_by_provider_is_rendered_and_stored_whole(place: Workplace) -> None:
    write(place, IDS)

    finished = place.run()

    assert finished.code == 0, finished.said
    assert place.states() == {"s1": "collected"}
    (request,) = place.ledger()["requests"].values()
    assert request["elements"] == [{name: str(number) for name, number in sorted(IDS.items())}]


@pytest.mark.parametrize("chosen", ["cometapi", "apimodels"])
def test_a_provider_without_an_id_is_left_out(place: Workplace, chosen: str) -> None:
    write(place, {chosen: IDS[chosen]}, ["cometapi", "apimodels"])
    other = "apimodels" if chosen == "cometapi" else "cometapi"

    finished = place.omnibatch("expand", "film.yaml")

    assert finished.code == 0, finished.said
    assert f"OB503 warning: {other} cannot take this shot and is left out" in finished.err
    assert f"element 1     {IDS[chosen]}" in finished.out
    assert f"provider      {chosen}," in finished.out
    assert body(place)["element_list"] == [{"element_id": IDS[chosen]}]


def test_no_provider_with_an_id_is_a_problem(place: Workplace) -> None:
    write(place, {"elsewhere": 1}, ["cometapi", "apimodels"])

    finished = place.run()

    assert finished.code == 3, finished.said
    assert "film.yaml:" in finished.err
    assert "OB538 keeper has no id at cometapi, only at elsewhere" in finished.err
    assert place.posts == 0


def test_what_is_bought_is_the_same_whoever_is_chosen(place: Workplace) -> None:
    write(place, IDS, "apimodels")
    assert place.run().code == 0

    write(place, IDS, ["cometapi", "apimodels"])
    key, endpoint = variables_of("cometapi")

    assert place.actions(**{key: KEY, endpoint: place.url}) == {"s1": "keep"}
