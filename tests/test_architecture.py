"""Who may import what, who may do what, and what an import really loads."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import grimp
import pytest

from core.access.permissions import PERMISSIONS, VALUES
from core.catalog.catalog import Catalog
from core.catalog.consistency import every_setting

ROOT = Path(__file__).resolve().parent.parent
ONLY: dict[str, set[str]] = {
    # a library, and the only rooms or modules that may import it
    "streamlit": {"app", "pages/"},
    "requests": {
        "core/outbound/",
        "core/runway/client",
        "core/providers/create_call",
        "core/notifications/webhooks",
        "core/bucket/unfinished",
    },
    "requests_aws4auth": {"core/bucket/unfinished"},
    "apprise": {"core/notifications/channels"},
    "standardwebhooks": {"core/notifications/webhooks"},
    "urllib3": {"core/outbound/", "core/providers/create_call"},
    "obstore": {"core/bucket/objects"},
    "sqlite3": set(),
    "sqlite_utils": {
        "core/storage/",
        "core/recovery/",  # the name of a connection
        "core/health",  # SQLite's version, for a report of a fault
    },
    "dotenv": {"core/envfile"},
    "pythonjsonlogger": {"core/monitoring/logs"},
    "prometheus_client": {"core/monitoring/metrics"},
    "subprocess": {"core/providers/submitters", "core/sandbox/child", "core/emulator/"},
    "av": {"core/decoders/", "core/sandbox/inspector", "core/emulator/"},
    "PIL": {"core/decoders/", "core/sandbox/inspector", "core/emulator/"},
    "pillow_heif": {"core/decoders/pictures/heif"},
    "fcntl": {
        "core/media/atomic_files",
        "core/monitoring/servers",
        "core/providers/receipts",
        "core/storage/database",
        "core/worker/leader",
        "core/recovery/",
        "core/sandbox/child_limits",  # a signal from a pipe, and no lock
    },
    "jinja2": {"core/web/"},
    "starlette": {"app", "core/api/", "core/mcp/", "core/web/", "core/emulator/"},
    "fastapi": {"core/api/"},
    "mcp": {"core/mcp/"},
    "mcp_types": {"core/mcp/"},
    "resvg_py": {"core/decoders/pictures/svg", "core/sandbox/inspector"},
    "zipfile": {"core/decoders/archives", "core/emulator/"},
    "uvicorn": {"core/emulator/"},
}

WRITES_FILES = {
    "core/bucket/",
    "core/decoders/clips/av_comments",  # a copy, where the inspector says
    "core/decoders/carried_text",  # as well
    "core/decoders/clips/previews",  # into memory
    "core/export/",
    "core/media/",
    "core/monitoring/servers",  # its note
    "core/providers/receipts",
    "core/emulator/",
    "core/recovery/",
    "core/sandbox/inspector",
    "core/storage/database",  # its lock file
    "core/worker/leader",  # its lock file
}
READS_ENVIRONMENT = {
    "core/bucket/unfinished",  # what obstore reads there as well: the bucket's keys
    "core/settings",
}


def modules() -> list[Path]:
    """Every module of the program."""
    return [
        ROOT / "app.py",
        *sorted(ROOT.glob("core/**/*.py")),
        *sorted(ROOT.glob("pages/**/*.py")),
    ]


def name(path: Path) -> str:
    """`core/worker/tracker`, from the module's path."""
    return path.relative_to(ROOT).with_suffix("").as_posix()


def is_one_of(module: str, names: set[str]) -> bool:
    """True when it is named, or lies in a package that is named with a slash."""
    return any(module == one or (one.endswith("/") and module.startswith(one)) for one in names)


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
    """`core.errors` for `from core import errors`; the module itself for what it defines."""
    path = ROOT / module.replace(".", "/") / imported
    is_module = path.with_suffix(".py").exists() or (path / "__init__.py").exists()
    return f"{module}.{imported}" if is_module else module


