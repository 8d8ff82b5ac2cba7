"""Reads data/catalog and checks it.

A TOML block is one model on one endpoint; adding a model changes no Python. Two files hold what
models share: endpoints.toml the providers and their endpoints, shared.toml the formats and the
settings, inputs and prices that a model takes over with `use = "name"`, beside what it says
differently. What only the models of one file share stands in that file, as [param.name],
[input.name] or [price.name].
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import ValidationError

from core.catalog.consistency import complaints, disagreements
from core.catalog.model import Format, Model
from core.catalog.params import Entry
from core.catalog.suppliers import Supplier, Suppliers
from core.errors import CatalogError
from core.generations import FIRST_PROVIDER

ENDPOINTS, SHARED = "endpoints.toml", "shared.toml"
SHAREABLE = ("param", "input", "price")
Table = dict[str, Any]
T = TypeVar("T", bound=Entry)


class Endpoint(Entry):
    """Where a request goes, by its `id`: at which provider, and there at which address. `kind` is
    what a person wants to do there."""

    id: str
    name: str
    kind: str
    makes: Literal["video", "image", "audio"]
    format: str
    provider: str = FIRST_PROVIDER


class _Endpoints(Entry):
    provider: tuple[Supplier, ...]
    endpoint: tuple[Endpoint, ...]


class _Shared(Entry):
    format: Mapping[str, Format] = {}
    param: Mapping[str, Table] = {}
    input: Mapping[str, Table] = {}
    price: Mapping[str, Table] = {}

    def with_own(self, data: Table, path: Path) -> _Shared:
        own = {section: data.pop(section) for section in SHAREABLE if section in data}
        read = _validated(_Shared, path, own)
        joined = {name: {**getattr(self, name), **getattr(read, name)} for name in SHAREABLE}
        return self.model_copy(update=joined)

    def used(self, section: str, entry: Table) -> Table:
        """Raises CatalogError for an unknown name."""
        entry = dict(entry)
        for inner in ("settings",):
            if inner in entry:
                entry[inner] = [self.used("param", item) for item in entry[inner]]
        if "use" not in entry:
            return entry
        name = entry.pop("use")
        known: Mapping[str, Table] = getattr(self, section)
        if name not in known:
            raise CatalogError(f"{section} {name} is not shared, neither there nor in {SHARED}.")
        return self.used(section, known[name]) | entry


Loaded = tuple[Mapping[tuple[str, str], Model], Mapping[str, Endpoint], Suppliers]


def load(folder: Path) -> Loaded:
    """The models by endpoint and id, in the order of endpoints and files; the endpoints by id; who
    makes clips. Raises CatalogError naming file, model and field."""
    if not (folder / ENDPOINTS).exists():
        raise _nothing_in(folder)
    stats = [path.lstat() for path in sorted(folder.glob("*.toml"))]
    return _loaded(folder, tuple((s.st_ino, s.st_mtime_ns, s.st_size) for s in stats))


@lru_cache(maxsize=4)
def _loaded(folder: Path, _stamps: tuple[tuple[int, int, int], ...]) -> Loaded:
    """Cached while the files do not change, since the demo's emulator needs the same ones as the
    server."""
    listed = _validated(_Endpoints, folder / ENDPOINTS, _toml(folder / ENDPOINTS))
    shared = _validated(_Shared, folder / SHARED, _toml(folder / SHARED))
    suppliers = Suppliers(listed.provider)
    endpoints = {endpoint.id: endpoint for endpoint in listed.endpoint}
    _check(listed.endpoint, suppliers)
    models: dict[tuple[str, str], Model] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.name in (ENDPOINTS, SHARED):
            continue
        for model in _read(path, endpoints, shared):
            if (model.endpoint, model.id) in models:
                raise CatalogError(f"{path.name}: {model.id} on {model.endpoint} stands twice.")
            models[model.endpoint, model.id] = model
    if not models:
        raise _nothing_in(folder)
    for disagreement in disagreements(models.values()):
        raise CatalogError(f"{disagreement}.")
    order = list(endpoints)
    models = dict(sorted(models.items(), key=lambda entry: order.index(entry[0][0])))
    return models, endpoints, suppliers


def _check(endpoints: Iterable[Endpoint], suppliers: Suppliers) -> None:
    for endpoint in endpoints:
        if endpoint.provider not in suppliers:
            raise CatalogError(f"{ENDPOINTS}: {endpoint.id}: no provider {endpoint.provider}.")


def _nothing_in(folder: Path) -> CatalogError:
    return CatalogError(f"No model in {folder}.", "The folder data/catalog belongs to Dailies.")


def _toml(path: Path) -> Table:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CatalogError(f"{path.name} cannot be read: {error}.") from error


def _read(path: Path, endpoints: Mapping[str, Endpoint], shared: _Shared) -> Iterator[Model]:
    data = _toml(path)
    shared = shared.with_own(data, path)
    blocks = data.pop("model", None)
    if data or not isinstance(blocks, list) or not all(isinstance(b, dict) for b in blocks):
        raise CatalogError(f"{path.name} holds [[model]] tables and what they share.")
    for block in blocks:
        where = f"{block.get('id', '?')} on {block.get('endpoint', '?')}"
        endpoint = endpoints.get(str(block.get("endpoint")))
        if endpoint is None:
            raise CatalogError(f"{path.name}: {where}: {ENDPOINTS} has no such endpoint.")
        try:
            whole = _complete(block, endpoint, shared)
        except CatalogError as error:
            raise CatalogError(f"{path.name}: {where}: {error.message}") from error
        model = _validated(Model, path, whole, where)
        for complaint in complaints(model):
            raise CatalogError(f"{path.name}: {where}: {complaint}.")
        yield model


def _complete(block: Table, endpoint: Endpoint, shared: _Shared) -> Table:
    given = {
        "kind": endpoint.kind,
        "does": endpoint.name,
        "makes": endpoint.makes,
        "format": endpoint.format,
        "provider": endpoint.provider,
    }
    whole: Table = given | block | {"formats": shared.format}
    for section in SHAREABLE:
        entries = whole.get(section)
        if isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries):
            whole[section] = [shared.used(section, entry) for entry in entries]
    return whole


def _validated(kind: type[T], path: Path, data: Table, where: str = "") -> T:
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        raise CatalogError(f"{path.name}: {_complaint(data, error, where)}") from error


def _complaint(data: Mapping[str, Any], error: ValidationError, where: str) -> str:
    first = error.errors(include_url=False)[0]
    location = [where] if where else []
    location += [str(part) for part in first["loc"]]
    message = first["msg"].removeprefix("Value error, ")
    return f"{', '.join(location) or 'the file'}: {message}."
