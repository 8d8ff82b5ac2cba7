"""The README tells the truth: what it names exists, and what exists is named."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from core import VERSION
from core.access import proxy_headers
from core.emulator.state.demo_words import WORDS
from core.settings import ROOT, Settings
from tests.chaos.__main__ import PROGRAMS
from tests.pictures.files import FILM_BYTES, STILL_BYTES
from tests.pictures.scenes import SCENES

README = (ROOT / "README.md").read_text(encoding="utf-8")
ROOMS = (ROOT / "core" / "README.md").read_text(encoding="utf-8")
EMULATOR = (ROOT / "core" / "emulator" / "README.md").read_text(encoding="utf-8")
TESTS = (ROOT / "tests" / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
ALL = "\n".join((README, ROOMS, EMULATOR, TESTS, CONTRIBUTING))
TREE = README.split("```\napp.py")[1].split("```")[0]
NAMED = re.compile(r"^( *)([\w.]+/?)(?: {2,}|$)", re.MULTILINE)


def paths_of_the_tree() -> Iterator[str]:
    """Every path that the tree draws, from the root on."""
    folders: list[str] = []
    for indent, name in NAMED.findall("app.py" + TREE):
        del folders[len(indent) // 2 :]
        yield "".join(folders) + name
        if name.endswith("/"):
            folders.append(name)


def variables(text: str) -> set[str]:
    """The names of settings in a text."""
    return set(re.findall(r"\b(?:RUNWAYML|RUNWAY|KIE|DAILIES)_[A-Z_]+\b", text))


def shell_lines() -> list[str]:
    """Every command that the documents tell to type."""
    blocks = re.findall(r"```sh\n(.*?)```", ALL, re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line]


def test_every_file_in_the_tree_exists() -> None:
    made_on_the_first_run = "data/local/"
    missing = [p for p in paths_of_the_tree() if not (ROOT / p).exists()]
    assert set(missing) <= {made_on_the_first_run}


def test_every_room_of_core_is_described_and_every_described_room_exists() -> None:
    table = ROOMS.split("| Room |")[1].split("\n\n")[0]
    cells = [line.split("|")[1] for line in table.splitlines()[2:]]
    described = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}
    entries = {
        p.stem
        for p in (ROOT / "core").iterdir()
        if p.suffix == ".py" or (p / "__init__.py").exists()
    }
    assert described == entries - {"__init__", "__pycache__", "README"}


def test_the_way_of_a_click_names_modules_that_exist() -> None:
    drawn = ROOMS.split("```")[1]
    named = re.findall(r"(?<![\w./(])((?:[a-z]+\.)+[a-z_]+)(?= |$)", drawn, re.MULTILINE)
    assert len(named) > 10
    assert "worker.queue.slots" in named
    assert [name for name in named if not module(name).exists()] == []


def module(name: str) -> Path:
    """The file of a module that is named by its rooms."""
    return ROOT.joinpath("core", *name.split(".")).with_suffix(".py")


def test_every_setting_is_explained_and_every_explained_setting_exists() -> None:
    read = variables((ROOT / "core" / "settings.py").read_text())
    table = README.split("| Setting |")[1].split("\n\n")[0]
    assert variables(table) == read
    assert variables((ROOT / ".env.example").read_text()) == read
    assert len(read) == len(
        [f for f in fields(Settings) if f.name not in {"catalog_dir", "notices"}]
    )


def test_the_proxy_that_signs_people_in_sets_every_header_that_is_believed() -> None:
    """What it left out, whoever comes would say of themselves."""
    access = (ROOT / "core" / "access" / "README.md").read_text(encoding="utf-8")
    set_there = re.findall(r"^proxy_set_header (\S+)", access, re.MULTILINE)
    assert sorted(name.lower() for name in set_there) == sorted(proxy_headers.NAMES)


def test_every_default_is_the_real_one() -> None:
    rows = dict(re.findall(r"\| `(\w+)` \| `([^`]+)` \|", README))
    defaults = Settings()
    assert rows == {
        "RUNWAYML_BASE_URL": defaults.base_url,
        "RUNWAY_API_VERSION": defaults.api_version,
        "KIE_BASE_URL": defaults.kie_base_url,
        "KIE_UPLOAD_URL": defaults.kie_upload_url,
        "DAILIES_DATA_DIR": str(defaults.data_dir.relative_to(ROOT)),
        "DAILIES_POLL_SECONDS": f"{defaults.poll_seconds:g}",
        "DAILIES_DEMO_SECONDS": f"{defaults.demo_seconds:g}",
        "DAILIES_LOG_LEVEL": defaults.log_level,
        "DAILIES_BACKUPS_KEPT": f"{defaults.backups_kept}",
        "DAILIES_LOW_BALANCE": f"{defaults.low_balance}",
        "DAILIES_TRASH_DAYS": f"{defaults.trash_days}",
        "DAILIES_ENV_FILE": ".env",
        "DAILIES_QUEUE": "here",
        "DAILIES_LARGEST_FILE": f"{defaults.largest_file}",
    }


def test_every_page_is_described_and_every_described_page_exists() -> None:
    section = README.split("## The pages")[1].split("\n## ")[0]
    described = set(re.findall(r"^- \*\*(\w+)\*\*", section, re.MULTILINE))
    titles = set(re.findall(r'\btitle=f?"(\w+)', (ROOT / "pages" / "shell.py").read_text()))
    assert described == titles


def test_every_command_names_what_exists() -> None:
    words = " ".join(shell_lines()).split()
    named = [w for w in words if "/" in w and not w.startswith((".venv", "-", "http"))]
    assert named
    assert [w for w in named if not (ROOT / w).exists()] == []
    files = [w for w in words if w.endswith((".py", ".txt"))]
    assert [w for w in files if not (ROOT / w).exists()] == []


ELSEWHERE = {
    "core.recovery": "tests/core/recovery/test_backups.py",
    "core.emulator": "tests/emulator/test_server.py",
    "tests.benchmarks": "tests/benchmarks/test_benchmarks.py",
    "tests.chaos": "tests/chaos/test_chaos.py",
    "tests.pictures": "tests/pictures/test_pictures.py",
}
"""Programs that other tests run, in their shortest form."""


def test_every_program_that_is_documented_is_run_by_a_test() -> None:
    told = set(re.findall(r"python -m ([\w.]+)", ALL)) - {"venv", "pytest"}
    assert told == {*ELSEWHERE, "tests.sdk_catalogue"}
    for program, path in ELSEWHERE.items():
        assert f'"{program}"' in (ROOT / path).read_text()


def test_the_comparison_with_the_sdk_works() -> None:
    command = [sys.executable, "-m", "tests.sdk_catalogue"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_kind_of_test_that_a_command_chooses_exists(pytestconfig: pytest.Config) -> None:
    chosen = {name for line in shell_lines() for name in re.findall(r"pytest -m (\w+)", line)}
    assert chosen == {"container", "live", "point"}
    known = {line.split(":")[0].split("(")[0] for line in pytestconfig.getini("markers")}
    assert chosen <= known
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    assert {name for name in chosen if f"pytest.mark.{name}" in tests} == chosen


def test_the_command_of_the_tests_is_the_one_that_is_run_everywhere() -> None:
    (command,) = [line for line in shell_lines() if "-m pytest -n auto" in line]
    assert command in (ROOT / ".ci" / "run").read_text().splitlines()
    workflow = (ROOT / ".github" / "workflows" / "tests.yml").read_text().splitlines()
    assert f"- run: {command}" in [line.strip() for line in workflow]


def test_every_tool_that_a_command_starts_is_installed() -> None:
    tools = set(re.findall(r"\.venv/bin/([\w-]+)", "\n".join(shell_lines())))
    assert len(tools) > 5
    beside = Path(sys.executable).parent
    assert sorted(tool for tool in tools if not (beside / tool).exists()) == []


def test_every_path_that_a_contributor_is_told_of_exists() -> None:
    told = re.findall(r"`([\w.-]+/[\w./-]*)`", CONTRIBUTING)
    assert len(told) > 5
    assert [path for path in told if not (ROOT / path).exists()] == []


def test_every_chaos_program_is_described_and_every_described_one_exists() -> None:
    table = TESTS.split("| Program |")[1].split("\n\n")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(PROGRAMS)


def test_every_option_of_the_emulator_is_named_and_every_named_one_exists() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "core.emulator", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert set(re.findall(r"--[a-z]+", EMULATOR)) == set(re.findall(r"--[a-z]+", shown)) - {
        "--help"
    }


def test_every_word_that_makes_a_clip_fail_is_listed() -> None:
    listed = dict(re.findall(r"\| `(#[\w-]+)` \| `?([\w. ]+?)`? \|", EMULATOR))
    assert listed == {w: o.failure_code or "without a code" for w, o in WORDS.items()}


def test_every_link_leads_to_a_file() -> None:
    links = re.findall(r"\]\(([\w./-]+)\)", README + CONTRIBUTING)
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize(
    "folder", ["core", "core/emulator", "core/emulator/kie", "core/kie", "deploy", "tests"]
)
def test_every_link_of_a_folders_readme_leads_to_a_file(folder: str) -> None:
    text = (ROOT / folder / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    assert [link for link in links if not (ROOT / folder / link).exists()] == []


def test_the_changelog_has_a_section_for_the_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert VERSION in re.findall(r"^## \[?([\d.]+\d)", changelog, re.MULTILINE)


def test_the_lock_holds_every_requirement_within_its_range() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = dict(re.findall(r"^([\w.-]+)==([\w.]+) \\$", lock, re.MULTILINE))
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = [Requirement(line.split(" #")[0]) for line in lines if line]
    assert [w.name for w in wanted if not w.specifier.contains(locked.get(w.name, "0"))] == []


def test_the_lock_names_no_host_and_no_folder() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert (
        re.findall(r"^.*(?:://|--index-url|--extra-index-url|--find-links|@ /).*$", lock, re.M)
        == []
    )


def test_the_readme_stays_short() -> None:
    assert len(README.splitlines()) < 250


def pictures() -> list[str]:
    """Every picture that the README shows, also those for one colour scheme."""
    shown = re.findall(r'!\[[^]]+\]\(([^)]+)\)|\bsrc(?:set)?="([^"]+)"', README)
    return [markdown or html for markdown, html in shown]


def test_the_pictures_are_those_that_the_program_takes() -> None:
    taken = [f"data/pictures/{name}.webp" for name in SCENES]
    assert sorted(pictures()) == sorted(taken)
    there = (ROOT / "data" / "pictures").glob("*.webp")
    assert sorted(str(path.relative_to(ROOT)) for path in there) == sorted(taken)


@pytest.mark.parametrize("name", SCENES)
def test_a_picture_is_quick_to_load(name: str) -> None:
    size = (ROOT / "data" / "pictures" / f"{name}.webp").stat().st_size
    assert size <= (FILM_BYTES if name == "film" else STILL_BYTES)


def test_every_picture_says_what_it_shows() -> None:
    assert re.findall(r"<img (?!alt=\"\w)|!\[\]", README) == []


def test_every_picture_and_link_to_a_file_exists() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)]+)\)", README)
    assert targets
    assert [t for t in targets if not Path(ROOT / t).is_file()] == []
