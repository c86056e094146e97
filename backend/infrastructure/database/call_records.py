"""What a call's writing half has to say, in a form that the database and the journal both take.

Applying a record twice does what applying it once does: rows whose key exists are passed over, and a call
ends once. So a record may be written without knowing whether an earlier attempt went through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import ClassVar, Final

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.infrastructure.database.call_ends import Closed, end_calls
from backend.infrastructure.database.facts_rows import opened_facts
from backend.infrastructure.database.inserts import insert_or_ignore
from backend.infrastructure.database.models import (
    Base,
    CallFactsModel,
    CallModel,
    TimelineModel,
    TranscriptModel,
)
from backend.infrastructure.database.rows import Row
from backend.infrastructure.database.text import dump_line


@dataclass(frozen=True, slots=True)
class Opened:
    """A call is live; ``call`` is its row, ``engines`` the names of those that it begins with, if known."""

    type: ClassVar = "opened"
    call: Row
    engines: Row | None = None


@dataclass(frozen=True, slots=True)
class Appended:
    """Entries of one call, and the turns that they commit, as rows."""

    type: ClassVar = "appended"
    timeline: list[Row]
    turns: list[Row]


Record = Opened | Appended | Closed

# A journal that a former version wrote does not have these: no drafts, no telephone.
_SINCE: Final[Row] = {
    "is_draft": False,
    "caller": "",
    "called": "",
    "carrier": "",
    "carrier_call_id": "",
    "continues": None,
}

_TYPES: Final = {cls.type: cls for cls in (Opened, Appended, Closed)}


def encode_record(record: Record) -> bytes:
    """Return the record as one line of JSON, without the line break."""
    return dump_line({"type": record.type, **asdict(record)})


def decode_record(line: bytes) -> Record:
    """Return the record that ``encode_record`` wrote. Raises ``ValueError`` on anything else."""
    data = orjson.loads(line)
    try:
        cls = _TYPES[data.pop("type")]
        return cls(**data)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("not a record of calls") from error


async def apply(connection: AsyncConnection, records: Sequence[Record]) -> None:
    """Write ``records`` within the transaction of ``connection``, one statement a table.

    All calls are opened before anything is appended, and closed last: for each call that is the order in
    which it happened.
    """
    opened = [record for record in records if isinstance(record, Opened)]
    calls = [_SINCE | record.call for record in opened]
    appended = [record for record in records if isinstance(record, Appended)]
    inserts: tuple[tuple[type[Base], list[Row]], ...] = (
        (CallModel, calls),
        (
            CallFactsModel,
            [opened_facts(call, record.engines) for call, record in zip(calls, opened, strict=True)],
        ),
        (TimelineModel, [row for record in appended for row in record.timeline]),
        (TranscriptModel, [row for record in appended for row in record.turns]),
    )
    for model, rows in inserts:
        if rows:
            await connection.execute(insert_or_ignore(connection.dialect, model), rows)
    await end_calls(connection, [record for record in records if isinstance(record, Closed)])
