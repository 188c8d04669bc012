"""Output paths: safe on every system, inside their folder, and all different."""

import unicodedata
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omnibatch.manifest.expansion.output import Targets, safe_target
from omnibatch.problems import Place, Problem


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("a.mp4", "a.mp4"),
        ("a", "a.mp4"),
        ("a.MP4", "a.MP4"),
        ("renders//x/./a.mov", "renders/x/a.mov.mp4"),
        ('a:b*c?"d<e>f|g\\h.mp4', "a_b_c__d_e_f_g_h.mp4"),
        ("nul.mp4", "_nul.mp4"),
        ("CON/aux.tar.mp4", "_CON/_aux.tar.mp4"),
        ("com1 .mp4", "_com1 .mp4"),
        ("console.mp4", "console.mp4"),
        ("dots. ./a.mp4", "dots/a.mp4"),
        ("cafe\u0301.mp4", "caf\u00e9.mp4"),
        ("a\u0000b\u001f.mp4", "a_b_.mp4"),
        ("a\u202e4pm.exe.mp4", "a_4pm.exe.mp4"),
        ("é" * 150 + ".mp4", "é" * 98 + ".mp4"),
        ("x" * 300 + "/a.mp4", "x" * 200 + "/a.mp4"),
        ("明け方.mp4", "明け方.mp4"),
    ],
)
def test_path_is_made_safe(text: str, target: str) -> None:
    assert safe_target(text) == (target, "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "/a.mp4",
        "\\a.mp4",
        "C:/a.mp4",
        "~/a.mp4",
        "./~",
        "../a.mp4",
        "a/../../b.mp4",
        "a/ .. /b",
        "a/..",
        ".",
        "a/",
        ".mp4",
        "x/.mp4",
        "a/" * 600,
    ],
)
def test_path_that_cannot_be_used_is_refused(text: str) -> None:
    target, wrong = safe_target(text)

    assert target == ""
    assert wrong


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet='ab./\\ :*?"<>|~\n\x00é\u0301conul1', max_size=40) | st.text(max_size=40))
def test_every_path_is_refused_or_safe(text: str) -> None:
    target, wrong = safe_target(text)

    assert bool(target) != bool(wrong)
    for part in target.split("/") if target else ():
        assert part not in ("", ".", "..")
        assert len(part.encode()) <= 200
        assert not set(part) & set('<>:"|?*\\\x00\n')
        assert part == part.rstrip(". ")
        assert part == unicodedata.normalize("NFC", part)
    assert safe_target(target) == (target, "") or wrong


def _collisions(*targets: str) -> list[str]:
    problems: list[Problem] = []
    taken = Targets(problems)
    for number, target in enumerate(targets):
        taken.take(target, f"s{number}", partial(Place, "m.yaml", number + 1, 1))
    return [found.message for found in problems]


def test_paths_that_differ_in_case_or_form_only_collide() -> None:
    assert _collisions("a.mp4", "A.mp4") == ["s1 would be written over s0: both go to A.mp4"]
    assert len(_collisions("caf\u00e9.mp4", "cafe\u0301.mp4", "straße.mp4", "STRASSE.mp4")) == 2


def test_a_clip_cannot_be_a_folder_of_another() -> None:
    assert len(_collisions("a.mp4/b.mp4", "a.mp4")) == 1
    assert len(_collisions("a.mp4", "a.mp4/b.mp4")) == 1


def test_different_paths_do_not_collide() -> None:
    assert _collisions("a.mp4", "b.mp4", "a/a.mp4", "a/b.mp4", "b/a.mp4") == []
