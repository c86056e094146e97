"""How long the history takes with 100,000 calls: ``python -m benchmarks.history [calls]``.

SQLite on the disk, and PostgreSQL where Debian's packages are installed. *Cold* is the first time after the
server's start (PostgreSQL), or on a new connection with the file dropped from the page cache (SQLite); of
these the median is told.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import median

from backend.domain.entities.call import CallStatus, Direction, EndCause
from backend.domain.ports.persistence_port import CallFilter, CallOrder, CallSort
from backend.domain.ports.statistics_port import BucketSize, StatisticsQuery
from backend.infrastructure.database.migrate import migrate
from backend.infrastructure.database.repositories.sqlalchemy_repositories import (
    SqlCallRepository,
    SqlCallStatistics,
)
from backend.infrastructure.database.session import Database
from backend.infrastructure.storage.no_recordings import NoRecordings
from backend.interfaces.http.endpoints.exports import Pages
from backend.interfaces.http.export_writers import CsvWriter, JsonWriter
from backend.interfaces.http.schemas.history import ExportFormat, ExportQuery
from benchmarks.history_calls import COMMON, NOW, RARE, TENANT, USUAL, fill
from tests.support.databases import PostgresServer, postgres_server

PAGE = 50
COLD_RUNS = 3
WARM_RUNS = 20
DAY_MS = 24 * 3_600_000

FILTERS = {
    "all": CallFilter(),
    "agent, half of all": CallFilter(agent_id=f"{0:032x}"),
    "agent, 0.8 %": CallFilter(agent_id=f"{6:032x}"),
    "status failed, 0.6 %": CallFilter(status=CallStatus.FAILED),
    "nothing has it": CallFilter(end_cause=EndCause.PROCESS_DIED),
    "nothing has both": CallFilter(agent_id=f"{0:032x}", end_cause=EndCause.PROCESS_DIED),
    "direction, 5 %": CallFilter(direction=Direction.INBOUND),
    "last hour": CallFilter(since=NOW - DAY_MS // 24),
    "last 30 days": CallFilter(since=NOW - 30 * DAY_MS, until=NOW),
    "tag, 1 %": CallFilter(tag="vip"),
    f"“{COMMON}”, in all": CallFilter(search=COMMON),
    f"“{USUAL}”, 2 %": CallFilter(search=USUAL),
    f"“{RARE}”, ten": CallFilter(search=RARE),
    "two words": CallFilter(search=f"{COMMON} {USUAL}"),
    "beginning “den”": CallFilter(search="den"),
    "word and agent": CallFilter(search=USUAL, agent_id=f"{0:032x}"),
}
ORDERS = [CallOrder(by, is_ascending=way) for by, way in product(CallSort, (False, True))]


@dataclass(frozen=True, slots=True)
class Place:
    """A database to measure: where it is, and how to make it forget."""

    name: str
    url: str
    cool: Callable[[], None]


Work = Callable[[Database], Awaitable[object]]


async def once(database: Database, work: Work) -> float:
    """Return how many milliseconds ``work`` takes."""
    began = time.perf_counter()
    await work(database)
    return (time.perf_counter() - began) * 1_000


async def measured(place: Place, work: Work) -> tuple[float, float, float]:
    """Return the median first time, and the median and the 95th percentile of those after the last of these,
    in milliseconds."""
    cold, warm = [], []
    for _ in range(COLD_RUNS):
        place.cool()
        async with Database(place.url) as database:
            cold.append(await once(database, work))
            warm = sorted([await once(database, work) for _ in range(WARM_RUNS)])
    return median(cold), warm[WARM_RUNS // 2], warm[-2]


def a_page(where: CallFilter, order: CallOrder) -> Work:
    """Return the reading of a first page."""

    async def read(database: Database) -> object:
        calls = SqlCallRepository(database, NoRecordings())
        return await calls.page(TENANT, where=where, order=order, limit=PAGE)

    return read


def statistics(days: int, bucket: BucketSize) -> Work:
    """Return the counting of the last ``days``."""
    query = StatisticsQuery(NOW - days * DAY_MS, NOW, bucket, utc_offset_min=60)

    async def count(database: Database) -> object:
        return await SqlCallStatistics(database).count(TENANT, query)

    return count


async def export(place: Place, kind: ExportFormat) -> str:
    """Return how long an export of everything takes, its size, and what it held in memory at most."""
    async with Database(place.url) as database:
        calls = SqlCallRepository(database, NoRecordings())
        query = ExportQuery(format=kind)
        first = await calls.page(TENANT, where=query.where, limit=PAGE)
        writer = CsvWriter() if kind is ExportFormat.CSV else JsonWriter()
        tracemalloc.start()
        began, size = time.perf_counter(), 0
        async for block in Pages(calls, TENANT, query, first, writer):
            size += len(block)
        seconds = time.perf_counter() - began
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return f"{kind}: {size / 1e6:.1f} MB in {seconds:.0f} s (traced), at most {peak / 1e6:.1f} MB held"


async def report(place: Place, calls: int) -> None:
    """Fill the database and print the tables."""
    await migrate(place.url)
    began = time.perf_counter()
    async with Database(place.url) as database:
        await fill(database, calls)
        async with database.transaction() as connection:
            if not database.is_sqlite:
                await connection.exec_driver_sql("ANALYZE")
    print(f"\n{place.name}: {calls} calls, made in {time.perf_counter() - began:.0f} s")
    print(f"{'milliseconds':48}{'cold':>8}{'p50':>8}{'p95':>8}")
    for (name, where), order in product(FILTERS.items(), ORDERS):
        line(
            f"{name}, {order.by} {'asc' if order.is_ascending else 'desc'}",
            *await measured(place, a_page(where, order)),
        )
    for days, bucket in ((30, BucketSize.DAY), (30, BucketSize.HOUR), (365, BucketSize.DAY)):
        line(f"statistics of {days} days by {bucket}", *await measured(place, statistics(days, bucket)))
    for kind in ExportFormat:
        print(await export(place, kind))


def line(name: str, cold: float, p50: float, p95: float) -> None:
    """Print one line of the table."""
    print(f"{name:48}{cold:8.1f}{p50:8.1f}{p95:8.1f}", flush=True)


def forget_file(path: Path) -> None:
    """Drop a file and its write-ahead log from the page cache."""
    for file in path.parent.glob(f"{path.name}*"):
        descriptor = os.open(file, os.O_RDONLY)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def restart(server: PostgresServer) -> None:
    """Let PostgreSQL begin with empty buffers."""
    server.stop()
    server.start()


async def main(calls: int) -> None:
    """Measure both databases."""
    with tempfile.TemporaryDirectory(prefix="victoria-bench-") as folder:
        path = Path(folder) / "victoria.db"
        await report(Place("SQLite", f"sqlite:///{path}", lambda: forget_file(path)), calls)
        print(f"file: {path.stat().st_size / 1e6:.0f} MB")
    with postgres_server() as server:
        await report(Place("PostgreSQL", server.new_database(), lambda: restart(server)), calls)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
