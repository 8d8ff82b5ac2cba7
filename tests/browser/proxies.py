"""The nginx of the README before a server: the very block that it shows, on a free port."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from core.settings import ROOT
from tests.browser.serving import free_port

NAME = "studio.example.com"
USER, PASSWORD = "ann", "of the studio"
AROUND = """
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 1;
events {{ worker_connections 1024; }}
http {{
    include /etc/nginx/mime.types;
    access_log {folder}/access.log;
    client_body_temp_path {folder}/bodies;
    proxy_temp_path {folder}/answers;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{block}
}}
"""


def block() -> str:
    """The configuration as the README gives it."""
    return _nginx_of(ROOT / "README.md")


def signing_in() -> str:
    """The same, with what `core/access/README.md` adds so that it tells who has signed in."""
    before, beside = _nginx_of(ROOT / "core" / "access" / "README.md").split("\n\n")
    text = f"{before}\n{block()}"
    return text.replace("    proxy_read_timeout", f"{beside}    proxy_read_timeout")


def _nginx_of(path: Path) -> str:
    (found,) = re.findall(r"```nginx\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
    return str(found)


@dataclass
class Nginx:
    """nginx before the server on port `served`. Only ports and paths of the text are changed."""

    folder: Path
    served: int
    port: int = field(default_factory=free_port)
    text: str = field(default_factory=block)
    beside: tuple[int, ...] = ()
    """The ports of further servers on the same data folder."""
    users: tuple[str, ...] = (USER,)
    """Who may come in, each by `PASSWORD`."""
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"https://{NAME}:{self.port}/dailies"

    @property
    def log(self) -> str:
        return (self.folder / "error.log").read_text()

    def start(self) -> None:
        nginx, openssl = _program("nginx"), _program("openssl")
        self.folder.mkdir()
        key = ("-newkey", "rsa:2048", "-nodes", "-keyout", "studio.key", "-out", "studio.pem")
        _run(self.folder, openssl, "req", "-x509", *key, "-subj", f"/CN={NAME}")
        hashed = _run(self.folder, openssl, "passwd", "-apr1", PASSWORD).strip()
        known = "".join(f"{user}:{hashed}\n" for user in self.users)
        (self.folder / "studio.htpasswd").write_text(known)
        text = self.text.replace("/etc/nginx/studio", f"{self.folder}/studio")
        text = text.replace("listen 443", f"listen 127.0.0.1:{self.port}")
        for told, real in enumerate((self.served, *self.beside), 8501):
            text = text.replace(f":{told}", f":{real}")
        config = self.folder / "nginx.conf"
        user = "user root;" if os.geteuid() == 0 else ""  # else another reads the files
        config.write_text(AROUND.format(user=user, folder=self.folder, block=text))
        command = [nginx, "-p", str(self.folder), "-c", str(config), "-g", "daemon off;"]
        self.process = subprocess.Popen(command)
        deadline = time.monotonic() + 30
        while not self._listens():
            assert self.process.poll() is None, self.log
            assert time.monotonic() < deadline, self.log
            time.sleep(0.05)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        assert self.process
        self.process.terminate()
        self.process.wait(30)


def _program(name: str) -> str:
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if path is None and os.environ.get("CI"):
        pytest.fail(f"{name} is missing: the browser tests must not be skipped here")
    if path is None:
        pytest.skip(f"{name} is not installed (apt-get install nginx-light openssl)")
    return path


def _run(folder: Path, *command: str) -> str:
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout
