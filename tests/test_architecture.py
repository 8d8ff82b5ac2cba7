"""Who may import whom, who may do what, and what an import really loads."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NOUNS = {
    "core.errors", "core.generations", "core.params", "core.slots", "core.prices", "core.ratios",
    "core.rules", "core.models", "core.catalog",
}  # fmt: skip
SHOWN = {
    "core.backups",
    "core.account",
    "core.breakers",
    "core.carryover",
    "core.input_checks",
    "core.moments",
    "core.serving",
    "core.studio",
    "core.written",
    "core.history",
    "core.searching",
    "core.selection",
    "core.sums",
    "core.books",
    "core.decisions",
    "core.doubts",
    "core.checks",
    "core.examples",
    "core.failures",
}

MAY_IMPORT: dict[str, set[str]] = {
    # one row a module or a package (with a slash); what is not named here is not allowed
    "app": {
        "core.errors", "core.guard", "core.intake", "core.logs", "core.privacy", "core.routes",
        "core.serving", "core.settings", "core.studio",
    },
    "pages/": NOUNS | SHOWN | {"pages.ui"},
    "pages/shell": {"core.serving", "core.settings", "pages.ui"},
    "core/errors": set(),
    "core/written": set(),
    "core/generations": {"core.kinds"},
    "core/failures": {"core.generations"},
    "core/receipts": set(),
    "core/migrations": set(),
    "core/envfile": {"core.errors"},
    "core/settings": {"core.envfile", "core.errors"},
    "core/params": {"core.generations", "core.written"},
    "core/slots": {"core.generations", "core.params"},
    "core/prices": {"core.generations", "core.params"},
    "core/ratios": set(),
    "core/rules": {"core.generations", "core.params"},
    "core/consistency": {"core.generations", "core.models", "core.prices"},
    "core/models": {
        "core.consistency", "core.generations", "core.params", "core.prices", "core.ratios",
        "core.rules", "core.slots",
    },
    "core/catalog": {"core.errors", "core.models", "core.params"},
    "core/examples": {"core.generations", "core.settings"},
    "core/checks": NOUNS | {"core.input_checks", "core.written"},
    "core/input_checks": NOUNS | {"core.hosts", "core.moments"},
    "core/moments": {"core.generations", "core.slots"},
    "core/carryover": NOUNS,
    "core/refusals": {"core.errors"},
    "core/answers": {"core.errors", "core.refusals"},
    "core/outcomes": {"core.answers", "core.errors", "core.receipts", "core.refusals"},
    "core/account": {"core.answers", "core.breakers", "core.client", "core.errors"},
    "core/breakers": {"core.errors", "core.generations"},
    "core/bounds": {"core.errors"},
    "core/client": {
        "core.answers", "core.bounds", "core.downloads", "core.errors", "core.forms",
        "core.refusals", "core.sessions", "core.settings",
    },
    "core/hosts": set(),
    "core/downloads": {"core.errors", "core.hosts", "core.settings"},
    "core/sessions": {"core.errors"},
    "core/submit": {"core.receipts", "core.sessions"},
    "core/kinds": set(),
    "core/findings": {"core.kinds"},
    "core/boxes": set(),
    "core/display": {"core.kinds"},
    "core/clips": {"core.boxes", "core.display", "core.errors"},
    "core/drawings": set(),
    "core/archives": {"core.clips", "core.pictures"},
    "core/contents": {
        "core.archives", "core.clips", "core.drawings", "core.errors", "core.findings",
        "core.kinds", "core.photos", "core.pictures",
    },
    "core/admission": {
        "core.clips", "core.errors", "core.findings", "core.photos", "core.pictures",
        "core.places",
    },
    "core/limits": {"core.errors"},
    "core/inspector": {
        "core.admission", "core.clips", "core.contents", "core.drawings", "core.errors",
        "core.findings", "core.limits", "core.pictures",
    },
    "core/workers": set(),
    "core/inspection": {"core.errors", "core.findings", "core.workers"},
    "core/photos": set(),
    "core/places": {"core.boxes", "core.clips"},
    "core/pictures": {"core.errors", "core.photos"},
    "core/files": {"core.errors", "core.receipts"},
    "core/forms": set(),
    "core/uploads": {
        "core.disk", "core.errors", "core.files", "core.findings", "core.generations",
        "core.inspection", "core.kinds",
    },
    "core/media": {
        "core.disk", "core.downloads", "core.errors", "core.files", "core.findings",
        "core.generations", "core.inspection", "core.receipts", "core.uploads",
    },
    "core/privacy": {"core.media", "core.settings"},
    "core/database": {"core.errors", "core.migrations"},
    "core/rows": {"core.database", "core.generations"},
    "core/store": {"core.database", "core.errors", "core.generations", "core.rows"},
    "core/sums": set(),
    "core/selection": set(),
    "core/seeking": {"core.selection"},
    "core/searching": {"core.seeking", "core.selection"},
    "core/history": {
        "core.database", "core.generations", "core.rows", "core.searching", "core.seeking",
        "core.selection", "core.store", "core.sums",
    },
    "core/ledger": {"core.database", "core.generations"},
    "core/moves": {"core.ledger"},
    "core/doubts": {"core.answers", "core.generations", "core.ledger", "core.moves"},
    "core/books": {"core.account", "core.errors", "core.ledger"},
    "core/decisions": NOUNS | {
        "core.account", "core.answers", "core.client", "core.doubts", "core.ledger", "core.store",
        "core.written",
    },
    "core/follower": {
        "core.answers", "core.breakers", "core.catalog", "core.client", "core.errors",
        "core.failures", "core.generations", "core.media", "core.metrics", "core.settings",
        "core.store",
    },
    "core/sender": NOUNS | {
        "core.answers", "core.breakers", "core.client", "core.media", "core.metrics",
        "core.outcomes", "core.receipts", "core.refusals", "core.settings", "core.store",
        "core.submit",
    },
    "core/schedule": set(),
    "core/pool": set(),
    "core/leader": set(),
    "core/stages": {
        "core.breakers", "core.errors", "core.follower", "core.generations", "core.sender",
        "core.store",
    },
    "core/tracker": {
        "core.breakers", "core.follower", "core.generations", "core.leader", "core.metrics",
        "core.pool", "core.schedule", "core.stages", "core.store",
    },
    "core/studio": {"core"},
    "core/demo": {"core.emulator", "core.settings"},
    "core/serving": {"core.errors", "core.studio"},
    "core/guard": {"core.intake", "core.pace"},
    "core/intake": set(),
    "core/pace": set(),
    "core/routes": {
        "core.errors", "core.generations", "core.guard", "core.metrics", "core.serving",
    },
    "core/logs": {"core.settings"},
    "core/metrics": set(),
    "core/census": {"core.database", "core.errors"},
    "core/disk": {"core.errors"},
    "core/recipes": {
        "core.database", "core.errors", "core.generations", "core.media", "core.rows",
        "core.store",
    },
    "core/survivors": {"core.database", "core.generations", "core.rows"},
    "core/rebuild": {
        "core.catalog", "core.database", "core.errors", "core.generations", "core.media",
        "core.outcomes", "core.receipts", "core.recipes", "core.survivors",
    },
    "core/backups/": {
        "core.backups", "core.catalog", "core.database", "core.disk", "core.errors",
        "core.leader", "core.media", "core.privacy", "core.rebuild", "core.receipts",
        "core.settings", "core.survivors", "core.tracker",
    },
    "core/health": {
        "core", "core.breakers", "core.database", "core.media", "core.tracker",
    },
    "core/upkeep": {
        "core.backups", "core.database", "core.errors", "core.rebuild", "core.store",
        "core.tracker",
    },
    "core/gauges": {
        "core.breakers", "core.census", "core.database", "core.disk", "core.errors",
        "core.media", "core.metrics", "core.tracker",
    },
    "core/__init__": set(),
    "core/emulator/": NOUNS | {
        "core.display", "core.emulator",
        "core.limits", "core.workers",  # a process of its own for what came from outside
    },
}  # fmt: skip

ONLY: dict[str, set[str]] = {
    # a library, and the only modules that may import it
    "streamlit": {"app", "pages/"},
    "requests": {
        "core/bounds", "core/client", "core/downloads", "core/sessions", "core/submit",
    },
    "urllib3": {
        "core/bounds", "core/client", "core/downloads", "core/forms", "core/sessions",
        "core/submit",
    },
    "sqlite3": set(),
    "sqlite_utils": {
        "core/database", "core/rows", "core/migrations", "core/survivors",
        "core/searching", "core/seeking",
        "core/backups/",  # the name of a connection
        "core/health",  # SQLite's version, for a report of a fault
    },
    "dotenv": {"core/envfile"},
    "pythonjsonlogger": {"core/logs"},
    "prometheus_client": {"core/metrics"},
    "pandas": {"pages/"},
    "subprocess": {"core/submit", "core/workers", "core/emulator/"},
    "av": {"core/clips", "core/display", "core/inspector", "core/emulator/"},
    "PIL": {
        "core/admission", "core/archives", "core/clips", "core/contents", "core/drawings",
        "core/display", "core/inspector", "core/photos", "core/pictures", "core/emulator/",
    },
    "pillow_heif": {"core/photos"},
    "fcntl": {
        "core/files", "core/receipts", "core/database", "core/leader", "core/backups/",
        "core/limits",  # a signal from a pipe, and no lock
    },
    "starlette": {
        "app", "core/guard", "core/intake", "core/pace", "core/routes", "core/emulator/",
    },
    "resvg_py": {"core/drawings", "core/inspector"},
    "zipfile": {"core/archives", "core/emulator/"},
    "uvicorn": {"core/emulator/"},
}  # fmt: skip

WRITES_FILES = {
    "core/media", "core/files", "core/uploads", "core/receipts", "core/emulator/",
    "core/backups/", "core/inspector",
    "core/database", "core/leader",  # their lock files
}  # fmt: skip
READS_ENVIRONMENT = {
    "core/settings",
    "core/submit",  # hands the key to its child, and reads it there
}


def modules() -> list[Path]:
    """Every module of the program."""
    return [
        ROOT / "app.py",
        *sorted(ROOT.glob("core/**/*.py")),
        *sorted(ROOT.glob("pages/**/*.py")),
    ]


def name(path: Path) -> str:
    """`core/emulator/tasks`, from the module's path."""
    return path.relative_to(ROOT).with_suffix("").as_posix()


