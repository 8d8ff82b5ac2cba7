"""Ends uploads in parts that nobody goes on with, as a killed server leaves them: S3 keeps their
parts and bills them, where no list of files shows them. obstore has no call for that.

Only for S3 with keys in the environment. Elsewhere it is a rule of the bucket, which README.md
tells of, or the cloud forgets them by itself.
"""

from __future__ import annotations

import os
import re
from datetime import datetime
from urllib.parse import quote, urlsplit

import requests

from core.errors import BucketError

SECONDS = 20
UPLOAD = re.compile(r"<Upload>(.*?)</Upload>", re.DOTALL)


def end_unfinished(url: str, before: datetime) -> int:
    """End uploads begun before then below this address. Returns how many. Raises BucketError."""
    from requests_aws4auth import AWS4Auth

    parts = urlsplit(url)
    key, secret = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
    if parts.scheme != "s3" or not (key and secret):
        return 0
    region = _told("AWS_REGION", "AWS_DEFAULT_REGION") or "us-east-1"
    signed = AWS4Auth(key, secret, region, "s3", session_token=_told("AWS_SESSION_TOKEN") or None)
    bucket = f"{_endpoint(region)}/{parts.netloc}"
    prefix = parts.path.strip("/")
    try:
        listed = requests.get(
            f"{bucket}?uploads=&prefix={quote(prefix, safe='')}", auth=signed, timeout=SECONDS
        )
        listed.raise_for_status()
        old = [one for one in UPLOAD.findall(listed.text) if _begun(one) < before]
        for one in old:
            where = f"{bucket}/{quote(_field(one, 'Key'))}"
            upload = quote(_field(one, "UploadId"), safe="")
            requests.delete(
                f"{where}?uploadId={upload}", auth=signed, timeout=SECONDS
            ).raise_for_status()
    except requests.RequestException:
        raise BucketError("The bucket does not let unfinished uploads be ended.") from None
    return len(old)


def _endpoint(region: str) -> str:
    told = _told("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
    return told.rstrip("/") or f"https://s3.{region}.amazonaws.com"


def _told(*names: str) -> str:
    return next((found for name in names if (found := os.environ.get(name))), "")


def _begun(upload: str) -> datetime:
    return datetime.fromisoformat(_field(upload, "Initiated").replace("Z", "+00:00"))


def _field(upload: str, name: str) -> str:
    found = re.search(f"<{name}>(.*?)</{name}>", upload)
    if found is None:
        raise BucketError("The bucket's list of unfinished uploads cannot be read.")
    return found[1]
