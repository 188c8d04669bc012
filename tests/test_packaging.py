"""What is built: the wheel carries what the package reads, and says one version."""

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.parser import Parser
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest

import omnibatch
from omnibatch.providers import provider_named, provider_names
from omnibatch.schema import schema_names, schema_text

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def project() -> dict[str, object]:
    loaded: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return loaded


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a wheel and a source archive, built by the backend itself."""
    folder = tmp_path_factory.mktemp("built")
    script = (
        "import sys; from hatchling import build; "
        "print(build.build_wheel(sys.argv[1]), build.build_sdist(sys.argv[1]))"
    )
    subprocess.run([sys.executable, "-c", script, str(folder)], cwd=ROOT, check=True)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> dict[str, bytes]:
    """The wheel's files by name."""
    (path,) = built.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_carries_every_schema_as_it_is(wheel: dict[str, bytes]) -> None:
    packed = {
        name.removeprefix("omnibatch/schemas/"): data.decode()
        for name, data in wheel.items()
        if name.startswith("omnibatch/schemas/")
    }

    assert packed == {f"{name}.schema.json": schema_text(name) for name in schema_names()}


def test_the_wheel_carries_the_page_about_problems(wheel: dict[str, bytes]) -> None:
    assert wheel["omnibatch/docs/problems.md"] == (ROOT / "docs" / "problems.md").read_bytes()


def test_the_wheel_carries_every_module_and_says_that_it_is_typed(wheel: dict[str, bytes]) -> None:
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "omnibatch").rglob("*.py")}

    assert "omnibatch/py.typed" in wheel
    assert {name for name in wheel if name.endswith(".py")} == modules


def test_the_wheel_carries_nothing_but_the_package(wheel: dict[str, bytes]) -> None:
    assert {name.partition("/")[0].partition("-")[0] for name in wheel} == {"omnibatch"}


def test_versions_agree(wheel: dict[str, bytes], project: dict[str, object]) -> None:
    (metadata,) = (data for name, data in wheel.items() if name.endswith("/METADATA"))

    assert "version" in project["dynamic"]  # type: ignore[operator]  # TOML is any value
    assert Parser().parsestr(metadata.decode())["Version"] == omnibatch.__version__
    assert version("omnibatch") == omnibatch.__version__


def test_the_wheel_names_its_licence(wheel: dict[str, bytes]) -> None:
    (licence,) = (data for name, data in wheel.items() if name.endswith("/LICENSE"))

    assert licence == (ROOT / "LICENSE").read_bytes()


def test_the_source_archive_can_be_built_from_and_tested(built: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert names >= {
        *("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "Makefile"),
        *("requirements-dev.lock", "schemas/manifest.schema.json", "specs/harbor.yaml"),
        *("tests/test_packaging.py", "omnibatch/py.typed"),
    }


def test_the_command_is_installed() -> None:
    (script,) = entry_points(group="console_scripts", name="omnibatch")

    assert script.load().__module__ == "omnibatch.cli"


def test_every_provider_is_registered_and_is_what_its_name_says() -> None:
    points = entry_points(group="omnibatch.providers")

    assert {point.name for point in points} == set(provider_names())
    for point in points:
        assert point.load() is provider_named(point.name)


def test_the_lock_pins_every_dependency_and_names_no_host(project: dict[str, object]) -> None:
    lock = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    wanted = [*project["dependencies"], *groups["dev"]]  # type: ignore[misc]  # TOML is any value
    lines = [line for line in lock.splitlines() if not line.startswith("#")]
    pinned = {line.partition("==")[0] for line in lines}

    assert all(re.match(r"[a-z0-9-]+==[0-9][\w.]*( ; .+)?$", line) for line in lines)
    assert {re.split(r"[<>=]", name)[0] for name in wanted} <= pinned
    assert "://" not in lock
