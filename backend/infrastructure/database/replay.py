"""From the journal into the database."""

from __future__ import annotations

import asyncio
import logging

from backend.infrastructure.database.call_records import Record, decode_record
from backend.infrastructure.database.journal import Journal
from backend.infrastructure.database.record_writer import Outcome, RecordWriter

_log = logging.getLogger(__name__)


async def replay(journal: Journal, writer: RecordWriter) -> bool:
    """Write all that ``journal`` holds, in order; return False when the database goes away meanwhile.

    A later call goes on where this one stopped. Lines that are no records and records that the database
    refuses are set aside, so that one bad line does not hold up the good ones behind it.
    Raises ``OSError`` if the journal cannot be read.
    """
    while not journal.is_drained:
        lines, end = await asyncio.to_thread(journal.unread)
        if not await _write(journal, writer, lines):
            return False
        journal.mark_read(end)
    return True


async def _write(journal: Journal, writer: RecordWriter, lines: list[bytes]) -> bool:
    records = [record for line in lines if (record := _decode(line)) is not None]
    if len(records) == len(lines):
        outcome = await writer.write(records) if records else Outcome.WRITTEN
        if outcome is not Outcome.REFUSED:
            return outcome is Outcome.WRITTEN
    if len(lines) == 1:
        _log.error("a journal line was set aside", extra={"life": journal.life})
        await asyncio.to_thread(journal.set_aside, lines)
        return True
    middle = len(lines) // 2
    return await _write(journal, writer, lines[:middle]) and await _write(journal, writer, lines[middle:])


def _decode(line: bytes) -> Record | None:
    try:
        return decode_record(line)
    except ValueError:
        return None
