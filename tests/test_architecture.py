"""The house rules of docs/design.md, held by reading the source and by counting imports."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from statistics import median
from typing import NamedTuple

import pytest

from omnibatch.cli.overview import COMMANDS

PACKAGE = Path(__file__).parent.parent / "omnibatch"

PURE_ROOMS = {"manifest", "checks", "providers", "plan"}
PURE_MODULES = {
    f"omnibatch.ledger.{name}"
    for name in (
        "codec",
        "conflict",
        "decisions",
        "identity",
        "join",
        "model",
        "state",
        "whereabouts",
    )
}
IMPURE_MODULES = {
    *("anyio", "asyncio", "httpcore", "httpx", "random", "secrets", "socket", "time", "trio"),
}
SOCKET_MODULES = {"httpcore", "httpx", "socket", "ssl", "starlette", "urllib.request", "uvicorn"}
PRINTING_MODULES = {"argparse", "click", "getpass", "logging", "tqdm"}
CLOCK_AND_CHANCE = {
    *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today"),
    *("datetime.date.today", "os.urandom", "uuid.uuid1", "uuid.uuid4"),
}
ENVIRONMENT = {"os.environ", "os.getenv", "sys.argv", "sys.stdin", "sys.stdout", "sys.stderr"}
# What changes the disk: functions of os, and methods of paths that no other type has.
WRITES = {
    *("os.write", "os.replace", "os.rename", "os.link", "os.symlink", "os.unlink", "os.mkdir"),
    *("os.makedirs", "os.rmdir", "os.fsync", "os.fdatasync", "os.ftruncate", "os.truncate"),
}
WRITING_METHODS = {"write_text", "write_bytes", "mkdir", "unlink", "rmdir", "touch"}
NAMES_THAT_OWN_NOTHING = {"base", "common", "core", "helpers", "manager", "misc", "utils"}

LONGEST_MODULE = 250
LONGEST_MEDIAN = 120
# Modules that may be longer, each with the reason why it owns one thing all the same.
MAY_BE_LONGER: dict[str, str] = {}
# A lock names the machine that holds it; that asks for a name and opens no socket.
MAY_IMPORT_SOCKET = {"omnibatch.ledger.held"}


class Import(NamedTuple):
    """`names` of `module`; `type_only` where only a type checker executes it."""

    module: str
    names: tuple[str, ...]
    type_only: bool


class Module:
    """One source file, parsed once."""

    def __init__(self, path: Path) -> None:
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        self.is_door = parts[-1] == "__init__"
        self.name = ".".join(parts[:-1] if self.is_door else parts)
        self.room = parts[1] if len(parts) > 2 else ""
        self.text = path.read_text(encoding="utf-8")
        self.tree = ast.parse(self.text)
        self.imports = tuple(_imports(self.tree, type_only=False))
        self.used = set(_used(self.tree))

    def uses(self, names: set[str]) -> set[str]:
        """Those of the dotted `names` that stand in the source, whatever they are called there."""
        return {name for name in names if any(comes_from(used, {name}) for used in self.used)}

    def __repr__(self) -> str:
        return self.name


def _imports(node: ast.AST, *, type_only: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, (), type_only) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert not child.level, "imports are written in full"
            yield Import(child.module or "", tuple(a.name for a in child.names), type_only)
        elif isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            yield from _imports(child, type_only=True)
        else:
            yield from _imports(child, type_only=type_only)


def _used(tree: ast.Module) -> Iterator[str]:
    """Every imported name and every chain of attributes, spelt out from where it comes."""
    homes: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            homes |= {a.asname: a.name for a in node.names if a.asname}
        elif isinstance(node, ast.ImportFrom):
            homes |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    yield from homes.values()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            root, _, rest = ast.unparse(node).partition(".")
            yield f"{homes.get(root, root)}.{rest}"


@cache
def modules() -> dict[str, Module]:
    found = [Module(path) for path in sorted(PACKAGE.rglob("*.py"))]
    return {module.name: module for module in found}


def rooms() -> set[str]:
    return {module.room for module in modules().values()} - {""}


def values() -> set[str]:
    top = {module.name for module in modules().values() if not module.room}
    return top - {"omnibatch", "omnibatch.__main__"}


def room_of(imported: str) -> str:
    parts = imported.split(".")
    return parts[1] if parts[0] == "omnibatch" and len(parts) > 1 and parts[1] in rooms() else ""


def comes_from(imported: str, packages: set[str]) -> bool:
    return any(imported == package or imported.startswith(f"{package}.") for package in packages)


def is_pure(module: Module) -> bool:
    return module.room in PURE_ROOMS or module.name in PURE_MODULES


def test_the_rooms_are_those_of_the_design() -> None:
    designed = {
        *("manifest", "media", "checks", "providers", "ledger", "plan", "wire", "run"),
        *("film", "report", "emulator", "cli"),
    }

    assert rooms() <= designed


def test_rooms_use_each_other_through_doors_only() -> None:
    around_the_door = [
        f"{module} imports {used.module}"
        for module in modules().values()
        for used in module.imports
        if room_of(used.module) not in ("", module.room) and used.module.count(".") > 1
    ]

    assert around_the_door == []


def test_a_door_hands_out_what_it_names_and_nothing_else() -> None:
    unnamed = []
    for module in modules().values():
        for used in module.imports:
            if room_of(used.module) in ("", module.room):
                continue
            door = modules()[used.module].tree
            offered = next(
                ast.literal_eval(node.value)
                for node in door.body
                if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
            )
            unnamed += [f"{module}: {used.module}.{n}" for n in used.names if n not in offered]

    assert unnamed == []


def test_nothing_inside_a_room_enters_by_its_own_door() -> None:
    inside = [
        f"{module} imports {used.names} of its own door"
        for module in modules().values()
        for used in module.imports
        if module.room and not module.is_door and used.module == f"omnibatch.{module.room}"
        if not all(f"{used.module}.{name}" in modules() for name in used.names)
    ]

    assert inside == []


def test_modules_import_each_other_in_no_circle() -> None:
    graph = {
        name: {
            target
            for used in module.imports
            if not used.type_only
            for target in _modules_of(used)
            if target != name
        }
        for name, module in modules().items()
    }

    assert len(list(TopologicalSorter(graph).static_order())) == len(graph)


def _modules_of(used: Import) -> set[str]:
    """Our modules that an import is about: `from omnibatch.checks import codes` is about codes."""
    below = {f"{used.module}.{name}" for name in used.names} & modules().keys()
    return below or {used.module} & modules().keys()


def test_rooms_depend_on_each_other_in_no_circle() -> None:
    graph: dict[str, set[str]] = {room: set() for room in rooms()}
    for module in modules().values():
        if module.room:
            graph[module.room] |= {room_of(i.module) for i in module.imports} - {"", module.room}

    assert set(TopologicalSorter(graph).static_order()) == rooms()


def test_values_know_values_only() -> None:
    strangers = [
        f"{module} imports {used.module}"
        for module in (modules()[name] for name in values())
        for used in module.imports
        if used.module.startswith("omnibatch") and used.module not in values()
    ]

    assert strangers == []


def test_pure_modules_touch_no_network_clock_or_chance() -> None:
    assert set(modules()) >= PURE_MODULES
    touched = [
        f"{module}: {name}"
        for module in modules().values()
        if is_pure(module)
        for name in (
            *(i.module for i in module.imports if comes_from(i.module, IMPURE_MODULES)),
            *module.uses(CLOCK_AND_CHANCE),
        )
    ]

    assert touched == []


def test_a_run_and_its_wire_wait_by_no_clock_that_somebody_sets() -> None:
    """Deadlines are those of the event loop's clock; the time of day is a word for the record."""
    read = [
        f"{module}: {name}"
        for module in modules().values()
        if module.room in ("run", "wire")
        for name in (
            *(i.module for i in module.imports if comes_from(i.module, {"time"})),
            *module.uses(CLOCK_AND_CHANCE),
        )
    ]

    assert read == []


def test_pure_rooms_use_no_room_that_acts() -> None:
    acting = {"wire", "run", "film", "report", "cli"}
    used = [
        f"{module} imports {i.module}"
        for module in modules().values()
        if is_pure(module)
        for i in module.imports
        if room_of(i.module) in acting
    ]

    assert used == []


def test_only_wire_and_emulator_can_open_sockets() -> None:
    able = [
        f"{module} imports {used.module}"
        for module in modules().values()
        if module.room not in ("wire", "emulator") and module.name not in MAY_IMPORT_SOCKET
        for used in module.imports
        if comes_from(used.module, SOCKET_MODULES)
    ]

    assert able == []
    for name in MAY_IMPORT_SOCKET:
        assert {use for use in modules()[name].used if use.startswith("socket.")} == {
            "socket.gethostname"
        }


def test_only_cli_prints_and_reads_the_environment() -> None:
    found = [
        f"{module}: {name}"
        for module in modules().values()
        if module.room != "cli"
        for name in (
            *(i.module for i in module.imports if comes_from(i.module, PRINTING_MODULES)),
            *module.uses(ENVIRONMENT),
            *(
                "print"
                for n in ast.walk(module.tree)
                if isinstance(n, ast.Name) and n.id == "print"
            ),
        )
    ]

    assert found == []


