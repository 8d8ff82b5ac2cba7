"""Every step of the Dockerfile, in bare Debian roots: what an engine would do, by chroot.

Asked for by `-m container`, as root, with debootstrap; it takes minutes. `BARE_ROOT_MOUNTS` names
folders of this machine that the steps need where packages come from a mirror of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import requests

from core.settings import ROOT
from tests.browser.serving import free_port
from tests.container.dockerfile import Copy, Stage, read

pytestmark = [pytest.mark.container, pytest.mark.timeout(3600)]
SUITE = "bookworm"
OF_THE_NETWORK = ("/etc/resolv.conf", "/etc/hosts")
CERTIFICATES = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
"""Variables that name a file of authorities, which the steps get as a copy."""
PASSED_ON = ("PIP_", "HTTP", "http", "NO_PROXY", "no_proxy")


def run(*words: str, **more: object) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False, **more)  # type: ignore[call-overload]
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if os.geteuid() or not shutil.which("debootstrap"):
        pytest.skip("this needs root, and debootstrap (apt-get install debootstrap)")
    root = tmp_path_factory.mktemp("bare") / "root"
    run("debootstrap", "--variant=minbase", SUITE, str(root))
    return root


@contextmanager
def mounted(root: Path) -> Iterator[None]:
    """With the devices, processes and the network of this machine."""
    with ExitStack() as stack:
        beside = os.environ.get("BARE_ROOT_MOUNTS", "").split()
        for folder in ("/dev", "/proc", *beside):
            target = root / folder.lstrip("/")
            target.mkdir(parents=True, exist_ok=True)
            run("mount", "--rbind", folder, str(target))
            run("mount", "--make-rslave", str(target))
            if folder in beside:
                run("mount", "-o", "remount,bind,ro", str(target))
            stack.callback(run, "umount", "-R", "-l", str(target))
        for file in OF_THE_NETWORK:
            target = root / file.lstrip("/")
            if not target.exists() and Path(file).exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target)
        yield


def build(stage: Stage, root: Path, others: dict[str, Path]) -> None:
    """Take all steps of a stage that change its root."""
    where = Path("/")
    passed = {name: value for name, value in os.environ.items() if name.startswith(PASSED_ON)}
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive"}
    for name in CERTIFICATES:
        if file := os.environ.get(name):
            shutil.copyfile(file, root / f"{name}.pem")
            passed[name] = f"/{name}.pem"
    for step in stage.steps:
        if step.word == "RUN":
            shell = ["chroot", str(root), "/bin/sh", "-c", f"cd {where} && {step.text}"]
            run(*shell, env=environment | passed)
        elif step.word == "WORKDIR":
            where = where / step.text
            (root / str(where).lstrip("/")).mkdir(parents=True, exist_ok=True)
        elif step.word == "COPY":
            put(Copy.of(step.text), root, where, others)


def put(copy: Copy, root: Path, where: Path, others: dict[str, Path]) -> None:
    origin = others[copy.stage] if copy.stage else ROOT
    target = root / str(where / copy.target).lstrip("/")
    for source in copy.sources:
        found = origin / source.lstrip("/")
        if found.is_dir():
            shutil.copytree(found, target, symlinks=True, dirs_exist_ok=True)
        else:
            into = target / found.name if copy.target.endswith("/") else target
            into.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(found, into)


def test_every_step_works_and_the_server_runs_as_the_images_user(
    bare: Path, tmp_path: Path
) -> None:
    roots: dict[str, Path] = {}
    stages = read()
    for number, stage in enumerate(stages):
        root = tmp_path / f"stage-{number}"
        run("cp", "-a", str(bare), str(root))
        with mounted(root):
            build(stage, root, roots)
        roots[stage.name] = root
    image, root = stages[-1], roots[""]
    print(f"{size(root):.0f} MB in all, of which a bare root is {size(bare):.0f} MB")
    started(image, root)


def size(root: Path) -> float:
    told = subprocess.run(["du", "-sxm", str(root)], capture_output=True, text=True, check=True)
    return float(told.stdout.split()[0])


def started(image: Stage, root: Path) -> None:
    """As an engine starts it for that user: the root belongs to another."""
    port, chroot = free_port(), shutil.which("chroot", path="/usr/sbin:/usr/bin")
    assert chroot  # the image's own PATH does not lead to it
    (user,) = image.texts("USER")
    words = [*image.words("CMD"), f"--server.port={port}", "--server.address=127.0.0.1"]
    (where,) = image.texts("WORKDIR")
    line = f"cd {where} && exec {' '.join(words)}"
    with mounted(root), (root.parent / "server.log").open("wb") as log:
        marker = root.parent / "started"
        marker.touch()
        server = subprocess.Popen(
            [chroot, f"--userspec={user}:{user}", str(root), "/bin/sh", "-c", line],
            env=image.environment,
            stdout=log,
            stderr=log,
        )
        try:
            deadline = time.monotonic() + 120
            while not is_well(port):
                told = (root.parent / "server.log").read_text()
                assert server.poll() is None, told
                assert time.monotonic() < deadline, told
                time.sleep(0.5)
            check = [word.replace(":8501", f":{port}") for word in image.health_check]
            run(chroot, f"--userspec={user}:{user}", str(root), *check, env=image.environment)
        finally:
            server.terminate()
            server.wait(30)
        written = subprocess.run(
            ["find", str(root), "-xdev", "-newer", str(marker), "-type", "f"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
    strays = [path for path in written if not path.startswith((f"{root}/data/", f"{root}/tmp/"))]
    assert strays == []
    assert any(path.endswith("history.db") for path in written)


def is_well(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5).ok
    except requests.RequestException:
        return False
