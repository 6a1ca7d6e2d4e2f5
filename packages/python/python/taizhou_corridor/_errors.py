"""Exceptions of the package."""

from __future__ import annotations

from typing import Any


class CorridorError(Exception):
    """A file, a row or a plan that cannot be used.

    Attributes:
        code: a stable code, as ``no-coordinate-columns``; it does not depend on the language.
        message: what was found and what was expected.
        advice: what to do, or None.
        place: where: ``file``, ``line``, ``row``, ``feature``, ``option`` or ``column``, as far as they are known.
            Rows and lines are counted from 1.
    """

    def __init__(self, code: str, message: str, advice: str | None = None, place: dict[str, Any] | None = None):
        super().__init__(message)
        self.code = code
        self.message = message
        self.advice = advice
        self.place = {name: value for name, value in (place or {}).items() if value is not None}

    def __str__(self) -> str:
        return self.message if self.advice is None else f"{self.message}\n{self.advice}"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.code, self.message, self.advice, self.place)


class ArgumentError(CorridorError, ValueError):
    """An option or data of another kind than expected: a name that is not known, texts instead of numbers."""
