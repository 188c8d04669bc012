"""Three gateways of CometAPI's kind, brought by a package of the tests' own.

They differ in how a lost task can be looked up, and are the seam that any other package
uses: an entry point that names a value. Their lags are short, so that no test waits long.
"""

from pathlib import Path

__all__ = ["GATEWAYS", "install_gateways", "variables_of_gateway"]

GATEWAYS = {"authoritative": "exact", "best-effort": "guess", "none": "mute"}
"""The gateway for each kind of lookup."""

_MODULE = '''
"""Providers for tests."""

from dataclasses import dataclass

from omnibatch.providers import CometApi, LookupReply, LookupRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Exact(CometApi):
    """Its "not found" may be believed."""

    def read_lookup(self, response, attempt_id=None):
        if response.status == 404:
            return LookupReply(found="absent")
        return CometApi.read_lookup(self, response, attempt_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute(CometApi):
    """It cannot be asked for a task without the task's id."""

    def lookup_request(self, attempt_id):
        return None


def _lookup(by, absent_is):
    return LookupRow(by=by, absent_is=absent_is, lag_s=0.2)


def _at(name):
    return {
        "name": name,
        "endpoint": f"https://{name}.invalid",
        "key_variable": f"{name.upper()}_KEY",
        "endpoint_variable": f"{name.upper()}_BASE_URL",
    }


EXACT = Exact(lookup=_lookup("external_id", "authoritative"), **_at("exact"))
GUESS = CometApi(lookup=_lookup("external_id", "unknown"), **_at("guess"))
MUTE = Mute(lookup=_lookup("none", "unknown"), **_at("mute"))
'''


def variables_of_gateway(name: str) -> tuple[str, str]:
    """The names of its key variable and its endpoint variable."""
    return f"{name.upper()}_KEY", f"{name.upper()}_BASE_URL"


def install_gateways(folder: Path) -> dict[str, str]:
    """Put the package into `folder`; return the environment under which Python finds it."""
    info = folder / "gateways_for_tests-1.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: gateways-for-tests\nVersion: 1\n")
    points = "".join(f"{name} = gateways_for_tests:{name.upper()}\n" for name in GATEWAYS.values())
    (info / "entry_points.txt").write_text(f"[omnibatch.providers]\n{points}")
    (folder / "gateways_for_tests.py").write_text(_MODULE)
    return {"PYTHONPATH": str(folder)}
