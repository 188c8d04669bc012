"""The failpoints themselves: every step of a run has one, and their names are known."""

import ast
from collections import Counter
from pathlib import Path

from omnibatch import disk
from omnibatch.wire import http

from .films import CHAIN
from .oracle import points_in
from .sweeping import Site

# Calls of `os` that change a disk, or make a change last.
STEPS = [
    f"os.{name}"
    for name in (
        *("write", "fsync", "fdatasync", "ftruncate", "replace", "rename", "link", "unlink"),
        *("mkdir", "rmdir", "remove", "truncate", "symlink", "chmod", "utime", "pwrite"),
    )
]

# What a run passes that makes a ledger, buys, and collects. Beside these there are points
# for what went wrong before: `torn`, `journal.cut`, `clip.cut`, `part.remove`, `lockfile.remove`.
POINTS = {
    *("folder.make", "folder.made", "folder.sync", "folder.synced"),
    *("ignore.write", "ignore.written"),
    *("holder.write", "holder.written", "holder.remove", "holder.removed"),
    *("guard.write", "guard.written", "guard.sync", "guard.synced"),
    *("guard.remove", "guard.removed", "folder.remove", "folder.removed"),
    *("journal.write", "journal.written", "journal.sync", "journal.synced"),
    *("ballast.write", "ballast.written", "ballast.sync", "ballast.synced"),
    *("ballast.remove", "ballast.removed"),
    *("lockfile.write", "lockfile.written", "lockfile.sync", "lockfile.synced"),
    *("lockfile.rename", "lockfile.renamed"),
    *("create.send", "create.replied", "create.verdict", "create.recorded"),
    *("ask.send", "ask.replied"),
    *("fetch.send", "fetch.ask", "fetch.answered", "fetch.replied"),
    *("clip.write", "clip.written", "clip.sync", "clip.synced"),
    *("clip.rename", "clip.linked", "clip.renamed", "kept.remove", "kept.removed"),
}


def _functions(module: object) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    path = str(getattr(module, "__file__", ""))
    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


def _lines(function: ast.AST, *names: str) -> list[int]:
    """The lines where something of these names is called, be it by `getattr`."""
    lines = []
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called.startswith("getattr(os, "):
                called = f"os.{ast.literal_eval(node.func.args[1])}"
            if called in names:
                lines.append(node.lineno)
    return sorted(lines)


def test_every_step_on_the_disk_has_a_point_before_and_after() -> None:
    # What is private, and what is defined within it, is a part of the step that calls it.
    private = [f for f in _functions(disk) if f.name.startswith("_")]
    parts = [n.name for f in private for n in ast.walk(f) if isinstance(n, ast.FunctionDef)]
    functions = [f for f in _functions(disk) if f.name not in parts]
    stepping = {f.name: steps for f in functions if (steps := _lines(f, *STEPS, *parts))}

    for function in functions:
        if function.name in stepping:
            points = _lines(function, "reach")
            assert points, function.name
            assert points[0] < stepping[function.name][0], function.name
            assert points[-1] > stepping[function.name][-1], function.name
    assert set(stepping) > {"write", "sync", "cut", "replace", "place", "remove", "make_folder"}


def test_every_exchange_has_a_point_before_and_after() -> None:
    public = {
        node.name: len(_lines(node, "reach"))
        for node in _functions(http)
        if isinstance(node, ast.AsyncFunctionDef) and node.name in ("create", "ask", "fetch")
    }

    assert set(public) == {"create", "ask", "fetch"}
    assert min(public.values()) >= 2


def test_the_points_of_a_run_are_those_that_are_known(site: Site) -> None:
    """A new step shows here, and joins the list; one that lost its point does, too."""
    place = site.place("film")
    CHAIN.write(place)

    finished = place.run(OMNIBATCH_FAILPOINT="*:0")
    place.shut()

    assert finished.code == 0, finished.said
    passed = Counter(points_in(finished))
    assert set(passed) == POINTS
    for point in ("create.send", "create.replied", "create.verdict", "create.recorded"):
        assert passed[point] == 2, "each of the two shots is sent once"
    for point in ("fetch.send", "fetch.replied", "clip.rename", "clip.linked", "clip.renamed"):
        assert passed[point] == 2, "each of the two clips comes once"
    # A header; for each shot an open send, its verdict, that it is rendered, its clip, and
    # that this is in place.
    assert passed["journal.write"] == passed["journal.written"] == 11
    assert passed["journal.sync"] == passed["journal.synced"] == 11
    assert passed["lockfile.rename"] == 2, "open at the begin, and whole at the end"
