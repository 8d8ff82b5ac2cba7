"""Settings: each variable, each wrong value, and a key that nothing shows."""

from __future__ import annotations

import io
import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path

import pytest

from core import known_providers
from core.errors import SettingsError
from core.monitoring.logs import SecretFilter, hide
from core.settings import FILES_OF_KIE, Settings
from core.studio import Studio
from tests.conftest import ROOT, account_of


def test_an_empty_environment_means_demo_mode_with_the_defaults() -> None:
    settings = Settings.load({})
    assert settings.demo
    assert settings == Settings()


def test_a_key_of_either_provider_ends_the_demo() -> None:
    settings = Settings.load({"KIE_API_KEY": "kie_abc", "KIE_BASE_URL": "http://127.0.0.1:8601"})
    assert not settings.demo
    assert known_providers.reached(settings) == ["kie"]
    assert settings.kie_upload_url == settings.kie_base_url
    assert Settings.load({}).kie_upload_url == FILES_OF_KIE


def test_every_variable_is_read() -> None:
    settings = Settings.load(
        {
            "RUNWAYML_API_SECRET": " key_abc \n",
            "RUNWAYML_BASE_URL": "https://proxy.example.com/runway/",
            "RUNWAY_API_VERSION": "2025-01-31",
            "KIE_API_KEY": "kie_abc",
            "KIE_BASE_URL": "https://proxy.example.com/kie",
            "KIE_UPLOAD_URL": "https://files.example.com",
            "DAILIES_DATA_DIR": "/tmp/clips",
            "DAILIES_POLL_SECONDS": "7.5",
            "DAILIES_DEMO_SECONDS": "3",
            "DAILIES_QUEUE": "runway",
            "DAILIES_INSIDE_HOSTS": "hooks.lan",
            "DAILIES_LOG_LEVEL": "debug",
            "DAILIES_DISK_FLOOR": "512",
            "DAILIES_BACKUPS_KEPT": "9",
            "DAILIES_TRASH_DAYS": "0",
            "DAILIES_ALLOWED_HOSTS": "Studio.example.com, 192.168.1.5 ,",
            "DAILIES_MONITORS": "10.0.0.7,10.1.0.0/16",
        }
    )
    assert not settings.demo
    assert settings == Settings(
        data_dir=Path("/tmp/clips"),
        api_key="key_abc",
        base_url="https://proxy.example.com/runway",
        api_version="2025-01-31",
        kie_api_key="kie_abc",
        kie_base_url="https://proxy.example.com/kie",
        kie_upload_url="https://files.example.com",
        poll_seconds=7.5,
        demo_seconds=3.0,
        runway_queues=True,
        inside_hosts=frozenset({"hooks.lan"}),
        log_level="DEBUG",
        disk_floor=512,
        backups_kept=9,
        trash_days=0,
        allowed_hosts=frozenset({"studio.example.com", "192.168.1.5"}),
        monitors=(ip_network("10.0.0.7"), ip_network("10.1.0.0/16")),
    )


def test_an_empty_variable_counts_as_absent() -> None:
    names = ["RUNWAYML_API_SECRET", "RUNWAYML_BASE_URL", "RUNWAY_API_VERSION"]
    names += ["DAILIES_DATA_DIR", "DAILIES_POLL_SECONDS", "DAILIES_DEMO_SECONDS"]
    names += ["DAILIES_QUEUE", "DAILIES_INSIDE_HOSTS"]
    names += ["DAILIES_LOG_LEVEL", "DAILIES_DISK_FLOOR", "DAILIES_BACKUPS_KEPT"]
    names += ["DAILIES_ALLOWED_HOSTS", "DAILIES_MONITORS", "DAILIES_TRASH_DAYS"]
    assert Settings.load(dict.fromkeys(names, "  ")) == Settings()


