"""Providers by name, ours and those of other packages."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from omnibatch.errors import UsageError
from omnibatch.providers import Provider, Response, provider_named, provider_names, registry


def _forget() -> None:
    registry._installed.cache_clear()
    registry._loaded.cache_clear()


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package on the path whose entry points name four providers, three of them broken."""
    info = tmp_path / "omni_extra-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: omni-extra\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        f"[{registry.GROUP}]\n"
        "harbourlight = omni_extra_plugin:HARBOURLIGHT\n"
        "cometapi = omni_extra_plugin:HARBOURLIGHT\n"
        "misnamed = omni_extra_plugin:HARBOURLIGHT\n"
        "hollow = omni_extra_plugin:HOLLOW\n"
        "absent = omni_extra_plugin:NOWHERE\n"
    )
    (tmp_path / "omni_extra_plugin.py").write_text(
        "from dataclasses import replace\n"
        "from omnibatch.providers.cometapi import CometApi\n"
        "HARBOURLIGHT = CometApi(name='harbourlight', endpoint='https://harbour.example')\n"
        "HOLLOW = object()\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "omni_extra_plugin", raising=False)
    _forget()
    yield tmp_path
    _forget()


@pytest.mark.parametrize("name", ["apimodels", "cometapi"])
def test_a_built_in_provider_answers_to_its_name(name: str) -> None:
    assert provider_named(name).name == name
    assert provider_named(name) is provider_named(name)


def test_names_are_sorted() -> None:
    assert list(provider_names()) == sorted(provider_names())
    assert {"apimodels", "cometapi"} <= set(provider_names())


def test_an_unknown_name_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(UsageError, match="commetapi") as caught:
        provider_named("commetapi")
    assert "did you mean cometapi?" in caught.value.hint
    assert "apimodels" in caught.value.hint


def test_a_name_like_no_other_is_answered_with_all_of_them() -> None:
    with pytest.raises(UsageError) as caught:
        provider_named("zzz")
    assert "did you mean" not in caught.value.hint
    assert "apimodels, cometapi" in caught.value.hint


@pytest.mark.usefixtures("installed")
def test_another_package_brings_a_provider() -> None:
    assert "harbourlight" in provider_names()
    assert provider_named("harbourlight").endpoint == "https://harbour.example"


@pytest.mark.usefixtures("installed")
def test_a_built_in_name_cannot_be_taken_over() -> None:
    assert provider_named("cometapi").endpoint == "https://api.cometapi.com"


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("misnamed", "calls itself harbourlight"),
        ("hollow", "lacks name, endpoint"),
        ("absent", "cannot be loaded"),
    ],
)
def test_a_broken_package_is_named_with_what_is_wrong(name: str, fact: str) -> None:
    with pytest.raises(UsageError, match=fact) as caught:
        provider_named(name)
    assert "omni-extra" in caught.value.message


def test_a_built_in_name_costs_no_look_at_installed_packages() -> None:
    """In a process of its own, since this one has loaded everything already."""
    program = (
        "import sys\n"
        "from omnibatch.providers import provider_named\n"
        "provider_named('apimodels')\n"
        "print([m for m in ('importlib.metadata', 'difflib', 'omnibatch.providers.cometapi',"
        " 'omnibatch.providers.table', 'httpx') if m in sys.modules])\n"
    )
    root = Path(registry.__file__).parents[2]
    run = subprocess.run(
        [sys.executable, "-S", "-c", program], cwd=root, capture_output=True, text=True
    )

    assert run.stdout.strip() == "[]", run.stderr


def test_the_documented_gateway_is_a_provider() -> None:
    """The Python example of docs/providers.md, run as it stands there."""
    page = Path(__file__).parents[3] / "docs" / "providers.md"
    example = page.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    names: dict[str, Any] = {}
    exec(example, names)
    harbour: Provider = names["HARBOUR"]
    wrong_address = harbour.read_created(Response(status=405))

    assert (harbour.name, harbour.endpoint) == ("harbour", "https://api.harbour.example")
    assert "HARBOUR_BASE_URL" in wrong_address.words
