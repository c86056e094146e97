"""Text that every database takes.

PostgreSQL refuses U+0000 in text, and lone surrogates have no UTF-8; both can come out of a model's
JSON. One such character must not keep a call out of the history, so it is replaced, one for one: what was
heard stays a prefix of what was said.
"""

from __future__ import annotations

import re
from typing import Any, Final

import orjson
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
_REPLACEMENT: Final = "\ufffd"


def storable(text: str) -> str:
    """Return ``text`` with U+FFFD for what cannot be stored; the length stays."""
    return _UNSTORABLE.sub(_REPLACEMENT, text)


def dump_json(value: Any) -> str:
    """Return ``value`` as JSON; text in it is made storable if it is not."""
    return dump_line(value).decode()


def dump_line(value: Any) -> bytes:
    """Return ``value`` as UTF-8 JSON without line breaks."""
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return orjson.dumps(_storable_json(value))


def _storable_json(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {key: _storable_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_storable_json(item) for item in value]
    return value


class StorableText(TypeDecorator[str]):
    """A text column that takes any ``str``."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Make the value storable on its way in."""
        return None if value is None else storable(value)
