"""The public names of `omnibatch`: pinned, lazy, and used as `tests/typing/api.py` shows."""

import importlib.util
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest

import omnibatch

HERE = Path(__file__).parent
SPECS = HERE.parent / "specs"


def test_the_public_names_are_these() -> None:
    assert omnibatch.__all__ == [
        *("Asked", "Exit", "LedgerPlace", "Money", "OmnibatchError", "Problem", "Shot"),
        *("check", "load_manifest", "plan_batch", "read_ledger", "state_of"),
    ]


@pytest.mark.parametrize("name", omnibatch.__all__)
def test_each_name_leads_to_what_it_names(name: str) -> None:
    value = getattr(omnibatch, name)

    assert value.__name__ == name
    assert value.__module__.startswith("omnibatch.")


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'omnibatch' has no attribute 'buy'"):
        omnibatch.buy  # noqa: B018 - looking it up is the test


def test_dir_names_what_was_not_loaded_yet() -> None:
    assert set(omnibatch.__all__) <= set(dir(omnibatch))


def test_importing_the_package_loads_nothing_of_it() -> None:
    code = "import sys, omnibatch; print(*(m for m in sys.modules if m.startswith('omnibatch')))"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=HERE.parent
    )

    assert ran.stdout.split() == ["omnibatch"]


@pytest.fixture(scope="module")
def api() -> ModuleType:
    spec = importlib.util.spec_from_file_location("api", HERE / "typing" / "api.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_program_can_read_check_and_price_a_manifest(api: ModuleType) -> None:
    manifest = SPECS / "quickstart.yaml"

    assert api.problems_of(manifest, {}) == ()
    assert set(api.prompts_of(manifest)) == {"harbour", "gulls", "lighthouse"}
    cost = api.cost_of(manifest, {"apimodels": "https://apimodels.app"})
    assert cost == omnibatch.Money(Decimal("0.9495"), "USD")
    assert api.is_too_dear(cost) is omnibatch.Exit.DONE


def test_a_program_can_read_what_was_bought(api: ModuleType, tmp_path: Path) -> None:
    assert api.states_of(tmp_path / "film.yaml") == {}


def test_a_manifest_with_problems_has_no_price(api: ModuleType, tmp_path: Path) -> None:
    manifest = tmp_path / "film.yaml"
    manifest.write_text("version: 1\nname: film\nprovider: apimodels\nshots: [{id: a}]\n")

    assert api.problems_of(manifest, {})
    with pytest.raises(omnibatch.OmnibatchError, match="has problems"):
        api.cost_of(manifest, {})
