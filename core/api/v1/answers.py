"""What is told of a generation, a model, an upload: the same wherever they are told of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field
from starlette.requests import Request

from core.api import files, wording
from core.api.callers import Caller
from core.catalog.model import Model
from core.catalog.params import Param
from core.catalog.slots import Slot
from core.files import Output, Upload
from core.generations import Generation, Status

KINDS = {
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "text": "string",
    "task": "string",
    "colour": "string",
}


class FileAnswer(BaseModel):
    """A file that was made. Its address plays for an hour; another answer has a fresh one.
    `removed` says why there is no original any more, empty while there is."""

    position: int
    url: str
    mediaType: str  # noqa: N815 - JSON of programs in JavaScript, as in Runway's API
    bytes: int
    width: int
    height: int
    duration: float
    sha256: str
    removed: str


class GenerationAnswer(BaseModel):
    """`progress` is from 0 to 1. Of three figures of credits, the later is the surer one."""

    id: int
    status: Status
    provider: str
    model: str
    endpoint: str
    prompt: str
    settings: dict[str, Any]
    inputs: list[dict[str, Any]]
    author: str
    project: str | None
    createdAt: datetime  # noqa: N815
    finishedAt: datetime | None  # noqa: N815
    progress: float = Field(ge=0, le=1)
    creditsQuoted: int | None  # noqa: N815
    creditsEstimated: int | None  # noqa: N815
    creditsCharged: int | None  # noqa: N815
    failure: str
    failureCode: str  # noqa: N815
    review: str
    stars: float | None
    files: list[FileAnswer]


class UploadAnswer(BaseModel):
    """`id` is what a request names it by; `notices` say what was changed in it."""

    id: str
    name: str
    mediaType: str  # noqa: N815
    bytes: int
    width: int
    height: int
    duration: float
    notices: list[str]


class ModelAnswer(BaseModel):
    """`settings` is the JSON Schema of a request's body for it, in the form of Runway's API.
    `usable` is false for what is retired, and where this server has no key for the provider."""

    id: str
    endpoint: str
    name: str
    vendor: str
    about: str
    makes: str
    kind: str
    retired: bool
    usable: bool
    provider: str
    creditsPerSecond: list[float] = Field(  # noqa: N815
        description="From the lowest to the highest; empty where it is not by the second."
    )
    settings: dict[str, Any]


def generation(
    request: Request, caller: Caller, found: Generation, projects: Mapping[int, str]
) -> GenerationAnswer:
    asked = found.request
    return GenerationAnswer(
        id=found.id,
        status=found.status,
        provider=found.provider,
        model=asked.model,
        endpoint=asked.endpoint,
        prompt=asked.prompt,
        settings=dict(asked.params),
        inputs=[item.to_dict() for item in asked.inputs],
        author=found.author,
        project=projects.get(found.project_id) if found.project_id is not None else None,
        createdAt=found.created_at,
        finishedAt=found.finished_at,
        progress=1.0 if found.status is Status.SUCCEEDED else min(1.0, found.progress or 0.0),
        creditsQuoted=found.credits_quoted,
        creditsEstimated=found.credits_estimated,
        creditsCharged=found.credits_charged,
        failure=wording.failure(found, caller.who_makes(found)),
        failureCode=wording.failure_code(found),
        review=found.review,
        stars=found.stars / 100 if found.stars is not None else None,
        files=[_file(request, found, output) for output in found.outputs],
    )


def upload(found: Upload, notices: tuple[str, ...] = ()) -> UploadAnswer:
    return UploadAnswer(
        id=found.sha256,
        name=found.name,
        mediaType=found.media_type,
        bytes=found.bytes,
        width=found.width,
        height=found.height,
        duration=found.duration,
        notices=list(notices),
    )


def model(found: Model, *, usable: bool) -> ModelAnswer:
    return ModelAnswer(
        id=found.id,
        endpoint=found.endpoint,
        name=found.name,
        vendor=found.vendor,
        about=found.about,
        makes=found.makes,
        kind=found.kind,
        retired=found.status == "retired",
        usable=usable,
        provider=found.provider,
        creditsPerSecond=[float(rate) for rate in found.rates],
        settings=schema(found),
    )


def schema(found: Model) -> dict[str, Any]:
    """What a body for the model may hold. What rules settings out beside one another is told when
    a request is quoted."""
    properties: dict[str, Any] = {"model": {"const": found.id}}
    required: list[str] = []
    if found.prompt.offered:
        text: dict[str, Any] = {"type": "string", "title": found.prompt.label}
        if found.prompt.max_units:
            text["maxLength"] = found.prompt.max_units
        properties[found.prompt.field] = text
        if found.prompt.required and not found.prompt.unless:
            required.append(found.prompt.field)
    for slot in found.input:
        properties[slot.field] = _slot(slot)
        if slot.required and slot.field not in required:
            required.append(slot.field)
    for param in found.param:
        _put(properties, param.name, _param(param))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": found.name,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _slot(slot: Slot) -> dict[str, Any]:
    address = {"type": "string", "description": "https address, data URI, or id of an upload"}
    told = {"title": slot.label, "description": slot.help or slot.label}
    if slot.wire == "uri":
        return address | told
    item = {"type": "object", "properties": {"uri": address}, "required": ["uri"]}
    if slot.wire == "object":
        return item | told
    return told | {"anyOf": [address, {"type": "array", "items": item}]}


def _param(param: Param) -> dict[str, Any]:
    told: dict[str, Any] = {"title": param.label}
    if param.help:
        told["description"] = param.help
    if param.default is not None:
        told["default"] = param.default
    if param.kind == "choice":
        return told | {"enum": list(param.choices)}
    if param.kind == "colours":
        return told | {"type": "array", "items": {"type": "string"}}
    if param.kind == "shots":
        return told | {"type": "array", "items": {"type": "object"}}
    kind: dict[str, Any] = {"type": KINDS[param.kind]}
    if param.kind in ("integer", "number") and param.range:
        kind |= {"minimum": param.range[0], "maximum": param.range[1]}
    if param.choices:
        return told | {"anyOf": [kind, {"enum": list(param.choices)}]}
    return told | kind


def _put(properties: dict[str, Any], name: str, told: dict[str, Any]) -> None:
    """A dot in a name stands for an object within the object."""
    head, _, rest = name.partition(".")
    if not rest:
        properties[head] = told
        return
    inner = properties.setdefault(head, {"type": "object", "properties": {}})
    _put(inner["properties"], rest, told)


def _file(request: Request, found: Generation, output: Output) -> FileAnswer:
    return FileAnswer(
        position=output.position,
        url=files.address(request, found, output),
        mediaType=output.media_type,
        bytes=output.bytes,
        width=output.width,
        height=output.height,
        duration=output.duration,
        sha256=output.sha256,
        removed=output.removal,
    )
