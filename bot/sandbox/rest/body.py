"""Bodies of requests: JSON, or multipart with payload_json and files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import BodyPartReader, web

from bot.sandbox.rules import Refusal
from bot.sandbox.uploads import MAX_FILE, Upload
from bot.sandbox.wire import loads

if TYPE_CHECKING:
    from aiohttp import MultipartReader

MAX_BODY = 25 * 1024 * 1024


class NotReadableError(Exception):
    """The body is no JSON, or of a type that Discord does not take."""

    def __init__(self, status: int, code: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.code = code
        self.words = words


async def read_body(request: web.BaseRequest) -> tuple[Any, dict[int, Upload], bytes]:
    """The JSON of a request, its files by number, and the JSON as it came. Raises NotReadableError and Refusal."""
    kind = request.content_type
    try:
        if kind == "multipart/form-data":
            raw, files = await _multipart(await request.multipart())
        else:
            raw, files = await request.read(), {}
    except ValueError as problem:  # no boundaries where the header says that there are
        raise NotReadableError(400, 50035, "The request body contains invalid multipart data.") from problem
    except web.HTTPRequestEntityTooLarge as problem:
        raise Refusal(413, 40005, "Request entity too large") from problem
    if not raw:
        return None, files, raw
    if kind not in ("application/json", "multipart/form-data"):
        raise NotReadableError(400, 50035, 'Expected "Content-Type" header to be one of {"application/json"}.')
    try:
        return loads(raw), files, raw
    except ValueError as problem:
        raise NotReadableError(400, 50109, "The request body contains invalid JSON.") from problem


async def _multipart(reader: MultipartReader) -> tuple[bytes, dict[int, Upload]]:
    raw, files = b"", {}
    async for part in reader:
        if not isinstance(part, BodyPartReader):
            raise NotReadableError(400, 50035, "Nested multipart bodies are not taken.")
        name = part.name or ""
        content = bytes(await part.read(decode=True))
        if name == "payload_json":
            raw = content
        elif name.startswith("files[") and name[6:-1].isdigit():
            if len(content) > MAX_FILE:
                raise Refusal(413, 40005, "Request entity too large")
            kind = part.headers.get("Content-Type", "")
            files[int(name[6:-1])] = Upload(part.filename or "file", kind, content)
    return raw, files