def is_one_of(module: str, names: set[str]) -> bool:
    """True when it is named, or lies in a package that is named with a slash."""
    return any(module == one or (one.endswith("/") and module.startswith(one)) for one in names)


def rule(module: str) -> set[str]:
    """The row of the table that is nearest to the module."""
    fitting = [row for row in MAY_IMPORT if is_one_of(module, {row})]
    assert fitting, f"{module} has no row in the table of imports"
    return MAY_IMPORT[max(fitting, key=len)]


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, inside functions and for types too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            assert node.module
            yield from (full(node.module, alias.name) for alias in node.names)


def full(module: str, imported: str) -> str:
    """`core.checks` for `from core import checks`; the module itself for what it defines."""
    path = ROOT / module.replace(".", "/") / imported
    is_module = path.with_suffix(".py").exists() or (path / "__init__.py").exists()
    return f"{module}.{imported}" if is_module else module


def allowed(imported: str, names: set[str]) -> bool:
    return any(imported == one or imported.startswith(f"{one}.") for one in names)


@pytest.mark.parametrize("path", modules(), ids=name)
def test_a_module_imports_only_what_its_row_allows(path: Path) -> None:
    names = rule(name(path))
    ours = {one for one in imports(path) if one.split(".")[0] in ("app", "core", "pages", "tests")}
    assert {one for one in ours if not allowed(one, names)} == set()


