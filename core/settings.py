"""The settings from the environment, read once."""

from __future__ import annotations

import difflib
import logging
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from core.envfile import EnvFile
from core.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent
RUNWAY = "https://api.dev.runwayml.com"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
PRINTABLE = re.compile(r"[\x21-\x7e]+")
HOST = re.compile(r"[0-9a-z_.-]+|[0-9a-f:]+", re.IGNORECASE)
ORIGIN = re.compile(r"https?://([0-9a-z_.-]+|\[[0-9a-f:]+\])(:\d{1,5})?", re.IGNORECASE)
VERSIONED = re.compile(r"(/+v1)+/*$")
"""A suffix that other programs expect in the URL; Dailies adds it itself."""
DIGITS = 9
"""For a whole number: enough for a thousand terabytes in megabytes."""
Whole = TypeVar("Whole", int, None)
OURS = "DAILIES_"
FORWARDERS = "FORWARDED_ALLOW_IPS"
"""Uvicorn's own setting: the proxies whose X-Forwarded-For tells where a request comes from."""
ENV_FILE = "DAILIES_ENV_FILE"
QUEUES = ("HERE", "RUNWAY")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True)
class Settings:
    """The settings of one start. Without a key the program runs in demo mode, on its own
    emulator."""

    data_dir: Path = ROOT / "data" / "local"
    catalog_dir: Path = ROOT / "data" / "catalog"
    api_key: str = field(default="", repr=False)
    base_url: str = RUNWAY
    api_version: str = "2024-11-06"
    poll_seconds: float = 5.0
    demo_seconds: float = 20.0
    runway_queues: bool = False
    """Everything is sent at once, and waits for its slot at Runway."""
    log_level: str = "INFO"
    disk_floor: int | None = None
    largest_file: int = 20480
    backups_kept: int = 24
    trash_days: int = 30
    low_balance: int = 500
    allowed_hosts: frozenset[str] = frozenset()
    inside_hosts: frozenset[str] = frozenset()
    """Those inside our own network that messages may go to."""
    monitors: tuple[IPv4Network | IPv6Network, ...] = ()
    api_origins: frozenset[str] = frozenset()
    admins: frozenset[str] = frozenset()
    makers: frozenset[str] = frozenset()
    viewers: frozenset[str] = frozenset()
    login_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    """Where a header that says who asks may come from."""
    env_file: Path | None = None
    """The file that holds the key, if one does."""
    notices: tuple[str, ...] = ()
    """For the log: what was read differently from how it was written, or not at all."""

    @property
    def demo(self) -> bool:
        """True without a key: generations are imitated and cost nothing."""
        return not self.api_key

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Settings from `environ`, or from .env overridden by the process environment.

        Raises SettingsError with a sentence that names the variable, never its value.
        """
        file = None
        if environ is None:
            file = EnvFile.read(_Environment(os.environ).file(ENV_FILE, ROOT / ".env"))
            environ = file.under(os.environ)
        # Uvicorn reads this one itself, and no .env.
        forwarders = _forwarders((os.environ if file else environ).get(FORWARDERS))
        read = _Environment(environ)
        return cls(
            data_dir=read.folder("DAILIES_DATA_DIR", cls.data_dir),
            api_key=read.key("RUNWAYML_API_SECRET"),
            base_url=VERSIONED.sub("", read.url("RUNWAYML_BASE_URL", RUNWAY)),
            api_version=read.date("RUNWAY_API_VERSION", cls.api_version),
            poll_seconds=read.seconds("DAILIES_POLL_SECONDS", 5.0, least=5.0, most=60.0),
            demo_seconds=read.seconds("DAILIES_DEMO_SECONDS", 20.0, least=0.0, most=600.0),
            runway_queues=read.choice("DAILIES_QUEUE", "HERE", QUEUES) == "RUNWAY",
            log_level=read.choice("DAILIES_LOG_LEVEL", "INFO", LOG_LEVELS),
            disk_floor=read.whole("DAILIES_DISK_FLOOR", None, "megabytes"),
            largest_file=read.whole("DAILIES_LARGEST_FILE", cls.largest_file, "megabytes", least=1),
            backups_kept=read.whole("DAILIES_BACKUPS_KEPT", cls.backups_kept, "backups", least=1),
            low_balance=read.whole("DAILIES_LOW_BALANCE", cls.low_balance, "credits"),
            trash_days=read.whole("DAILIES_TRASH_DAYS", cls.trash_days, "days"),
            allowed_hosts=read.hosts("DAILIES_ALLOWED_HOSTS"),
            inside_hosts=read.hosts("DAILIES_INSIDE_HOSTS"),
            monitors=read.networks("DAILIES_MONITORS"),
            api_origins=read.origins("DAILIES_API_ORIGINS"),
            admins=read.people("DAILIES_ADMINS"),
            makers=read.people("DAILIES_MAKERS"),
            viewers=read.people("DAILIES_VIEWERS"),
            login_proxies=read.login_proxies("DAILIES_LOGIN_PROXIES", forwarders),
            env_file=file.path if file and file.has_key else None,
            notices=(*read.notices("RUNWAYML_BASE_URL"), *read.unread()),
        )


@dataclass(frozen=True)
class _Environment:
    """Reads one variable at a time; an empty variable counts as absent."""

    values: Mapping[str, str | None]
    read: set[str] = field(default_factory=lambda: {ENV_FILE})

    def _get(self, name: str) -> str:
        self.read.add(name)
        return (self.values.get(name) or "").strip()

    def notices(self, name: str) -> Iterator[str]:
        """Parts of the URL that were read differently from how they were written."""
        if VERSIONED.search(self._get(name)):
            yield f"{name} ends in /v1, which is left out: Dailies adds it to each call."

    def unread(self) -> Iterator[str]:
        """Variables that look like ours and are none: most likely misspelt."""
        known = [name.removeprefix(OURS) for name in self.read if name.startswith(OURS)]
        for name in sorted(self.values):
            if name.startswith(OURS) and name not in self.read:
                near = difflib.get_close_matches(name.removeprefix(OURS), known, 1)
                meant = f" Perhaps {OURS}{near[0]} is meant." if near else ""
                yield f"{name} is no setting of Dailies, and is not read.{meant}"

    def key(self, name: str) -> str:
        key = self._get(name)
        if key and not PRINTABLE.fullmatch(key):
            raise SettingsError(
                f"{name} contains a blank or a character that no key has.",
                "Copy the key again from dev.runwayml.com, on one line.",
            )
        return key

    def url(self, name: str, default: str) -> str:
        url = (self._get(name) or default).rstrip("/")
        try:
            parts = urlsplit(url)
            host, _port = parts.hostname, parts.port
        except ValueError:
            parts, host = urlsplit(""), None
        plain = not (parts.query or parts.fragment or parts.username)
        allowed = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
        if not (host and plain and allowed and PRINTABLE.fullmatch(url)):
            raise SettingsError(
                f"{name} is not an address that the key may be sent to.",
                f"Use https://…, such as {RUNWAY}; plain http only on this machine.",
            )
        return url

    def date(self, name: str, default: str) -> str:
        value = self._get(name) or default
        try:
            dashed = date.fromisoformat(value).isoformat() == value
        except ValueError:
            dashed = False
        if not dashed:
            raise SettingsError(f"{name} is not a date.", f"Use YYYY-MM-DD, such as {default}.")
        return value

    def seconds(self, name: str, default: float, *, least: float, most: float) -> float:
        text = self._get(name)
        try:
            value = float(text) if text else default
        except ValueError:
            value = float("nan")
        if not least <= value <= most:
            raise SettingsError(
                f"{name} is not a number from {least:g} to {most:g}.", "It is a time in seconds."
            )
        return value

    def whole(self, name: str, default: Whole, of: str, *, least: int = 0) -> int | Whole:
        text = self._get(name)
        if not text:
            return default
        if not (text.isascii() and text.isdigit() and len(text) <= DIGITS and int(text) >= least):
            raise SettingsError(
                f"{name} is not a whole number of {of} from {least} on.", "Or leave it out."
            )
        return int(text)

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        value = self._get(name).upper() or default
        if value not in choices:
            raise SettingsError(f"{name} is not known.", f"Use one of {', '.join(choices)}.")
        return value

    def hosts(self, name: str) -> frozenset[str]:
        hosts = self._list(name)
        if not all(HOST.fullmatch(host) for host in hosts):
            raise SettingsError(
                f"{name} holds something that is no name of a server.",
                "Use names with commas between, such as studio.example.com: no https://, no port.",
            )
        return frozenset(hosts)

    def origins(self, name: str) -> frozenset[str]:
        origins = self._list(name)
        if not all(ORIGIN.fullmatch(origin) for origin in origins):
            raise SettingsError(
                f"{name} holds something that is no origin of a page.",
                "Use origins with commas between, such as https://studio.example.com: no path.",
            )
        return frozenset(origins)

    def networks(self, name: str) -> tuple[IPv4Network | IPv6Network, ...]:
        try:
            return tuple(ip_network(text) for text in self._list(name))
        except ValueError:
            raise SettingsError(
                f"{name} holds something that is no address of a network.",
                "Use addresses with commas between, such as 10.0.0.7 or 10.0.0.0/24.",
            ) from None

    def people(self, name: str) -> frozenset[str]:
        people = self._list(name)
        if any(" " in one or one in ("@", "group:") for one in people):
            raise SettingsError(
                f"{name} holds something that names nobody.",
                "Use e-mail addresses, domains as @example.com or groups as group:editors, with"
                " commas between.",
            )
        return frozenset(people)

    def login_proxies(
        self, name: str, forwarders: Sequence[IPv4Network | IPv6Network]
    ) -> tuple[IPv4Network | IPv6Network, ...]:
        """Networks that include each proxy whose X-Forwarded-For is believed: once that has told
        the visitor's address, the proxy's own is not known any more."""
        named = self.networks(name)
        if named and not all(any(_holds(one, other) for one in named) for other in forwarders):
            raise SettingsError(
                f"{FORWARDERS} trusts an address that {name} does not name.",
                f"Name in {name} every proxy of {FORWARDERS}; without that, it is 127.0.0.1.",
            )
        return named

    def _list(self, name: str) -> list[str]:
        parts = (part.strip().lower() for part in self._get(name).split(","))
        return [part for part in parts if part]

    def file(self, name: str, default: Path) -> Path:
        path = self.folder(name, default)
        if path != default and not path.exists():
            raise SettingsError(f"{name} names a file that is not there.", "Correct the path.")
        return path

    def folder(self, name: str, default: Path) -> Path:
        text = self._get(name)
        return Path(text).expanduser().resolve() if text else default


def _forwarders(told: str | None) -> tuple[IPv4Network | IPv6Network, ...]:
    """The proxies that uvicorn believes; everybody where it is told something else than addresses,
    such as `*`."""
    try:
        return tuple(ip_network(one.strip()) for one in (told or "127.0.0.1").split(","))
    except ValueError:
        return ip_network("0.0.0.0/0"), ip_network("::/0")


def _holds(network: IPv4Network | IPv6Network, other: IPv4Network | IPv6Network) -> bool:
    if isinstance(network, IPv4Network) and isinstance(other, IPv4Network):
        return other.subnet_of(network)
    if isinstance(network, IPv6Network) and isinstance(other, IPv6Network):
        return other.subnet_of(network)
    return False


class SecretFilter(logging.Filter):
    """Keeps the key and signed URLs out of every log line."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self._secrets = re.compile(
            r"(?i)((?:_jwt|x-amz-signature|signature|token)=)[^\s&\"']+"
            + (f"|{re.escape(key)}" if key else "")
        )

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record's text in place; never drops a record."""
        record.msg, record.args = self.clean(record.getMessage()), None
        if record.exc_info:
            # Handlers print this text instead of formatting the exception themselves.
            record.exc_text = self.clean(logging.Formatter().formatException(record.exc_info))
        return True

    def clean(self, text: str) -> str:
        return self._secrets.sub(r"\1…", text)
