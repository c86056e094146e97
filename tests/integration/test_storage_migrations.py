"""Opening a database: the schema it gets, and what the owner is told when it cannot be used."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from backend.domain.errors import ConfigurationError
from backend.domain.ports.agent_version_port import AgentVersion
from backend.infrastructure.database import search_index
from backend.infrastructure.database.agent_codec import encode_agent
from backend.infrastructure.database.migrate import migrate, upgrade
from backend.infrastructure.database.models import Base
from backend.infrastructure.database.repositories.sqlalchemy_repositories import (
    SqlAgentRepository,
    SqlAgentVersions,
)
from backend.infrastructure.database.session import Database
from tests.support.databases import PostgresServer, not_root
from tests.support.ports import free_port
from tests.support.storage_builders import TENANT, an_agent

pytest_plugins = ["tests.support.storage_fixtures"]

ROOT = Path(__file__).parents[2]


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that another user can reach, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="victoria-") as folder:
        path = Path(folder)
        path.chmod(0o755)
        yield path


@contextmanager
def read_only(*paths: Path) -> Iterator[None]:
    for path in paths:
        path.chmod(0o555)
    with not_root():
        yield


def is_of_the_models(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or name not in search_index.TABLES


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"include_name": is_of_the_models})
    return list(compare_metadata(context, Base.metadata))


async def test_the_migrations_make_what_the_models_say(storage_url: str) -> None:
    await migrate(storage_url)
    await migrate(storage_url)  # and again, as at every start
    async with Database(storage_url) as database, database.transaction() as connection:
        assert await connection.run_sync(differences) == []


async def test_processes_that_start_together_migrate_once(storage_url: str) -> None:
    async with asyncio.TaskGroup() as starting:
        for _ in range(3):
            starting.create_task(migrate(storage_url))
    async with Database(storage_url) as database:
        assert await SqlAgentRepository(database).all(TENANT) == []


async def test_a_database_in_memory_works() -> None:
    async with Database("sqlite+aiosqlite:///:memory:") as database:
        await upgrade(database)
        agents, agent = SqlAgentRepository(database), an_agent()
        await agents.add(agent)
        assert await agents.all(TENANT) == [agent]


async def test_sqlite_is_as_durable_as_we_promise(tmp_path: Path) -> None:
    async with (
        Database(f"sqlite:///{tmp_path}/victoria.db") as database,
        database.transaction() as connection,
    ):

        async def pragma(name: str) -> object:
            return (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar()

        assert await pragma("journal_mode") == "wal"
        assert await pragma("synchronous") == 2  # FULL
        assert await pragma("foreign_keys") == 1


def test_alembic_works_from_the_command_line(tmp_path: Path) -> None:
    database = tmp_path / "victoria.db"
    for arguments in (("upgrade", "head"), ("downgrade", "base")):
        alembic(database, *arguments)
    tables = sqlite3.connect(database).execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    assert [name for (name,) in tables] == ["alembic_version"]


def alembic(database: Path, *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "alembic", *arguments],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": f"sqlite:///{database}"},
        check=True,
        capture_output=True,
    )


async def test_agents_from_before_there_were_versions_have_the_one_that_they_are(tmp_path: Path) -> None:
    path, agent = tmp_path / "victoria.db", an_agent(version=7, updated_at=70)
    alembic(path, "upgrade", "0003")
    with closing(sqlite3.connect(path)) as old, old:
        row = (agent.id, TENANT, agent.name, 7, 1, 70, json.dumps(encode_agent(agent)))
        columns = "id, tenant, name, version, created_at, updated_at, document"
        old.execute(f"INSERT INTO agents ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    await migrate(f"sqlite:///{path}")
    async with Database(f"sqlite:///{path}") as database:
        assert await SqlAgentRepository(database).all(TENANT) == [agent]
        versions = SqlAgentVersions(database)
        assert await versions.all(TENANT, agent.id) == [AgentVersion(7, saved_at=70, name=agent.name)]
        assert await versions.get(TENANT, agent.id, 7) == agent
    alembic(path, "downgrade", "0003")
    with closing(sqlite3.connect(path)) as old:
        assert old.execute("SELECT id, version FROM agents").fetchall() == [(agent.id, 7)]


async def refusal(url: str) -> str:
    """Return what ``migrate`` tells the owner: one sentence."""
    with pytest.raises(ConfigurationError) as caught:
        await migrate(url)
    message = caught.value.message
    assert message.endswith(".")
    assert "\n" not in message
    return message


async def test_a_database_from_a_newer_version_is_left_alone(storage_url: str) -> None:
    await migrate(storage_url)
    async with Database(storage_url) as database, database.transaction() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert "newer version of Victoria (schema 9999)" in await refusal(storage_url)


async def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    message = await refusal(f"sqlite:///{tmp_path}/nowhere/victoria.db")
    assert "its folder must exist" in message


async def test_a_folder_that_cannot_be_written(public_folder: Path) -> None:
    with read_only(public_folder):
        message = await refusal(f"sqlite:///{public_folder}/victoria.db")
    assert "must be able to write in it" in message


async def test_a_file_that_cannot_be_written(public_folder: Path) -> None:
    database = public_folder / "victoria.db"
    await migrate(f"sqlite:///{database}")
    with read_only(database, public_folder):
        assert "read-only" in await refusal(f"sqlite:///{database}")


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "victoria.db").write_text("Dear diary, " * 500)
    assert "is not an SQLite database" in await refusal(f"sqlite:///{tmp_path}/victoria.db")


async def test_a_file_that_another_program_has_locked(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/victoria.db"
    await migrate(url)
    other = sqlite3.connect(tmp_path / "victoria.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert "is locked by another program" in await refusal(url)
    other.close()


async def test_a_server_that_cannot_be_reached() -> None:
    port = free_port()
    message = await refusal(f"postgresql://victoria:secret@127.0.0.1:{port}/victoria")
    assert f"127.0.0.1:{port}" in message
    assert "secret" not in message


async def test_a_server_without_that_database_or_user(postgres: PostgresServer) -> None:
    for login in ("postgres", "stranger:secret"):
        message = await refusal(f"postgresql://{login}@127.0.0.1:{postgres.port}/missing")
        assert "'missing'" in message
        assert "secret" not in message


@pytest.mark.parametrize("url", ["mysql://localhost/x", "victoria.db", "oracle+nothing://x"])
async def test_a_url_of_another_kind(url: str) -> None:
    assert "DATABASE_URL" in await refusal(url)
