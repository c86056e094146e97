"""The call log as it starts: one process per SQLite file, the schema first, calls of others left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.domain.errors import ConfigurationError
from backend.infrastructure.database.call_log import SqlCallLog
from backend.infrastructure.database.migrate import migrate, upgrade
from backend.infrastructure.database.models import Base
from backend.infrastructure.database.process_life import sole_process
from backend.infrastructure.database.repositories.sqlalchemy_repositories import SqlCallRepository
from backend.infrastructure.database.session import Database
from backend.infrastructure.storage.file_recording_store import FileRecordingStore
from tests.support.databases import PostgresServer
from tests.support.storage_builders import TENANT, a_call
from tests.support.storage_faults import a_log, away

pytest_plugins = ["tests.support.storage_fixtures", "tests.support.storage_fault_fixtures"]


async def test_a_second_process_on_the_same_sqlite_file_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/victoria.db"
    await migrate(url)
    async with Database(url) as storage:
        async with SqlCallLog(storage, tmp_path / "one"):
            with pytest.raises(ConfigurationError, match="Another Victoria is running") as caught:
                await SqlCallLog(storage, tmp_path / "two").start()
            assert caught.value.code == "database-in-use"
        async with SqlCallLog(storage, tmp_path / "two"):
            pass


async def test_a_second_process_changes_no_schema_under_the_first(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/victoria.db"
    await migrate(url)
    upgraded: list[Database] = []

    async def prepare(database: Database) -> None:
        upgraded.append(database)

    async with Database(url) as storage:
        async with SqlCallLog(storage, tmp_path / "one"):
            with pytest.raises(ConfigurationError, match="Another Victoria is running"):
                await SqlCallLog(storage, tmp_path / "two", prepare=prepare).start()
            with (
                pytest.raises(ConfigurationError, match="Another Victoria is running"),
                sole_process(storage),
            ):
                pytest.fail("two processes have the file")
        assert upgraded == []
        async with SqlCallLog(storage, tmp_path / "two", prepare=prepare):
            assert upgraded == [storage]


async def test_the_schema_is_there_before_a_former_journal_is_replayed(
    storage: Database, server: PostgresServer | None, calls: SqlCallRepository, tmp_path: Path
) -> None:
    call = a_call()
    log = a_log(storage, tmp_path)
    await log.start()
    with away(storage, server):
        await log.open(call)
        await log.aclose()
    async with storage.transaction() as connection:
        await connection.exec_driver_sql("DROP TABLE call_search")  # no model has it, and it points at one
        await connection.run_sync(Base.metadata.drop_all)
        await connection.exec_driver_sql("DROP TABLE alembic_version")
    async with SqlCallLog(storage, tmp_path, prepare=upgrade):
        assert (await calls.get(TENANT, call.id)).call == call


async def test_a_failed_upgrade_leaves_nothing_held(tmp_path: Path) -> None:
    async def fail(_: Database) -> None:
        raise ConfigurationError("The database is too new.")

    async with Database(f"sqlite:///{tmp_path}/victoria.db") as storage:
        with pytest.raises(ConfigurationError, match="too new"):
            await SqlCallLog(storage, tmp_path, prepare=fail).start()
        assert list((tmp_path / "journal").iterdir()) == []
        with sole_process(storage), pytest.raises(ConfigurationError, match="Another Victoria is running"):
            await SqlCallLog(storage, tmp_path).start()
        async with SqlCallLog(storage, tmp_path, prepare=upgrade):
            pass


async def test_a_database_whose_folder_is_missing_is_what_the_owner_is_told_of(tmp_path: Path) -> None:
    async with Database(f"sqlite:///{tmp_path}/nowhere/victoria.db") as storage:
        with pytest.raises(
            ConfigurationError, match=r"nowhere/victoria\.db .*its folder must exist"
        ) as caught:
            await SqlCallLog(storage, tmp_path, prepare=upgrade).start()
    assert caught.value.code == "database"


async def test_processes_that_share_a_server_leave_each_others_calls_alone(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    url = postgres.new_database()
    await migrate(url)
    call = a_call()
    async with Database(url) as storage:
        calls = SqlCallRepository(storage, FileRecordingStore(tmp_path))
        async with SqlCallLog(storage, tmp_path) as living:
            await living.open(call)
            for folder in (tmp_path, tmp_path / "another host"):
                async with SqlCallLog(storage, folder) as other:
                    assert await other.mark_interrupted() == 0
            assert (await calls.get(TENANT, call.id)).call == call
        async with SqlCallLog(storage, tmp_path / "another host") as other:
            assert await other.mark_interrupted() == 0
        async with SqlCallLog(storage, tmp_path) as heir:
            assert await heir.mark_interrupted() == 1