def test_plain_http_is_allowed_on_this_machine_only() -> None:
    for url in ("http://127.0.0.1:8000", "http://localhost:1", "http://[::1]:9"):
        assert Settings.load({"RUNWAYML_BASE_URL": url}).base_url == url


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RUNWAYML_API_SECRET", "key_secret\nkey_second"),
        ("RUNWAYML_API_SECRET", "key_sec ret"),
        ("KIE_API_KEY", "key_sec ret"),
        ("RUNWAYML_API_SECRET", "key_sécret"),
        ("RUNWAYML_API_SECRET", "key_secret\x00"),
        ("RUNWAYML_BASE_URL", "http://api.example.com"),
        ("RUNWAYML_BASE_URL", "http://127.0.0.1.example.com"),
        ("RUNWAYML_BASE_URL", "api.example.com"),
        ("RUNWAYML_BASE_URL", "https:///v1"),
        ("RUNWAYML_BASE_URL", "https://[bad"),
        ("RUNWAYML_BASE_URL", "https://api.example.com:99999"),
        ("RUNWAYML_BASE_URL", "https://api.exam ple.com"),
        ("RUNWAYML_BASE_URL", "https://user:word@api.example.com"),
        ("RUNWAYML_BASE_URL", "https://api.example.com?a=b"),
        ("RUNWAYML_BASE_URL", "ftp://api.example.com"),
        ("RUNWAY_API_VERSION", "latest"),
        ("RUNWAY_API_VERSION", "٢٠٢٤-11-06"),
        ("RUNWAY_API_VERSION", "2024-13-66"),
        ("DAILIES_POLL_SECONDS", "4.9"),
        ("DAILIES_POLL_SECONDS", "often"),
        ("DAILIES_POLL_SECONDS", "nan"),
        ("DAILIES_POLL_SECONDS", "inf"),
        ("DAILIES_DEMO_SECONDS", "-1"),
        ("DAILIES_DEMO_SECONDS", "601"),
        ("DAILIES_LOG_LEVEL", "LOUD"),
        ("DAILIES_BACKUPS_KEPT", "0"),
        ("DAILIES_BACKUPS_KEPT", "all"),
        ("DAILIES_TRASH_DAYS", "-1"),
        ("DAILIES_TRASH_DAYS", "never"),
        ("DAILIES_DISK_FLOOR", "-1"),
        ("DAILIES_DISK_FLOOR", "2 GB"),
        ("DAILIES_ALLOWED_HOSTS", "https://studio.example.com"),
        ("DAILIES_ALLOWED_HOSTS", "studio.example.com:8443"),
        ("DAILIES_ALLOWED_HOSTS", "*"),
        ("DAILIES_MONITORS", "prometheus"),
        ("DAILIES_MONITORS", "10.0.0.7/8"),
        ("DAILIES_QUEUE", "elsewhere"),
        ("DAILIES_DISK_FLOOR", "5%"),
        ("DAILIES_DISK_FLOOR", "9" * 10),
    ],
)
def test_a_wrong_value_is_one_sentence_that_names_the_variable_and_not_the_value(
    name: str, value: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load({name: value})
    sentence = caught.value.message
    assert sentence.startswith(name)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert value not in sentence + caught.value.hint


@pytest.mark.parametrize("seconds", ["0", "0.5", "600"])
def test_every_allowed_demo_speed_starts_a_demo(seconds: str, tmp_path: Path) -> None:
    settings = Settings.load({"DAILIES_DATA_DIR": str(tmp_path), "DAILIES_DEMO_SECONDS": seconds})
    studio = Studio(settings)
    assert account_of(studio).error is None
    studio.close()


def test_the_key_is_in_no_text_of_the_settings(key: str) -> None:
    settings = Settings.load({"RUNWAYML_API_SECRET": key})
    assert settings.api_key == key
    assert key not in f"{settings} {settings!r}"


def test_no_log_line_shows_the_key_or_a_signed_address(key: str) -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    hide(key)
    handler.addFilter(SecretFilter())
    logger = logging.Logger("here")
    logger.addHandler(handler)
    logger.warning("Bearer %s", key)
    logger.warning("GET https://x.example/y?_jwt=eyJhbGciOi&X-Amz-Signature=deadbeef&a=b")
    try:
        raise ValueError(f"Bearer {key}")
    except ValueError:
        logger.exception("it failed")
    written = out.getvalue()
    assert key not in written
    assert "eyJhbGciOi" not in written
    assert "deadbeef" not in written
    assert "ValueError: Bearer …" in written
    assert "GET https://x.example/…" in written


def test_a_filter_without_a_key_lets_every_line_through() -> None:
    record = logging.LogRecord("n", logging.INFO, "f", 1, "%s of %d", ("one", 2), None)
    hide("")
    assert SecretFilter().filter(record)
    assert record.getMessage() == "one of 2"


@pytest.mark.parametrize("end", ["/v1", "/v1/", "//v1//", "/v1/v1"])
def test_an_address_that_ends_in_v1_works_and_the_log_is_told(end: str) -> None:
    settings = Settings.load({"RUNWAYML_BASE_URL": f"https://proxy.example.com/runway{end}"})
    assert settings.base_url == "https://proxy.example.com/runway"
    (notice,) = settings.notices
    assert "RUNWAYML_BASE_URL ends in /v1" in notice


def test_a_variable_that_is_none_of_ours_is_named_with_the_nearest() -> None:
    environ = {"DAILIES_POL_SECONDS": "9", "DAILIES_XYZ": "1", "DAILIES_ENV_FILE": "", "HOME": "/"}
    assert Settings.load(environ).notices == (
        "DAILIES_POL_SECONDS is no setting of Dailies, and is not read."
        " Perhaps DAILIES_POLL_SECONDS is meant.",
        "DAILIES_XYZ is no setting of Dailies, and is not read.",
    )


def test_a_v1_within_an_address_stays() -> None:
    settings = Settings.load({"RUNWAYML_BASE_URL": "https://example.com/v1/runway"})
    assert settings.base_url == "https://example.com/v1/runway"
    assert settings.notices == ()


# -- the .env file --------------------------------------------------------------------------------


@pytest.fixture
def env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], Path]:
    """Makes these bytes the .env of the next start."""

    def write(content: bytes) -> Path:
        path = tmp_path / ".env"
        path.write_bytes(content)
        monkeypatch.setenv("DAILIES_ENV_FILE", str(path))
        return path

    return write


