"""What there is to make clips with: models with their settings, and files to start from."""

from __future__ import annotations

from fastapi import APIRouter, UploadFile
from pydantic import BaseModel

from core.api.callers import Maker, Viewer
from core.api.problems import Refused
from core.api.v1 import answers
from core.api.v1.answers import ModelAnswer, UploadAnswer

NEWEST = 100

router = APIRouter(tags=["Models and uploads"])


class Models(BaseModel):
    models: list[ModelAnswer]


class Uploads(BaseModel):
    uploads: list[UploadAnswer]


@router.get("/models")
def models(caller: Viewer) -> Models:
    """Every model on every endpoint, with what it costs and the JSON Schema of its body."""
    usable = caller.studio.compose.usable()
    return Models(
        models=[answers.model(one, usable=one in usable) for one in caller.studio.catalog]
    )


@router.get("/models/{endpoint}/{model_id}")
def model(caller: Viewer, endpoint: str, model_id: str) -> ModelAnswer:
    found = caller.studio.catalog.find(endpoint, model_id)
    if found is None:
        raise Refused(404, "There is no such model on this endpoint.")
    return answers.model(found, usable=found in caller.studio.compose.usable())


@router.post("/uploads", status_code=201)
def upload(caller: Maker, file: UploadFile) -> UploadAnswer:
    """Keep a picture, video or sound of up to 200 MB. The same file has the same id."""
    kept, notices = caller.studio.uploads.add(file.filename or "a file", file.file)
    return answers.upload(kept, notices)


@router.get("/uploads")
def uploads(caller: Viewer) -> Uploads:
    """The newest hundred."""
    found = caller.studio.uploads.newest(NEWEST, ("image", "video", "audio"))
    return Uploads(uploads=[answers.upload(one) for one in found])


@router.get("/uploads/{upload_id}")
def one_upload(caller: Viewer, upload_id: str) -> UploadAnswer:
    found = caller.studio.uploads.get(upload_id)
    if found is None:
        raise Refused(404, "There is no such upload.")
    return answers.upload(found)
