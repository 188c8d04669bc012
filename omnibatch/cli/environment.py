"""Keys and endpoints: what the environment and the `.env` beside the manifest say.

A key goes only to a provider's built-in host, or to an endpoint that was given by the
same source as the key. Otherwise a `.env` that came with somebody's repository could
send the user's own key to a stranger.
"""

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from omnibatch.endpoints import Account, Endpoint, Secret, is_loopback
from omnibatch.errors import UsageError
from omnibatch.ledger import account_of
from omnibatch.providers import provider_named

if TYPE_CHECKING:
    from omnibatch.wire import WireSettings

__all__ = ["Environment", "read_environment", "wire_settings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Two sources by name, the environment first; values of `.env` are never exported.

    Any value may be somebody's key, so none of them is shown.
    """

    sources: Mapping[str, Mapping[str, str]] = field(repr=False)

    def find(self, variable: str) -> tuple[str, str] | None:
        """The value and the name of its source; an empty value counts as none."""
        for source, values in self.sources.items():
            value = values.get(variable, "").strip()
            if value:
                return value, source
        return None

    def key(self, variable: str) -> tuple[Secret, str] | None:
        """As `find`, of what must not be shown."""
        found = self.find(variable)
        return None if found is None else (Secret(found[0]), found[1])

    def endpoint(self, provider: str) -> Endpoint:
        """Where `provider` is reached. Raise `UsageError` for an address that may not be."""
        wanted = provider_named(provider)
        found = self.find(wanted.endpoint_variable)
        if found is None:
            return Endpoint.at(wanted.endpoint)
        url, _ = found
        parts = urlsplit(url)
        if not parts.hostname or parts.username or parts.query or parts.fragment:
            raise UsageError(
                f"{wanted.endpoint_variable} is not a base URL",
                "give one such as https://host/path",
            )
        if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(url)):
            raise UsageError(
                f"{wanted.endpoint_variable} is not https: a key would travel in the open",
                "give an https address; http is allowed for this machine only",
            )
        return Endpoint.at(url)

    def account(self, provider: str, batch: str) -> Account | None:
        """The account at `provider`, or None where no key is set. Raise `UsageError`."""
        wanted = provider_named(provider)
        endpoint = self.endpoint(provider)
        key = self.key(wanted.key_variable)
        if key is None:
            return None
        given = self.find(wanted.endpoint_variable)
        if given is not None and given[1] != key[1]:
            raise UsageError(
                f"{wanted.endpoint_variable} comes from {given[1]}, but {wanted.key_variable} "
                f"from {key[1]}: a key is not sent to an address that somebody else may have set",
                "set both in the environment, or both in .env",
            )
        if not _is_key(key[0]):
            raise UsageError(
                f"{wanted.key_variable} holds characters that no key has",
                "copy the key again, without quotes or line ends",
            )
        return Account(
            provider=provider,
            endpoint=endpoint,
            key=key[0],
            name=account_of(batch, key[0].reveal()),
        )

    def accounts(self, providers: Iterable[str], batch: str) -> dict[str, Account]:
        """The accounts of those `providers` that have a key."""
        found = {name: self.account(name, batch) for name in sorted(set(providers))}
        return {name: account for name, account in found.items() if account is not None}

    def endpoint_names(self, providers: Iterable[str]) -> Mapping[str, str]:
        """The endpoint of each provider, as it would be recorded. Raise `UsageError`."""
        return {name: self.endpoint(name).name for name in providers}

    def account_names(self, providers: Iterable[str], batch: str) -> dict[str, str]:
        """The names of the accounts of those that have a key, for words alone: never raises."""
        with suppress(UsageError):
            return {name: found.name for name, found in self.accounts(providers, batch).items()}
        return {}


def _is_key(secret: Secret) -> bool:
    """Tell whether a header can carry it."""
    return (
        secret.reveal().isascii() and secret.reveal().isprintable() and " " not in secret.reveal()
    )


def read_environment(manifest: Path) -> Environment:
    """Read the process's environment and the `.env` beside the manifest."""
    sources: dict[str, Mapping[str, str]] = {"the environment": dict(os.environ)}
    dotenv = manifest.parent / ".env"
    if dotenv.is_file():
        from dotenv import dotenv_values

        values = dotenv_values(dotenv, interpolate=False, encoding="utf-8")
        sources[str(dotenv)] = {name: value for name, value in values.items() if value}
    return Environment(sources=sources)


def wire_settings() -> "WireSettings":
    """The proxy and the CA bundle of the environment, by their usual names.

    Raise `UsageError` for a proxy that is no address, without quoting it.
    """
    from omnibatch.wire import WireSettings  # httpx is behind it, and only a run needs that

    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        if os.environ.get(name):
            proxy = Secret(os.environ[name])
            _require_proxy(name, proxy)
            break
    else:
        proxy = None
    return WireSettings(proxy=proxy, ca_file=os.environ.get("SSL_CERT_FILE") or None)


def _require_proxy(variable: str, proxy: Secret) -> None:
    """Raise `UsageError` for a proxy that cannot be used; httpx's own words quote it whole."""
    try:
        parts = urlsplit(proxy.reveal())
        is_one = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_one = False
    if not is_one or not proxy.reveal().isprintable():
        raise UsageError(
            f"{variable} is not the address of an HTTP proxy",
            "give one such as http://user:password@host:port, or unset it",
        )
