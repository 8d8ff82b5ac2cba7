"""Certificates that were loaded ahead of a call: what the environment names, and nothing else."""

from __future__ import annotations

import os
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests
from requests.adapters import DEFAULT_CA_BUNDLE_PATH

from core.outbound.trust import Trusting, trusting_session
from core.providers.create_call import never_left
from tests.core.conftest import Wire, say


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of this machine, signed by itself; its key lies beside it."""
    path = tmp_path / "own.crt"
    ask = ["openssl", "req", "-x509", "-nodes", "-newkey", "ec"]
    curve = ["-pkeyopt", "ec_paramgen_curve:prime256v1"]
    own = ["-subj", "/CN=own", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = [*ask, *curve, *own, "-keyout", str(path.with_suffix(".key")), "-out", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return path


@pytest.fixture
def server(certificate: Path) -> Iterator[Wire]:
    """It shows that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    with closing(Wire(context)) as wire:
        wire.on("GET /", say(200, {}))
        yield wire


def test_what_the_environment_names_is_trusted_as_it_was_ahead_of_the_call(
    server: Wire, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    loaded = certificate.stat()
    with trusting_session() as session:
        certificate.write_text("x" * loaded.st_size)
        os.utime(certificate, ns=(loaded.st_atime_ns, loaded.st_mtime_ns))
        assert session.get(f"{server.url}/", timeout=30).status_code == 200


def test_only_what_its_file_names_now_is_trusted(
    server: Wire, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = certificate.with_name("bundle.crt")
    theirs, ours = Path(DEFAULT_CA_BUNDLE_PATH).read_bytes(), certificate.read_bytes()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    bundle.write_bytes(theirs)
    with trusting_session() as session:
        bundle.write_bytes(ours)
        assert session.get(f"{server.url}/", timeout=30).status_code == 200
    with trusting_session() as session:
        bundle.write_bytes(theirs)
        with pytest.raises(requests.exceptions.SSLError):
            session.get(f"{server.url}/", timeout=30)


def test_whoever_is_not_trusted_gets_nothing(server: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    with trusting_session() as session, pytest.raises(requests.exceptions.SSLError) as caught:
        session.get(f"{server.url}/", timeout=30)
    assert never_left(caught.value)
    assert server.heard == []


@pytest.mark.parametrize("named", ["missing.crt", "own.key"])
def test_a_bundle_that_cannot_be_used_is_told_by_the_call(
    server: Wire, certificate: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.with_name(named)))
    with trusting_session() as session, pytest.raises(requests.RequestException) as caught:
        session.get(f"{server.url}/", timeout=30)
    assert never_left(caught.value)


def test_behind_a_proxy_the_certificates_are_loaded_for_the_call(certificate: Path) -> None:
    with closing(Trusting(str(certificate))) as adapter:
        pool = adapter.proxy_manager_for("http://127.0.0.1:1").connection_from_url("https://a.b")
        adapter.cert_verify(pool, "https://a.b", str(certificate), None)
        assert pool.ca_certs == str(certificate)
