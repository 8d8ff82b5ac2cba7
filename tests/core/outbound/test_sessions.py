"""How calls go out: what the environment says of proxies and certificates, and what it cannot."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.emulator import Emulator
from core.errors import SettingsError, Unreachable
from core.generations import Generation, Request, Status
from core.outbound import sessions
from core.providers import create_call
from core.runway.client import Client
from core.runway.provider import call_to
from core.settings import ROOT, Settings
from core.studio import Studio
from tests.conftest import account_of
from tests.core.conftest import Wire, say

RUNWAY = "https://api.dev.runwayml.com"
PROXY_NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """The proxy that every variable names: it lets nothing through."""
    with closing(Wire()) as wire:
        for name in PROXY_NAMES:
            monkeypatch.setenv(name, wire.url.replace("//", "//somebody:password@"))
        yield wire


@pytest.mark.slow
def test_a_demo_works_where_the_environment_names_a_proxy(
    wall: Wire,
    tmp_path: Path,
    text_request: Request,
    open_studio: Callable[[Settings], Studio],
    settle: Callable[..., Generation],
) -> None:
    settings = Settings(tmp_path / "data", demo_seconds=0, disk_floor=0, poll_seconds=0.05)
    studio = open_studio(settings)
    made, _new = studio.compose.submit(text_request, "a")
    assert settle(studio, made).status is Status.SUCCEEDED
    assert account_of(studio).error is None
    assert studio.server.proxy == ""
    assert wall.heard == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.8.9.1", "LOCALHOST."])
def test_what_is_on_this_machine_is_asked_without_a_proxy(wall: Wire, host: str) -> None:
    assert sessions.proxy(f"http://{host}:8000/v1") == ""
    found = sessions.Session().merge_environment_settings(
        f"http://{host}:1/", {}, False, None, None
    )
    assert found["proxies"] == {}


def test_what_the_environment_says_is_read_once_behind_a_proxy_too(
    wall: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sessions.Session() as session:
        first = session.merge_environment_settings(RUNWAY, {}, False, None, None)
        assert wall.url.rpartition("/")[2] in first["proxies"]["https"]
        for name in PROXY_NAMES:
            monkeypatch.delenv(name)
        assert session.merge_environment_settings(RUNWAY, {}, False, None, None) == first


def test_the_submitter_goes_to_this_machine_without_a_proxy(
    wall: Wire, wire: Wire, key: str
) -> None:
    wire.on("POST /v1/text_to_video", say(200, {"id": "a"}))
    receipt = create_call.post(call_to(wire.url, "text_to_video", {}, "2024-11-06"), key)
    assert receipt.status == 200
    assert wall.heard == []


def test_with_a_key_the_proxy_is_used_and_told_without_its_password(
    wall: Wire, tmp_path: Path, key: str
) -> None:
    settings = Settings(tmp_path / "data", api_key=key, base_url=RUNWAY, disk_floor=0)
    with closing(Studio(settings)) as studio:
        assert studio.server.proxy == wall.url
        seen = account_of(studio)
    assert isinstance(seen.error, Unreachable)
    assert {(one.method, one.path) for one in wall.heard} == {
        ("CONNECT", "api.dev.runwayml.com:443")
    }
    assert key not in str(wall.heard)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("http://a:b@proxy.example.com:3128/", "http://proxy.example.com:3128"),
        ("http://a:b@c@proxy.example.com", "http://proxy.example.com"),
        ("proxy.example.com:3128", "proxy.example.com:3128"),
        ("socks5h://u:p@proxy.example.com:1080", "socks5h://proxy.example.com:1080"),
    ],
)
def test_a_proxy_is_told_without_credentials(
    monkeypatch: pytest.MonkeyPatch, value: str, told: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", value)
    assert sessions.proxy(RUNWAY) == told
    monkeypatch.setenv("NO_PROXY", "runwayml.com")
    assert sessions.proxy(RUNWAY) == ""


# -- what the environment names and cannot be used ------------------------------------------------


BAD = {
    "no bundle": ("REQUESTS_CA_BUNDLE", "{folder}/missing.pem", "trusted certificates"),
    "no curl bundle": ("CURL_CA_BUNDLE", "{folder}/missing.pem", "trusted certificates"),
    "an empty bundle": ("REQUESTS_CA_BUNDLE", "{folder}/empty.pem", "trusted certificates"),
    "not a bundle": ("REQUESTS_CA_BUNDLE", "{folder}/garbage.pem", "trusted certificates"),
    "no key log": ("SSLKEYLOGFILE", "{folder}/missing/log", "SSLKEYLOGFILE"),
    "an unknown scheme": ("HTTPS_PROXY", "gopher://proxy.example.com:1", "proxy"),
    "a word as port": ("HTTPS_PROXY", "http://proxy.example.com:word", "proxy"),
    "no host": ("HTTPS_PROXY", "http://:3128", "proxy"),
    "a bracket": ("ALL_PROXY", "http://[::1", "proxy"),
}


@pytest.fixture(params=BAD)
def bad(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Callable[[], None], str]:
    """Sets one of them, and what its sentence must name."""
    name, value, told = BAD[request.param]
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)  # it stands above the other
    (tmp_path / "empty.pem").write_bytes(b"")
    (tmp_path / "garbage.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n")
    return lambda: monkeypatch.setenv(name, value.format(folder=tmp_path)), told


def test_what_makes_every_call_impossible_ends_the_start_with_a_sentence(
    bad: tuple[Callable[[], None], str], tmp_path: Path, key: str
) -> None:
    spoil, told = bad
    spoil()
    with pytest.raises(SettingsError) as caught:
        Studio(Settings(tmp_path / "data", api_key=key, base_url=RUNWAY))
    assert told in f"{caught.value.message} {caught.value.hint}"
    assert str(tmp_path) not in caught.value.message


def test_what_becomes_impossible_later_is_an_expected_error_on_every_call(
    bad: tuple[Callable[[], None], str], key: str
) -> None:
    settings = Settings(api_key=key, base_url="https://runway.invalid")
    spoil, _told = bad
    with closing(Client(settings)) as client:
        spoil()
        with pytest.raises(Unreachable):
            client.organization(once=True)
        with pytest.raises(Unreachable):
            client.task("4f8f")
    receipt = create_call.post(
        call_to("https://runway.invalid", "text_to_video", {}, "2024-11-06"), key
    )
    assert receipt.state == "refused_connection"


def test_a_clip_that_cannot_be_sent_says_why(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    key: str,
    text_request: Request,
    open_studio: Callable[[Settings], Studio],
) -> None:
    settings = Settings(tmp_path / "data", api_key=key, base_url=RUNWAY, disk_floor=0)
    studio = open_studio(settings)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "gone.pem"))
    made, _new = studio.compose.submit(text_request, "a")
    for future in studio.tracker.step(studio.now):
        future.result()
    found = studio.generations.get(made.id)
    assert found.status is Status.QUEUED
    assert found.reason == "The file of trusted certificates cannot be used."
    assert account_of(studio).error


def test_a_fault_that_nobody_expected_is_a_reason_too(
    studio: Studio, text_request: Request, emulator: Emulator
) -> None:
    made, _new = studio.compose.submit(text_request, "a")
    (studio.settings.data_dir / "receipts").rmdir()
    for future in studio.tracker.step(studio.now):
        future.result()
    found = studio.generations.get(made.id)
    assert found.status is Status.QUEUED
    assert "FileNotFoundError" in found.reason
    assert str(studio.settings.data_dir) not in found.reason


@pytest.mark.slow
def test_the_start_says_it_in_one_sentence(tmp_path: Path, key: str) -> None:
    environment = {
        "RUNWAYML_API_SECRET": key,
        "DAILIES_DATA_DIR": str(tmp_path / "data"),
        "DAILIES_ENV_FILE": "/dev/null",
        "REQUESTS_CA_BUNDLE": str(tmp_path / "gone.pem"),
    }
    command = [sys.executable, "-c", "import app"]
    run = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert "Dailies cannot start. The file of trusted certificates cannot be used." in run.stderr
    assert "Traceback" not in run.stderr


def test_a_redirect_that_leads_nowhere_is_an_answer(wire: Wire, key: str) -> None:
    """It came after the call was made: it must not be taken for one that never left."""
    wire.on("POST /v1/text_to_video", say(302, {}, {"Location": "http://[bad"}))
    receipt = create_call.post(call_to(wire.url, "text_to_video", {}, "2024-11-06"), key)
    assert (receipt.state, receipt.status) == ("answered", 302)
