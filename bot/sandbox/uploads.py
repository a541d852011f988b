"""Uploaded files: kept in memory up to a limit, described as attachments, served at /cdn."""

from __future__ import annotations

import mimetypes
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.sandbox.rules import Refusal
from bot.sandbox.wire import Json, as_id

if TYPE_CHECKING:
    from bot.sandbox.core import Sandbox

MAX_FILE = 10 * 1024 * 1024
KEPT_BYTES = 128 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    filename: str
    content_type: str
    data: bytes


class Files:
    """Uploads by attachment id; the oldest go when they are too many bytes."""

    def __init__(self) -> None:
        self._files: OrderedDict[int, Upload] = OrderedDict()
        self._bytes = 0

    def keep(self, attachment_id: int, upload: Upload) -> None:
        self._files[attachment_id] = upload
        self._bytes += len(upload.data)
        while self._bytes > KEPT_BYTES and len(self._files) > 1:
            self._bytes -= len(self._files.popitem(last=False)[1].data)

    def all(self) -> list[Upload]:
        return list(self._files.values())

    def get(self, attachment_id: int) -> Upload | None:
        return self._files.get(attachment_id)


def attach(sandbox: Sandbox, channel_id: int, upload: Upload, **extra: object) -> Json:
    """Keep a file and describe it. Raises Refusal when it is too big."""
    if len(upload.data) > MAX_FILE:
        raise Refusal(413, 40005, "Request entity too large")
    attachment_id = sandbox.ids.new()
    sandbox.files.keep(attachment_id, upload)
    url = f"{sandbox.base_url}/cdn/attachments/{channel_id}/{attachment_id}/{quote(upload.filename)}"
    guessed = mimetypes.guess_type(upload.filename)[0] or "application/octet-stream"
    described: Json = {
        "id": str(attachment_id),
        "filename": upload.filename,
        "size": len(upload.data),
        "url": url,
        "proxy_url": url,
        "content_type": upload.content_type or guessed,
    }
    return described | {key: value for key, value in extra.items() if value is not None}


def attachments_of(
    sandbox: Sandbox, channel_id: int, body: Json, files: dict[int, Upload], before: list[Json]
) -> list[Json]:
    """The attachments a message has after this body: kept ones by id, new ones by their number in the upload.

    Raises Refusal for an id that is neither.
    """
    listed = body.get("attachments")
    wanted = {as_id(each["id"]): each for each in listed} if isinstance(listed, list) else {}
    kept = [each for each in before if listed is None or as_id(each["id"]) in wanted]
    known = {*files, *(as_id(each["id"]) for each in kept)}
    if strangers := [place for place, each in enumerate(listed or ()) if as_id(each["id"]) not in known]:
        error = {"_errors": [{"code": "ATTACHMENT_NOT_FOUND", "message": "Attachment data not found"}]}
        errors = {"attachments": {str(place): error for place in strangers}}
        raise Refusal(400, 50035, "Invalid Form Body", errors)
    new = [
        attach(sandbox, channel_id, upload, description=wanted.get(number, {}).get("description"))
        for number, upload in sorted(files.items())
    ]
    return kept + new


def medium_of(sandbox: Sandbox, attachments: list[Json], address: str) -> Json:
    """What is known of the file behind an address in a version 2 component, be it one of the message's own."""
    for each in attachments:
        if address in (f"attachment://{each['filename']}", each["url"]):
            named = ("id", "url", "proxy_url", "content_type", "filename", "size")
            return {key: each[key] for key in named} | {"attachment_id": each["id"]}
    return {"id": str(sandbox.ids.new()), "url": address, "proxy_url": address}


def link_pictures(embeds: list[Json], attachments: list[Json]) -> None:
    """Turn attachment://name in embeds into the file's address, as Discord does."""
    urls = {f"attachment://{each['filename']}": each["url"] for each in attachments}
    for embed in embeds:
        for key in ("image", "thumbnail", "author", "footer"):
            part = embed.get(key)
            for field in ("url", "icon_url"):
                if isinstance(part, dict) and part.get(field) in urls:
                    part[field] = urls[part[field]]
