"""One door for the files that moderators import: TOML of ours, schedule.json, Sessionize."""

from bot.domain.programme import Programme, parse_programme
from bot.formats.c3voc_in import read_c3voc
from bot.formats.draft import Options
from bot.formats.json_in import load_json
from bot.formats.sessionize import read_sessionize

__all__ = ["Options", "read_programme_file"]

_NO_OPTIONS = Options()


def read_programme_file(data: bytes, name: str, options: Options = _NO_OPTIONS) -> Programme:
    """The programme in a file called `name`, whatever of the three it is; at most 1 MiB.

    Pure and without waiting, but a large file takes tenths of a second: call it off the event loop.

    Raises:
        ProgrammeError: everything that is wrong with it, each with its place and what to do.
    """
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not name.casefold().endswith(".json") and not start.startswith(b"{"):
        return parse_programme(data, name)
    top = load_json(data, name)
    keys = top.value if isinstance(top.value, dict) else {}
    if "schedule" not in keys and "sessions" not in keys:
        top.findings.stop(
            "",
            "this is neither a schedule.json (pretalx, frab) nor Sessionize's view/All: export one of these,"
            " or write a programme file in TOML",
        )
    return read_c3voc(top, options) if "schedule" in keys else read_sessionize(top, options)
