"""How calls leave this server: through which proxy, and in sessions that do only what they are
told.

Proxies and certificates come from the environment, as in every program that uses requests. But this
machine is never reached through a proxy, which could not find it.
"""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies, select_proxy
from urllib3.exceptions import HTTPError
from urllib3.util.ssl_ import create_urllib3_context

from core.errors import SettingsError

BUNDLE = (
    "The file of trusted certificates cannot be used.",
    "Correct REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE in the environment.",
)
KEYLOG = (
    "The file that SSLKEYLOGFILE names cannot be written.",
    "Correct SSLKEYLOGFILE in the environment, or take it out.",
)
PROXY = (
    "The proxy that the environment names cannot be used.",
    "Correct HTTPS_PROXY, HTTP_PROXY or ALL_PROXY in the environment.",
)
MOST_SERVERS = 100
"""For how many servers a session keeps what the environment says."""
STRANGE = (HTTPError, OSError, ValueError)
"""What a call may raise besides the errors of requests: about files, names, addresses."""


class CannotSend(requests.RequestException):
    """The environment makes every call impossible: no byte has left. `message` and `hint` are
    shown, and hold nothing of the environment's values."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


class Session(requests.Session):
    """Follows no redirect, takes no password from ~/.netrc, and raises only RequestException or
    TimeoutError."""

    def __init__(self) -> None:
        super().__init__()
        self.auth = _as_it_is
        self._of_environment: dict[tuple[Any, ...], dict[str, Any]] = {}

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Always none: requests parses a Location even when told not to follow, and may raise."""

    def merge_environment_settings(self, url: Any, proxies: Any, *how: Any) -> Any:
        """As the environment says, but without a proxy to this machine. Read once for each server,
        as that takes a third of a short call's processor time."""
        key = (*urlsplit(str(url))[:2], *how)
        told = bool(proxies)  # a copy, as requests writes into it
        found = None if told else self._of_environment.get(key)
        if found is None:
            found = dict(super().merge_environment_settings(url, proxies, *how))
            if is_local(str(url)):
                found["proxies"] = {}
            if not told and len(self._of_environment) < MOST_SERVERS:
                self._of_environment[key] = found
        return {**found, "proxies": dict(found["proxies"])}

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """Raises CannotSend before connecting, if no connection is possible."""
        self.look(request, options)
        try:
            return super().send(request, **options)
        except (requests.RequestException, TimeoutError):
            raise
        except STRANGE as error:
            raise requests.ConnectionError(error) from error

    def look(self, request: requests.PreparedRequest, options: dict[str, Any]) -> None:
        verify, cert = options.get("verify", True), options.get("cert")
        proxies = options.get("proxies")
        adapter: Any = self.get_adapter(str(request.url))
        try:
            pool = adapter.get_connection_with_tls_context(request, verify, proxies, cert)
        except (AssertionError, *STRANGE) as error:
            if not select_proxy(str(request.url), proxies):
                raise requests.exceptions.InvalidURL(type(error).__name__) from None
            raise CannotSend(*PROXY) from None  # the text may hold a password
        try:
            adapter.cert_verify(pool, request.url, verify, cert)
        except OSError as error:
            raise CannotSend(*BUNDLE) from error


def session_of(adapter: HTTPAdapter) -> Session:
    session = Session()
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def is_local(url: str) -> bool:
    """False for an address that cannot be read."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def proxy(url: str) -> str:
    """The proxy for calls to `url`, without its user name and password; empty if none."""
    found = None if is_local(url) else select_proxy(url, get_environ_proxies(url))
    if not found:
        return ""
    scheme, mark, rest = found.rpartition("://")
    host = rest.rpartition("@")[2].partition("/")[0]
    return f"{scheme}{mark}{host}"


def check(url: str) -> None:
    """Raises SettingsError if the environment makes calls to `url` impossible."""
    with Session() as session:
        try:
            request = session.prepare_request(requests.Request("GET", url))
            options = session.merge_environment_settings(url, {}, False, None, None)
            session.look(request, options)
        except CannotSend as error:
            raise SettingsError(error.message, error.hint) from None
        except requests.RequestException:
            raise SettingsError(f"Nothing can be sent to {url}.", "Correct the address.") from None
    if url.startswith("https:"):
        _usable(create_urllib3_context, SettingsError(*KEYLOG))
        _usable(lambda: _trusted(options["verify"]), SettingsError(*BUNDLE))


def _usable(made: Callable[[], object], otherwise: SettingsError) -> None:
    try:
        made()
    except OSError:
        raise otherwise from None


def _trusted(verify: bool | str) -> None:
    if isinstance(verify, str):
        named = Path(verify)
        folder, file = (verify, None) if named.is_dir() else (None, verify)
        ssl.create_default_context(cafile=file, capath=folder)


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Without an `auth`, requests takes one from ~/.netrc in place of our key."""
    return request