@pytest.mark.parametrize("room", ["ledger", "run", "wire"])
def test_a_run_writes_by_way_of_disk_alone(room: str) -> None:
    """Each such step is a failpoint, and can be made to fail by the tests of rough disks."""
    for module in modules().values():
        if module.room != room:
            continue
        assert not module.uses(WRITES), module
        for call in (node for node in ast.walk(module.tree) if isinstance(node, ast.Call)):
            name = ast.unparse(call.func)
            if name.startswith("disk."):
                continue
            assert name.rpartition(".")[2] not in WRITING_METHODS, f"{module}: {name}"
            if name == "open":
                modes = [ast.literal_eval(mode) for mode in call.args[1:2]]
                assert all(set(mode) <= set("rbt") for mode in modes), f"{module}: {modes}"


def test_the_emulator_is_an_island() -> None:
    bridges = [
        f"{module} imports {used.module}"
        for module in modules().values()
        for used in module.imports
        if (module.room == "emulator" and used.module.startswith("omnibatch"))
        if room_of(used.module) != "emulator"
    ]
    visitors = {
        module.room
        for module in modules().values()
        if any(room_of(used.module) == "emulator" for used in module.imports)
    }

    assert bridges == []
    assert visitors <= {"emulator", "cli"}


@pytest.mark.parametrize("room", ["run", "wire"])
def test_the_real_run_never_mentions_the_emulator(room: str) -> None:
    assert [m for m in modules().values() if m.room == room and "emulator" in m.text.lower()] == []


def test_modules_are_small() -> None:
    lines = {module.name: module.text.count("\n") for module in modules().values()}

    assert {n: c for n, c in lines.items() if c > LONGEST_MODULE and n not in MAY_BE_LONGER} == {}
    assert median(lines.values()) <= LONGEST_MEDIAN
    assert {n for n in MAY_BE_LONGER if lines[n] <= LONGEST_MODULE} == set(), "needs no leave"


def test_modules_are_named_after_what_they_own() -> None:
    parts = {part for name in modules() for part in name.split(".")}

    assert parts & NAMES_THAT_OWN_NOTHING == set()


_LOADED = """
import json, sys
sys.argv = ["omnibatch", *sys.argv[1:]]
try:
    from omnibatch.cli import main
    main()
except SystemExit as end:
    assert not end.code, end.code
rooms = {".".join(name.split(".")[:2]) for name in sys.modules if name.startswith("omnibatch.")}
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules} | rooms)))
"""

# What only spending, its emulator and its progress need, and what only manifests need.
_OF_RUNS = "anyio asyncio av dotenv filelock httpx sqlite3 starlette tqdm uvicorn"
_OF_MANIFESTS = "PIL jinja2 jsonschema yaml"
_OF_LEDGERS = "omnibatch.ledger omnibatch.plan omnibatch.run omnibatch.wire"


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (
            ["--help"],
            f"{_OF_RUNS} {_OF_MANIFESTS} decimal",
        ),
        (["init", "FOLDER"], f"{_OF_RUNS} {_OF_MANIFESTS}"),
        (["models"], f"{_OF_RUNS} {_OF_MANIFESTS}"),
        (["schema", "manifest"], f"{_OF_RUNS} {_OF_MANIFESTS}"),
        (["validate", "quickstart.yaml"], f"{_OF_RUNS} {_OF_LEDGERS} jinja2 PIL"),
        (["expand", "quickstart.yaml"], f"{_OF_RUNS} {_OF_LEDGERS} jinja2 PIL"),
        (["plan", "quickstart.yaml"], f"{_OF_RUNS} PIL jinja2"),
        (["status", "quickstart.yaml"], f"{_OF_RUNS} jinja2 PIL"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_command_loads_only_what_it_needs(
    arguments: list[str], heavy: str, tmp_path: Path
) -> None:
    arguments = [str(tmp_path / "new") if each == "FOLDER" else each for each in arguments]
    ran = subprocess.run(
        [sys.executable, "-c", _LOADED, *arguments],
        cwd=PACKAGE.parent / "specs",
        capture_output=True,
        text=True,
        check=True,
    )

    loaded = set(json.loads(ran.stdout.splitlines()[-1]))
    assert "omnibatch" in loaded
    assert loaded & set(heavy.split()) == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_loads_nothing_that_it_does_not_show(name: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _LOADED, name, "--help"], capture_output=True, text=True, check=True
    )

    loaded = set(json.loads(ran.stdout.splitlines()[-1]))
    assert "omnibatch" in loaded
    assert loaded & {*_OF_RUNS.split(), *_OF_MANIFESTS.split(), "omnibatch.wire", "ssl"} == set()
