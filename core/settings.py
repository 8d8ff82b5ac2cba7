"""The settings from the environment, read once."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path

from core.envfile import EnvFile
from core.environment import Environment, Network

ROOT = Path(__file__).resolve().parent.parent
RUNWAY = "https://api.dev.runwayml.com"
KIE, FILES_OF_KIE = "https://api.kie.ai", "https://kieai.redpandaai.co"
VERSIONED = re.compile(r"(/+v1)+/*$")
"""A suffix that other programs expect in the URL; Dailies adds it itself."""
FORWARDERS = "FORWARDED_ALLOW_IPS"
"""Uvicorn's own setting: the proxies whose X-Forwarded-For tells where a request comes from."""
ENV_FILE = "DAILIES_ENV_FILE"
QUEUES = ("HERE", "RUNWAY")
THROUGH = "THROUGH"
DELIVERIES = (THROUGH, "PRESIGNED")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True)
class Settings:
    """The settings of one start. Without a key of any provider the program runs in demo mode, on
    its own emulators."""

    data_dir: Path = ROOT / "data" / "local"
    catalog_dir: Path = ROOT / "data" / "catalog"
    api_key: str = field(default="", repr=False)
    base_url: str = RUNWAY
    api_version: str = "2024-11-06"
    kie_api_key: str = field(default="", repr=False)
    kie_base_url: str = KIE
    kie_upload_url: str = FILES_OF_KIE
    """Where files are sent to for requests at KIE: a host of its own."""
    poll_seconds: float = 5.0
    demo_seconds: float = 20.0
    runway_queues: bool = False
    """Everything is sent at once, and waits for its slot at Runway."""
    log_level: str = "INFO"
    disk_floor: int | None = None
    largest_file: int = 20480
    media_url: str = ""
    """The bucket that clips go to; empty if they stay on the disk alone."""
    media_cache: int | None = None
    """Megabytes of clips that stay on the disk too; None is all."""
    media_presigned: bool = False
    """Browsers fetch clips from the bucket themselves, by addresses that end."""
    media_cdn: str = ""
    """Where anybody can read what lies in the bucket; empty if nowhere."""
    backups_kept: int = 24
    trash_days: int = 30
    low_balance: int = 500
    allowed_hosts: frozenset[str] = frozenset()
    inside_hosts: frozenset[str] = frozenset()
    """Those inside our own network that messages may go to."""
    monitors: tuple[Network, ...] = ()
    api_origins: frozenset[str] = frozenset()
    admins: frozenset[str] = frozenset()
    makers: frozenset[str] = frozenset()
    viewers: frozenset[str] = frozenset()
    login_proxies: tuple[Network, ...] = ()
    """Where a header that says who asks may come from."""
    env_file: Path | None = None
    """The file that holds a key, if one does."""
    notices: tuple[str, ...] = ()
    """For the log: what was read differently from how it was written, or not at all."""

    @property
    def demo(self) -> bool:
        """True without any key: generations are imitated and cost nothing."""
        return not any(self.keys)

    @property
    def keys(self) -> tuple[str, ...]:
        return self.api_key, self.kie_api_key

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Settings from `environ`, or from .env overridden by the process environment.

        Raises SettingsError with a sentence that names the variable, never its value.
        """
        file = None
        if environ is None:
            file = EnvFile.read(Environment(os.environ).file(ENV_FILE, ROOT / ".env"))
            environ = file.under(os.environ)
        # Uvicorn reads this one itself, and no .env.
        forwarders = _forwarders((os.environ if file else environ).get(FORWARDERS))
        read = Environment(environ)
        kie = read.url("KIE_BASE_URL", KIE)
        return cls(
            data_dir=read.folder("DAILIES_DATA_DIR", cls.data_dir),
            api_key=read.key("RUNWAYML_API_SECRET", "dev.runwayml.com"),
            base_url=VERSIONED.sub("", read.url("RUNWAYML_BASE_URL", RUNWAY)),
            api_version=read.date("RUNWAY_API_VERSION", cls.api_version),
            kie_api_key=read.key("KIE_API_KEY", "kie.ai/api-key"),
            kie_base_url=kie,
            kie_upload_url=read.url("KIE_UPLOAD_URL", FILES_OF_KIE if kie == KIE else kie),
            poll_seconds=read.seconds("DAILIES_POLL_SECONDS", 5.0, least=5.0, most=60.0),
            demo_seconds=read.seconds("DAILIES_DEMO_SECONDS", 20.0, least=0.0, most=600.0),
            runway_queues=read.choice("DAILIES_QUEUE", "HERE", QUEUES) == "RUNWAY",
            log_level=read.choice("DAILIES_LOG_LEVEL", "INFO", LOG_LEVELS),
            disk_floor=read.whole("DAILIES_DISK_FLOOR", None, "megabytes"),
            largest_file=read.whole("DAILIES_LARGEST_FILE", cls.largest_file, "megabytes", least=1),
            media_url=read.bucket("DAILIES_MEDIA_URL"),
            media_cache=read.whole("DAILIES_MEDIA_CACHE", None, "megabytes"),
            media_presigned=read.choice("DAILIES_MEDIA_DELIVERY", THROUGH, DELIVERIES) != THROUGH,
            media_cdn=read.address("DAILIES_MEDIA_CDN"),
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
            login_proxies=read.login_proxies("DAILIES_LOGIN_PROXIES", forwarders, FORWARDERS),
            env_file=file.path if file and file.has_key else None,
            notices=(*_left_out(read), *read.unknown(ENV_FILE)),
        )


def _left_out(read: Environment) -> Iterator[str]:
    if VERSIONED.search(read.text("RUNWAYML_BASE_URL")):
        yield "RUNWAYML_BASE_URL ends in /v1, which is left out: Dailies adds it to each call."
    if read.text("DAILIES_MEDIA_CDN") and not read.text("DAILIES_MEDIA_URL"):
        yield "DAILIES_MEDIA_CDN shows a bucket, and DAILIES_MEDIA_URL names none: it is left out."


def _forwarders(told: str | None) -> tuple[Network, ...]:
    """The proxies that uvicorn believes; everybody where the value is not a list of addresses, such
    as `*`."""
    try:
        return tuple(ip_network(one.strip()) for one in (told or "127.0.0.1").split(","))
    except ValueError:
        return ip_network("0.0.0.0/0"), ip_network("::/0")