KEY_LINE = b"RUNWAYML_API_SECRET=key_0011223344556677889\n"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (KEY_LINE.decode().encode("utf-16"), "All lines of .env are in UTF-16."),
        (KEY_LINE.decode().encode("utf-16-le"), "All lines of .env are in UTF-16."),
        (b"# caf\xe9\n" + KEY_LINE, "Line 1 of .env holds a character that is not in UTF-8."),
        (b"#\n# \xe9\n" + KEY_LINE, "Line 2 of .env holds a character that is not in UTF-8."),
        (KEY_LINE.replace(b"=", b"='"), "Line 1 of .env begins a quote that it does not end."),
        (b"\n\n" + KEY_LINE.replace(b"=", b'="'), "Line 3 of .env begins a quote that it does not"),
        (KEY_LINE.replace(b"=", b": "), "Line 1 of .env has no = sign."),
        (b"# mine\r\n\r\n" + KEY_LINE.replace(b"=", b":"), "Line 3 of .env has no = sign."),
        (b"set " + KEY_LINE, "Line 1 of .env is no setting."),
        (b"A=1\nRUNWAYML_API_SECRET=\n", "Line 2 of .env names RUNWAYML_API_SECRET, but no key"),
        (b"RUNWAYML_API_SECRET=''", "Line 1 of .env names RUNWAYML_API_SECRET, but no key"),
        (KEY_LINE + b"KIE_API_KEY=", "Line 2 of .env names KIE_API_KEY, but no key arrives"),
        (b"runwayml_api_secret=key_0011", "Line 1 of .env names RUNWAYML_API_SECRET, but no key"),
        ("\u200b".encode() + KEY_LINE, "Line 1 of .env names RUNWAYML_API_SECRET, but no key"),
    ],
)
def test_a_wrong_env_file_ends_the_start_with_a_sentence_on_its_line(
    env_file: Callable[[bytes], Path], content: bytes, sentence: str
) -> None:
    env_file(content)
    with pytest.raises(SettingsError) as caught:
        Settings.load()
    assert caught.value.message.startswith(sentence)
    assert caught.value.hint
    assert "key_0011" not in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize("value", ["", "  "])
