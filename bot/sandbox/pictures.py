"""What /cdn serves: uploaded files, and plain coloured squares as avatars and icons."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.wire import as_id

if TYPE_CHECKING:
    from bot.sandbox.core import Sandbox

SIDE = 64
COLOURS = (0x5865F2, 0x747F8D, 0x3BA55D, 0xFAA61A, 0xED4245, 0xEB459E)


def cdn(sandbox: Sandbox, path: str) -> web.Response:
    parts = path.removeprefix("/cdn/").split("/")
    if parts[0] == "attachments" and len(parts) == 4:  # noqa: PLR2004  # attachments/channel/id/name
        upload = sandbox.files.get(as_id(parts[2]))
        if upload is None:
            return web.Response(status=404, text="This file is no longer kept.")
        # served as a download and never as a page: an uploaded file must not run in the page's origin
        safe = upload.content_type.split(";")[0].strip() if upload.content_type.startswith("image/") else ""
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        return web.Response(body=upload.data, content_type=safe or "application/octet-stream", headers=headers)
    return web.Response(body=square(COLOURS[sum(map(ord, path)) % len(COLOURS)]), content_type="image/png")


def square(colour: int) -> bytes:
    """A PNG of one colour."""
    row = b"\0" + colour.to_bytes(3, "big") * SIDE
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(row * SIDE)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, chunks))


def _chunk(part: tuple[bytes, bytes]) -> bytes:
    kind, data = part
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
