"""A process that places fifty calls at once when it is told to, and prints how many it was allowed.

``python dialling_process.py <database> <migrate or anything else>``
"""

from __future__ import annotations

import asyncio
import sys
import uuid
from dataclasses import replace

from backend.domain.entities.outbound_call import Attempt
from backend.domain.errors import LimitError
from backend.infrastructure.database.migrate import migrate
from backend.infrastructure.database.repositories.sqlalchemy_repositories import SqlOutboundCalls
from backend.infrastructure.database.session import Database
from tests.support.outbound_orders import AMPLE, NOW, an_order


async def main(url: str) -> None:
    async with Database(url) as database:
        orders = SqlOutboundCalls(database)
        await orders.due(0, limit=1)  # connected
        say("ready")
        await asyncio.to_thread(sys.stdin.readline)

        async def is_placed() -> bool:
            order = an_order(id=uuid.uuid4().hex).begun(Attempt(uuid.uuid4().hex, NOW, reserved_s=60))
            try:
                await orders.add(order, replace(AMPLE, per_minute=10))
            except LimitError:
                return False
            return True

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(is_placed()) for _ in range(50)]
        say(str(sum(task.result() for task in tasks)))


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _, database_url, role = sys.argv
    asyncio.run(migrate(database_url) if role == "migrate" else main(database_url))
