"""Certificates that are loaded before there is a call: that takes longer than the call needs to
leave."""

from __future__ import annotations

import os
from typing import Any

from requests.adapters import DEFAULT_CA_BUNDLE_PATH, HTTPAdapter
from urllib3.util.ssl_ import create_urllib3_context

from core.outbound.sessions import Session, session_of

ANYWHERE = "https://somewhere.invalid"


def trusting_session() -> Session:
    """A session for a call that is not known yet. What stands in its way is told by the call."""
    session = Session()
    verify = session.merge_environment_settings(ANYWHERE, {}, False, None, None)["verify"]
    bundle = DEFAULT_CA_BUNDLE_PATH if verify is True else verify
    if isinstance(bundle, str) and not os.path.isdir(bundle):
        try:
            return session_of(Trusting(bundle))
        except OSError:
            return session
    return session


class Trusting(HTTPAdapter):
    """Without a proxy, verifies by the certificates of `bundle`, loaded once as long as the file is
    the same."""

    def __init__(self, bundle: str) -> None:
        """Raises OSError for what is no bundle."""
        self._bundle = bundle
        self._loaded = _identity(bundle)
        self._context = create_urllib3_context()
        self._context.load_verify_locations(bundle)
        super().__init__()

    def init_poolmanager(self, *sizes: Any, **options: Any) -> None:
        super().init_poolmanager(*sizes, ssl_context=self._context, **options)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]
        if conn.proxy is not None or conn.ca_certs != self._bundle:
            return
        if _identity(self._bundle) == self._loaded:
            conn.ca_certs = None
        else:
            conn.conn_kw.pop("ssl_context", None)  # it goes on trusting what was taken out since


def _identity(path: str) -> tuple[int, ...]:
    """What is another once the file is."""
    found = os.stat(path)
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