def test_every_import_runs_in_its_declared_direction() -> None:
    """The contracts stand in pyproject.toml."""
    program = "from importlinter.cli import lint_imports_command as lint; lint()"
    linter = [sys.executable, "-c", program, "--no-logo", "--no-cache"]
    run = subprocess.run(linter, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert " kept, 0 broken." in run.stdout, "nothing was looked at"


def test_no_modules_import_one_another_in_a_circle() -> None:
    graph = grimp.build_graph("core", "pages", cache_dir=None)
    circles = {
        (module, imported)
        for module in graph.modules
        for imported in graph.find_modules_directly_imported_by(module)
        if graph.chain_exists(imported, module)
    }
    assert circles == set()


@pytest.mark.parametrize("library", ONLY)
def test_a_library_is_imported_only_where_it_belongs(library: str) -> None:
    users = {name(path) for path in modules() if library in roots(path)}
    assert {user for user in users if not is_one_of(user, ONLY[library])} == set()
    unused = {one for one in ONLY[library] if not any(is_one_of(user, {one}) for user in users)}
    assert unused == set(), "the table allows what nobody does"


def roots(path: Path) -> set[str]:
    """The libraries that a file imports."""
    return {one.split(".")[0] for one in imports(path)}


WIRE = re.compile(
    r"api\.dev\.runwayml\.com|X-Runway|Authorization|Bearer|/v1\b"
    r"|[\"'](?:PENDING|THROTTLED|RUNNING|SUCCEEDED|FAILED|CANCELLED)[\"']"
)
KNOWS_THE_WIRE = {
    "core/runway/",
    "core/providers/tasks",  # our words for the states of a task are those of the first provider
    "core/emulator/",
    "core/kie/",  # speaks to KIE, which takes a bearer too
    "core/settings",  # its default is where Runway's API is, and what is spoken there
    "core/api/",  # speaks to programs that know Runway's words
}


def test_only_one_room_knows_what_runway_says_on_the_wire() -> None:
    found = {
        f"{name(path)}, line {number}"
        for path in modules()
        if not is_one_of(name(path), KNOWS_THE_WIRE)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if WIRE.search(line)
    }
    assert found == set()


MODELS = list(Catalog.load(ROOT / "data" / "catalog"))
SETTINGS = {setting.name for model in MODELS for setting in every_setting(model)}
SETTINGS |= {model.prompt.field for model in MODELS}
ASKED = {"get", "pop", "setdefault", "setting"}
NO_SETTINGS = {
    "Literal",  # a type
    "role",  # what a setting means
    "unit",  # what a number counts
    "shot",  # the prompt and the seconds of a Shot
    "row",  # a row of the history
    "query_params",  # the address of a page
    "medium", "media", "makes",  # a kind of file
}  # fmt: skip


def spelled_settings(node: ast.AST) -> set[str]:
    """The settings that an expression compares, looks up or sets by their names on the wire."""
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        return set() if NO_SETTINGS & set(map(last_name, sides)) else names_in(sides)
    if isinstance(node, ast.Subscript):
        return set() if last_name(node.value) in NO_SETTINGS else names_in([node.slice])
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        is_asked = node.func.attr in ASKED and last_name(node.func.value) not in NO_SETTINGS
        return names_in(node.args) if is_asked else set()
    if isinstance(node, ast.Dict) and None in node.keys:  # others with one of them replaced
        return names_in(key for key in node.keys if key)
    return set()


def last_name(node: ast.expr) -> str:
    """`params` of `request.params` and of `request.params.keys()`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return last_name(node.func.value)
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def names_in(expressions: Iterable[ast.expr]) -> set[str]:
    """The settings' names among strings, and among those of a list, a set or a tuple."""
    found: set[str] = set()
    for one in expressions:
        inner = one.elts if isinstance(one, (ast.Tuple, ast.List, ast.Set)) else [one]
        values = {item.value for item in inner if isinstance(item, ast.Constant)}
        found |= {name for name in SETTINGS if name in values}
    return found


@pytest.mark.parametrize(
    "code",
    [
        'param.name == "ratio"',
        'param.name in ("outputFormat", "format")',
        '"seed" in request.params',
        'earlier.params["seed"]',
        'made.request.params.get("draft") is True',
        'model.setting("audio")',
        '{**current.params, "seed": 1}',
    ],
)
def test_a_setting_that_is_spelled_is_found(code: str) -> None:
    assert any(spelled_settings(node) for node in ast.walk(ast.parse(code)))


def test_nobody_asks_for_a_setting_by_its_name() -> None:
    """Its role says what it means: `setting_with_role` and `value_of` ask for that."""
    found = {
        f"{name(path)}, line {getattr(node, 'lineno', 0)}: {', '.join(sorted(spelled))}"
        for path in modules()
        if not is_one_of(name(path), {"core/emulator/"})  # the other side
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (spelled := spelled_settings(node))
    }
    assert sorted(found) == []


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


def reach(node: ast.expr) -> int:
    """How many dots follow the studio in `studio.uploads.add`; 0 for what starts elsewhere."""
    dots = 0
    while isinstance(node, ast.Attribute):
        node, dots = node.value, dots + 1
    called = node.func if isinstance(node, ast.Call) else node
    starts = isinstance(called, ast.Name) and called.id in {"studio", "_studio", "current"}
    return dots if starts else 0


def test_no_page_or_route_reaches_through_a_part_of_the_studio() -> None:
    found = {
        f"{name(path)}, line {node.lineno}"
        for path in modules()
        if is_one_of(name(path), {"pages/", "core/web/"})
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and reach(node) > 2
    }
    assert found == set()


SPELLED = re.compile(r"state(?:\[|\.(?:get|pop|setdefault)\()[\"']|[\"']create_[a-z_]+[\"']$")


def test_only_one_module_spells_what_the_form_keeps_in_the_session() -> None:
    found = {
        f"{name(path)}, line {number}"
        for path in modules()
        if is_one_of(name(path), {"pages/create", "pages/ui/compose/"})
        if name(path) != "pages/ui/compose/form_state"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if SPELLED.search(line)
    }
    assert found == set()


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


MOST_IN_A_FOLDER = 16
GROWS = {"core/storage/migrations"}  # each is numbered, and never edited again


def test_no_folder_has_more_modules_than_one_looks_through() -> None:
    kinds = {".py", ".js", ".css", ".html"}
    rooms = ("core", "pages", "tests")
    files = [path for room in rooms for path in (ROOT / room).rglob("*") if path.suffix in kinds]
    counts = Counter(path.parent for path in files if path.name != "__init__.py")
    folders = {name(path): count for path, count in counts.items() if count > MOST_IN_A_FOLDER}
    assert {folder for folder in folders if folder not in GROWS} == set()


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
                "core.emulator.api.server",
                "av",
                "PIL",
                "resvg_py",
                "core.sandbox.inspector",
            },
        ),
        ("core.web.routes", {"streamlit", "pages"}),
        (
            "core.emulator.api.server",
            {"streamlit", "requests", "sqlite_utils", "core.studio", "av", "PIL", "numpy"},
        ),
        (
            "core.providers.create_call",
            {"pandas", "numpy", "sqlite_utils", "pydantic", "streamlit", "PIL", "core.settings"},
        ),
    ],
)
@pytest.mark.point(13)
def test_an_import_loads_no_more_than_it_must(module: str, forbidden: set[str]) -> None:
    assert loaded(module) & forbidden == set()


