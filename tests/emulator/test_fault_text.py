"""The written form of faults."""

import pytest

from omnibatch.emulator import Fault, load_faults

DROP = Fault(on="create", do="drop_after", times=1)


@pytest.mark.parametrize(
    "text",
    [
        '[{"on": "create", "do": "drop_after", "times": 1}]',
        "- {on: create, do: drop_after, times: 1}",
        "- on: create\n  do: drop_after\n  times: 1\n  prompt: null\n",
    ],
)
def test_json_and_yaml_mean_the_same(text):
    assert load_faults(text) == (DROP,)


@pytest.mark.parametrize("text", ["", "[]", "# nothing\n"])
def test_no_faults(text):
    assert load_faults(text) == ()


def test_a_body_that_is_not_text_is_sent_as_json():
    (fault,) = load_faults("- {on: create, do: answer, status: 400, body: {code: 1201, a: true}}")

    assert fault.body == '{"code": 1201, "a": true}'


def test_what_is_written_can_be_read_again():
    faults = (
        DROP,
        Fault(on="create", do="answer", status=429, headers={"retry-after": "3"}, body="{}"),
        Fault(on="download", do="stall", seconds=0.5, after=2, prompt="x", dialect="comet"),
    )

    assert load_faults(str([fault.as_json() for fault in faults])) == faults


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", ["neither JSON nor YAML"]),
        ("on: create", ["expected a list"]),
        ("- 3", ["fault 1", "expected a mapping"]),
        ("- {do: stuck}", ["fault 1", "'on' is missing"]),
        ("- {on: create, do: stuck}\n- {on: create, do: stuck, tims: 1}", ["fault 2", "'tims'"]),
        ("- {on: create, do: expire}", ["fault 1", "does not apply to a create", "stuck"]),
        ("- {on: creation, do: stuck}", ["fault 1", "on must be one of"]),
        ("- {on: create, do: stuck, times: yes}", ["fault 1", "times must be a whole number"]),
        ("- {on: create, do: stuck, times: -1}", ["times must not be negative"]),
        ("- {on: create, do: stuck, after: -1}", ["after must not be negative"]),
        ("- {on: create, do: stuck, dialect: kling}", ["dialect must be"]),
        ("- {on: create, do: delay}", ["delay needs seconds"]),
        ("- {on: create, do: delay, seconds: soon}", ["seconds must be a number"]),
        ("- {on: create, do: redirect}", ["redirect needs a location"]),
        ("- {on: create, do: answer, status: 99}", ["status must be from 200 to 599"]),
        ("- {on: create, do: answer, headers: {a: 1}}", ["headers must be a mapping"]),
        ("- {on: [create], do: answer}", ["fault 1", "on must be text"]),
        ("- {on: create, do: {a: 1}}", ["fault 1", "do must be text"]),
    ],
)
def test_bad_entries_are_named(text, words):
    with pytest.raises(ValueError, match=r"^fault") as caught:
        load_faults(text)

    for word in words:
        assert word in str(caught.value)
