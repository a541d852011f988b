"""What Discord answers when it does not take a request."""

from __future__ import annotations

from typing import Any

Path = tuple[str | int, ...]

INVALID_FORM = 50035


class Refusal(Exception):
    """One error answer: HTTP status, Discord's code and words, and for an invalid form the tree of what is wrong."""

    def __init__(self, status: int, code: int, message: str, errors: dict[str, Any] | None = None) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors

    def body(self) -> dict[str, Any]:
        """The JSON body of the answer."""
        body: dict[str, Any] = {"message": self.message, "code": self.code}
        if self.errors is not None:
            body["errors"] = self.errors
        return body


class Problems:
    """Everything wrong with one body, gathered so that one answer names it all."""

    __slots__ = ("_found",)

    def __init__(self) -> None:
        self._found: list[tuple[Path, str, str]] = []

    def add(self, path: Path, code: str, message: str) -> None:
        self._found.append((path, code, message))

    def refuse_if_any(self) -> None:
        """Raise one `Refusal` (400, 50035) that holds every problem; do nothing when there is none."""
        if self._found:
            raise Refusal(400, INVALID_FORM, "Invalid Form Body", self._tree())

    def _tree(self) -> dict[str, Any]:
        """Give Discord's tree, where a place has either problems of its own or problems below it.

        Discord looks at a whole only when its parts are sound, so the problems of parts win.
        """
        tree: dict[str, Any] = {}
        for path, code, message in self._found:
            node = tree
            for step in path:
                node.pop("_errors", None)
                node = node.setdefault(str(step), {})
            if not node.keys() - {"_errors"}:
                node.setdefault("_errors", []).append({"code": code, "message": message})
        return tree
