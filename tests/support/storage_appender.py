"""A process to be killed: appends to three calls, and prints what was acknowledged.

    python -m tests.support.storage_appender <database URL> <data folder>

Each line is ``<call id> <seq>``, written when ``append`` has returned; entry ``seq`` commits turn ``seq``.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
import uuid
from dataclasses import replace
from pathlib import Path

from backend.domain.entities.call import Call
from backend.domain.value_objects.call_id import CallId
from backend.infrastructure.database.call_log import SqlCallLog
from backend.infrastructure.database.session import Database
from tests.support.storage_builders import a_call, a_turn, an_entry


async def talk(log: SqlCallLog, call: Call) -> None:
    """Append until killed."""
    await log.open(call)
    for seq in itertools.count(1):
        await log.append(call.id, [an_entry(seq, a_turn(seq))])
        os.write(sys.stdout.fileno(), f"{call.id} {seq}\n".encode())


async def main(url: str, data_folder: str) -> None:
    """Run three calls at once."""
    async with (
        Database(url) as database,
        SqlCallLog(database, Path(data_folder)) as log,
        asyncio.TaskGroup() as calls,
    ):
        for _ in range(3):
            calls.create_task(talk(log, replace(a_call(), id=CallId(uuid.uuid4().hex))))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
