"""What all bodies have in common.

Requests are strict: unknown fields, numbers written as text, NaN and characters that cannot be stored are
refused, not repaired. Limits stand in the types, so the OpenAPI document tells them to clients.
"""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

# U+0000 cannot be stored in PostgreSQL; lone surrogates pydantic refuses by itself.
TEXT_PATTERN: Final = r"^[^\u0000]*$"
# One line with something to read on it: no control characters, not only white space.
LINE_PATTERN: Final = r"^[^\u0000-\u001f\u007f]*[^\s\u0000-\u001f\u007f][^\u0000-\u001f\u007f]*$"
ID_PATTERN: Final = r"^[0-9a-f]{32}$"

Id = Annotated[str, Field(pattern=ID_PATTERN, description="32 lower-case hexadecimal digits")]
UnixMs = Annotated[int, Field(ge=0, description="Unix time in milliseconds")]


class RequestModel(BaseModel):
    """Something a client sends."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _whole_numbers(cls, given: object) -> object:
        """JSON does not tell 3.0 from 3, so neither do we; 3.5 and "3" stay what they are."""
        if not isinstance(given, dict):
            return given
        return {
            name: int(value) if isinstance(value, float) and value.is_integer() else value
            for name, value in given.items()
        }


class ResponseModel(BaseModel):
    """Something the server sends; clients ignore fields they do not know."""

    model_config = ConfigDict(frozen=True)