def test_an_empty_variable_does_not_hide_the_file_in_silence(
    env_file: Callable[[bytes], Path], monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    env_file(b"# mine\n" + KEY_LINE)
    monkeypatch.setenv("RUNWAYML_API_SECRET", value)
    with pytest.raises(SettingsError) as caught:
        Settings.load()
    assert caught.value.message == (
        "RUNWAYML_API_SECRET is empty in the environment, which hides line 2 of .env."
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"# RUNWAYML_API_SECRET=key_1\n",
        b"\n  # RUNWAYML_API_SECRET\nDAILIES_POLL_SECONDS=9",
        b"RUNWAYML_API_SECRET_OLD=key_1\n",
        (ROOT / ".env.example").read_bytes(),
    ],
)
def test_an_env_file_without_the_key_means_demo_mode(
    env_file: Callable[[bytes], Path], content: bytes
) -> None:
    env_file(content)
    settings = Settings.load()
    assert settings.demo
    assert settings.env_file is None


@pytest.mark.parametrize(
    "content",
    [
        KEY_LINE,
        b"\xef\xbb\xbf" + KEY_LINE,
        b"export " + KEY_LINE,
        b"# a\r\nRUNWAYML_API_SECRET = 'key_0011223344556677889' # mine\r\n",
    ],
)
def test_a_key_in_the_file_arrives(env_file: Callable[[bytes], Path], content: bytes) -> None:
    path = env_file(content)
    settings = Settings.load()
    assert settings.api_key == "key_0011223344556677889"
    assert settings.env_file == path


@pytest.mark.parametrize("kind", ["missing", "a folder"])
def test_an_env_file_that_is_none_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setenv("DAILIES_ENV_FILE", str(tmp_path if kind == "a folder" else tmp_path / "x"))
    with pytest.raises(SettingsError):
        Settings.load()


@pytest.mark.slow
def test_the_start_ends_with_one_sentence_and_without_a_traceback(
    env_file: Callable[[bytes], Path],
) -> None:
    env_file(KEY_LINE.replace(b"=", b": "))
    command = [sys.executable, "-c", "import app"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "Dailies cannot start. Line 1 of .env has no = sign." in run.stderr
    assert "Traceback" not in run.stderr
    assert "key_0011" not in run.stderr


def test_the_environment_stands_above_the_env_file(tmp_path: Path) -> None:
    core = tmp_path / "core"
    core.mkdir()
    for name in ("__init__.py", "envfile.py", "environment.py", "errors.py", "settings.py"):
        shutil.copy(ROOT / "core" / name, core)
    (tmp_path / ".env").write_text(
        "# a comment\nRUNWAYML_API_SECRET=key_file\nDAILIES_LOG_LEVEL='warning'\n"
        "DAILIES_POLL_SECONDS=9\n"
    )
    program = (
        "import json; from core.settings import Settings; s = Settings.load();"
        "print(json.dumps([s.api_key, s.log_level, s.poll_seconds, str(s.data_dir)]))"
    )
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("RUNWAY", "DAILIES_"))}
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=kept | {"DAILIES_POLL_SECONDS": "11"},
        capture_output=True,
        check=True,
        text=True,
    )
    found = json.loads(run.stdout)
    assert found == ["key_file", "WARNING", 11.0, str(tmp_path / "data" / "local")]