def test_what_pages_and_routes_call_is_in_the_table_of_permissions() -> None:
    """What is not there is refused: core/access/permissions.py."""
    called = re.compile(r"(?<!core\.)\b(?:studio|current\(\))\.([a-z_]+)\.([a-z_]+)")
    rooms = ("pages", "core/web", "core/api")
    paths = [path for room in rooms for path in (ROOT / room).rglob("*.py")]
    calls = {call for path in paths for call in called.findall(path.read_text())}
    asked = {call for call in calls if call[0] not in VALUES | {"people"}}
    assert len(asked) > 100
    assert {call for call in asked if call[1] not in PERMISSIONS.get(call[0], {})} == set()


PROGRAM_ROOMS = ("pages", "core/web", "core/api", "core/mcp")
"""Who asks the parts of the Studio for what the table of permissions names."""


def called_on_parts(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """What a module may ask of parts, as in `studio.tokens.all`, also by a name given to the part:
    each part with what is asked of it."""
    parts = named_parts(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
            yield node.value.attr, node.attr
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield from ((part, node.attr) for part in parts[node.value.id])


def named_parts(tree: ast.Module) -> dict[str, set[str]]:
    """By each name what it may stand for, as in `tokens = studio.tokens`."""
    parts: dict[str, set[str]] = defaultdict(set)
    for node in ast.walk(tree):
        for target, value in assigned(node) if isinstance(node, ast.Assign) else ():
            if isinstance(target, ast.Name) and isinstance(value, ast.Attribute):
                parts[target.id].add(value.attr)
    return parts


def assigned(node: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip(target.elts, node.value.elts, strict=True)
        else:
            yield target, node.value


def test_what_the_table_of_permissions_names_is_called() -> None:
    paths = [path for room in PROGRAM_ROOMS for path in (ROOT / room).rglob("*.py")]
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in paths)
    called = {call for tree in trees for call in called_on_parts(tree)}
    named = {(part, method) for part, rules in PERMISSIONS.items() for method in rules}
    assert named - called == set()