@pytest.mark.parametrize("library", ONLY)
def test_a_library_is_imported_only_where_it_belongs(library: str) -> None:
    users = {name(path) for path in modules() if library in roots(path)}
    assert {user for user in users if not is_one_of(user, ONLY[library])} == set()
    unused = {one for one in ONLY[library] if not any(is_one_of(user, {one}) for user in users)}
    assert unused == set(), "the table allows what nobody does"


def roots(path: Path) -> set[str]:
    """The libraries that a file imports."""
    return {one.split(".")[0] for one in imports(path)}


def test_the_table_names_only_modules_that_exist() -> None:
    existing = {name(path) for path in modules()}
    packages = {f"{one.rpartition('/')[0]}/" for one in existing} | {"pages/"}
    assert set(MAY_IMPORT) - existing - packages == set()


# -- who may do what ------------------------------------------------------------------------------

WRITERS = {
    "write_text", "write_bytes", "mkdir", "touch", "unlink", "rename", "rmdir", "replace_file",
    "pwrite", "rmtree", "mkdtemp",
}  # fmt: skip


def writes(path: Path) -> Iterator[str]:
    """Every call that makes, changes or removes a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        opened = called == "open" or (isinstance(node.func, ast.Name) and node.func.id == "open")
        texts = [a.value for a in node.args if isinstance(a, ast.Constant)]
        if called in WRITERS or (opened and any(str(t)[:1] in "wxa" for t in texts if t)):
            yield f"{called or 'open'} in line {node.lineno}"


def test_only_those_who_keep_files_write_them() -> None:
    found = {name(path): list(writes(path)) for path in modules()}
    assert {k: v for k, v in found.items() if v and not is_one_of(k, WRITES_FILES)} == {}
    assert all(any(v and is_one_of(k, {one}) for k, v in found.items()) for one in WRITES_FILES)


def test_only_the_settings_read_the_environment() -> None:
    users = {
        name(path)
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "environb")
    }
    assert users == READS_ENVIRONMENT


def test_a_module_does_nothing_when_it_is_imported() -> None:
    for path in modules():
        if not name(path).startswith("core"):
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            loose = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
            assert not loose, f"{name(path)}, line {node.lineno}"


def test_every_module_says_what_it_owns() -> None:
    for path in modules():
        if name(path) != "pages/ui/__init__":
            assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), name(path)


# -- what an import really loads ------------------------------------------------------------------


def loaded(module: str) -> set[str]:
    """All that a fresh interpreter has loaded after importing it."""
    run = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(run.stdout.split())


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        (
            "core.studio",
            {
                "streamlit",
                "pages",
                "uvicorn",
                "core.emulator.server",
                "av",
                "PIL",
                "resvg_py",
                "core.inspector",
            },
        ),
        ("core.routes", {"streamlit", "pages"}),
        (
            "core.emulator.server",
            {"streamlit", "requests", "sqlite_utils", "core.studio", "av", "PIL", "numpy"},
        ),
        (
            "core.submit",
            {"pandas", "numpy", "sqlite_utils", "pydantic", "streamlit", "PIL", "core.settings"},
        ),
    ],
)
@pytest.mark.point(13)
def test_an_import_loads_no_more_than_it_must(module: str, forbidden: set[str]) -> None:
    assert loaded(module) & forbidden == set()
