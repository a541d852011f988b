"""Searches whole files for what should not be in them any more, in a process of its own.

`python -m bot.store.traces` reads {"paths": [...], "needles": [hexadecimal, ...]} from standard input and writes, for
each needle, how often it was found in all files together. A process of its own because closing a file that SQLite
has open ends SQLite's locks on it, for the whole process (sqlite.org/howtocorrupt, 2.2).
"""

import json
import struct
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

CHUNK = 1 << 20
_SEVEN_BITS = 7


def forms_of_id(user_id: int) -> tuple[bytes, ...]:
    """How an id of Discord's (above 2^47) stands in a file of SQLite: as a value, as a row's number, as text."""
    return struct.pack(">q", user_id), _varint(user_id), str(user_id).encode()


def count(paths: Iterable[Path], needles: Sequence[bytes]) -> list[int]:
    """How often each needle is in the files together; files that are not there have none."""
    found = [0] * len(needles)
    overlap = max(map(len, needles), default=1) - 1
    for path in paths:
        if path.exists():
            _search(path, needles, overlap, found)
    return found


def _search(path: Path, needles: Sequence[bytes], overlap: int, found: list[int]) -> None:
    kept = b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            window = kept + chunk
            tally(window, len(kept), needles, found)
            kept = window[-overlap:] if overlap else b""


def tally(window: bytes, known: int, needles: Sequence[bytes], found: list[int]) -> None:
    """Add to `found` what is in `window`, whose first `known` bytes were searched before."""
    for number, needle in enumerate(needles):
        found[number] += window.count(needle, max(known - len(needle) + 1, 0))


def _varint(value: int) -> bytes:
    """SQLite's own: seven bits a byte, high ones first; the ninth byte has eight (sqlite.org/fileformat2, 1.6)."""
    if value >> 56:
        last, rest = value & 0xFF, value >> 8
        return bytes(0x80 | (rest >> (_SEVEN_BITS * at)) & 0x7F for at in range(7, -1, -1)) + bytes([last])
    groups = [value >> (_SEVEN_BITS * at) & 0x7F for at in range((max(value.bit_length(), 1) - 1) // 7, -1, -1)]
    return bytes([*(0x80 | group for group in groups[:-1]), groups[-1]])


def main() -> None:
    """Search once."""
    asked = json.load(sys.stdin)
    found = count([Path(path) for path in asked["paths"]], [bytes.fromhex(needle) for needle in asked["needles"]])
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
