"""What outlives the server, and who may touch it meanwhile: drafts, clean-up, copies, a new master key.

The scripts run as their owner runs them, beside a server that takes calls.
"""

from __future__ import annotations

import asyncio
import base64
import os
import re
import sqlite3
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import orjson
import pytest

from backend.domain.value_objects.secret import Secret
from backend.infrastructure.database.repositories.sqlalchemy_repositories import SqlProviderAccountRepository
from backend.infrastructure.database.session import Database
from backend.infrastructure.providers.known_providers import KnownProviders
from backend.infrastructure.security.master_keys import MASTER_KEY_FILE, MasterKeys
from backend.infrastructure.security.secret_box import SecretBox
from tests.support.raw_line import FRAME, open_call, open_line, outcome
from tests.support.victoria import ROOT, SIMULATED, Victoria, a_victoria

DAY_MS = 86_400_000
HALF_A_SECOND = 16_000  # bytes at 16 kHz
KEY = "sk-0123456789abcdef"
ACCOUNT = {
    "id": "mine",
    "kind": "openai",
    "settings": {"base_url": "http://127.0.0.1:9/v1", "model": "m"},
    "key": KEY,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victoria]:
    """A server whose calls this module may make old."""
    with a_victoria(tmp_path_factory.mktemp("kept"), SIMULATED) as victoria:
        yield victoria


def database_of(victoria: Victoria) -> Path:
    return victoria.folder / "data" / "victoria.db"


def recordings_of(victoria: Victoria) -> set[str]:
    return {path.name for path in (victoria.folder / "data" / "recordings").iterdir()}


async def run(
    victoria: Victoria, script: str, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, str(ROOT / "scripts" / script), *arguments],
        cwd=victoria.folder,
        env=os.environ
        | {"PYTHONPATH": str(ROOT), "VICTORIA_DATA_DIR": str(victoria.folder / "data")}
        | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def a_call(victoria: Victoria, ticket: str | None = None) -> str:
    """Make a call that lasts until something of it must have been recorded, and return its id."""
    async with open_line(victoria) as line:
        hello = {"type": "hello", "version": 1, "ticket": ticket or await victoria.ticket()}
        await line.send(orjson.dumps(hello).decode())
        call_id: str = orjson.loads(await line.recv())["call_id"]
        heard = 0
        while heard < HALF_A_SECOND:
            message = await line.recv()
            heard += len(message) if isinstance(message, bytes) else 0
        await line.send('{"type": "hangup"}')
        await outcome(line)
    return call_id


@asynccontextmanager
async def a_caller(victoria: Victoria) -> AsyncIterator[None]:
    """Have somebody on the line for as long as it takes. A line that sends nothing counts as lost after a
    while, and who says nothing is said goodbye to."""

    async def stay() -> None:
        while True:
            await line.send('{"type":"text","text":"One moment."}')
            for _ in range(250):
                await line.send(FRAME)
                await asyncio.sleep(0.02)

    async with open_call(victoria) as line, asyncio.TaskGroup() as group:
        sides = group.create_task(stay()), group.create_task(outcome(line))
        yield
        for side in sides:
            side.cancel()


async def the_live_call(victoria: Victoria) -> str:
    """Return the id of the only call that goes on. It is written down a moment after it has begun."""
    calls: list[dict[str, str]] = []
    async with asyncio.timeout(10):
        while not calls:
            calls = (await asyncio.to_thread(victoria.get, "/api/history/calls?status=live"))["items"]
    (call,) = calls
    return call["id"]


def age(victoria: Victoria, *, days: int) -> None:
    """Make all calls begin earlier."""
    with closing(sqlite3.connect(database_of(victoria), timeout=10)) as database, database:
        database.execute("UPDATE calls SET started_at = started_at - ?", (days * DAY_MS,))


def status_of(victoria: Victoria, call_id: str) -> int:
    return victoria.ask("GET", f"/api/history/calls/{call_id}").status_code


async def test_a_draft_is_called_and_nothing_of_it_is_saved_but_the_call(server: Victoria) -> None:
    agents = server.get("/api/config/agents?archived=all")
    mine = agents["items"][0]
    draft = {"name": "Eva", "prompt": "You are Eva.", "first_message": "This is Eva."}
    wanted = {"agent_id": mine["id"], "draft": draft}
    ticket = server.ask("POST", "/api/calls/tickets", wanted).raise_for_status().json()["ticket"]
    tried, ordinary = await a_call(server, ticket), await a_call(server)

    kept = server.get(f"/api/history/calls/{tried}")
    assert (kept["draft"], kept["agent"]["id"], kept["agent"]["name"]) == (True, mine["id"], "Eva")
    assert kept["agent"]["first_message"] == "This is Eva."
    assert server.get(f"/api/history/calls/{ordinary}")["draft"] is False
    assert server.get("/api/config/agents?archived=all") == agents
    assert len(server.get(f"/api/config/agents/{mine['id']}/versions")["items"]) == 1


async def test_old_calls_are_cleaned_up_under_a_running_server_and_live_ones_stay(server: Victoria) -> None:
    old = await a_call(server)
    async with a_caller(server):
        live = await the_live_call(server)
        age(server, days=10)
        young = await a_call(server)
        assert {old, young} <= recordings_of(server)

        finished = await run(server, "maintenance/cleanup.py", "--days", "11", "--recordings-days", "11")
        assert (finished.returncode, finished.stderr) == (0, "")
        assert "Deleted 0 calls, 0 recordings" in finished.stdout

        finished = await run(server, "maintenance/cleanup.py", "--days", "3")
        assert (finished.returncode, finished.stderr) == (0, "")
        assert re.match(r"Deleted [1-9]\d* calls, 0 recordings", finished.stdout)
        assert [status_of(server, call) for call in (old, live, young)] == [404, 200, 200]
        assert recordings_of(server) - {live} == {young}


async def test_without_arguments_the_wishes_of_the_tenants_count(server: Victoria) -> None:
    call = await a_call(server)
    age(server, days=10)
    finished = await run(server, "maintenance/cleanup.py")
    assert "Deleted 0 calls" in finished.stdout
    server.ask("PUT", "/api/config/retention", {"days": 30, "recordings_days": 3}).raise_for_status()
    finished = await run(server, "maintenance/cleanup.py")
    assert (finished.returncode, finished.stderr) == (0, "")
    assert "Deleted 0 calls," in finished.stdout
    kept = server.get(f"/api/history/calls/{call}")
    assert (kept["has_recording"], call in recordings_of(server)) == (False, False)


@pytest.mark.parametrize("days", ["0", "-1", "soon"])
async def test_nonsense_deletes_nothing(server: Victoria, days: str) -> None:
    finished = await run(server, "maintenance/cleanup.py", "--days", days)
    assert finished.returncode == 2
    assert "--days" in finished.stderr


def rows(database: Path, table: str) -> int:
    with closing(sqlite3.connect(database)) as connection:
        count: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        return count


async def test_a_copy_under_a_running_server_is_whole_private_and_can_be_served(
    server: Victoria, tmp_path: Path
) -> None:
    folder = tmp_path / "copies"

    async def keep_writing() -> None:
        for _ in range(20):
            await a_call(server)

    async with asyncio.TaskGroup() as both:
        both.create_task(keep_writing())
        finished = await run(server, "database/backup.py", "--to", str(folder))
    assert (finished.returncode, finished.stderr) == (0, "")
    (copy,) = folder.iterdir()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert rows(copy, "agents") == 2

    data = tmp_path / "elsewhere" / "data"
    data.mkdir(parents=True)
    copy.rename(data / "victoria.db")
    (data / "owner.key").write_text(f"{server.key}\n")
    with a_victoria(tmp_path / "elsewhere", SIMULATED) as restored:
        assert restored.get("/api/config/agents") == server.get("/api/config/agents")


async def test_only_the_newest_copies_stay(server: Victoria, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    (folder / "victoria-notes.txt").write_text("mine")
    seen = []
    for _ in range(4):
        finished = await run(server, "database/backup.py", "--to", str(folder), "--keep", "2")
        assert finished.returncode == 0, finished.stderr
        seen.append(max(folder.glob("*.db")).name)
    assert sorted(path.name for path in folder.iterdir()) == [*sorted(seen)[-2:], "victoria-notes.txt"]


async def test_a_copy_that_cannot_be_made_leaves_nothing(server: Victoria, tmp_path: Path) -> None:
    for environment, words in (
        ({"DATABASE_URL": "postgresql://127.0.0.1/x"}, "pg_dump"),
        ({"DATABASE_URL": f"sqlite:///{tmp_path}/nowhere.db"}, "no database at"),
    ):
        finished = await run(server, "database/backup.py", "--to", str(tmp_path / "c"), **environment)
        assert (finished.returncode, finished.stdout) == (1, "")
        assert words in finished.stderr
    (tmp_path / "damaged.db").write_bytes(b"Dear diary, " * 5_000)
    damaged = {"DATABASE_URL": f"sqlite:///{tmp_path}/damaged.db"}
    finished = await run(server, "database/backup.py", "--to", str(tmp_path / "c"), **damaged)
    assert finished.returncode == 1
    assert "was not copied" in finished.stderr
    assert list((tmp_path / "c").iterdir()) == []


def sealed_key(victoria: Victoria) -> str:
    with closing(sqlite3.connect(database_of(victoria))) as database:
        sealed: str = database.execute("SELECT sealed_key FROM provider_accounts").fetchone()[0]
        return sealed


async def key_in(victoria: Victoria, master_key: str, folder: Path) -> Secret | None:
    """Read the stored key as a server would that has no more than ``master_key``."""
    kinds = KnownProviders()
    async with Database(f"sqlite:///{database_of(victoria)}") as database:
        box = SecretBox(MasterKeys(folder, Secret(master_key)))
        accounts = SqlProviderAccountRepository(database, box, kinds)
        (account,) = await accounts.all("default")
        return await accounts.key_of(account)


async def test_a_new_master_key_encrypts_everything_at_the_next_start(tmp_path: Path) -> None:
    with a_victoria(tmp_path, SIMULATED) as victoria:
        victoria.ask("POST", "/api/config/providers", ACCOUNT).raise_for_status()
        before = sealed_key(victoria)
    old_file = victoria.folder / "data" / MASTER_KEY_FILE
    new = base64.b64encode(bytes(range(32))).decode()
    with a_victoria(tmp_path, SIMULATED | {"VICTORIA_MASTER_KEY": new}) as victoria:
        after = sealed_key(victoria)
    assert before.split(":")[1] != after.split(":")[1]

    old_file.unlink()
    assert await key_in(victoria, new, tmp_path) == Secret(KEY)
    assert KEY not in victoria.log
    with a_victoria(tmp_path, SIMULATED | {"VICTORIA_MASTER_KEY": new}) as victoria:
        assert sealed_key(victoria) == after  # once is enough


async def test_a_master_key_that_is_lost_does_not_keep_the_server_from_calls(tmp_path: Path) -> None:
    with a_victoria(tmp_path, SIMULATED) as victoria:
        victoria.ask("POST", "/api/config/providers", ACCOUNT).raise_for_status()
        before = sealed_key(victoria)
    (victoria.folder / "data" / MASTER_KEY_FILE).write_text("not a key\n")
    with a_victoria(tmp_path, SIMULATED) as victoria:
        assert (await a_call(victoria)) in recordings_of(victoria)
        assert sealed_key(victoria) == before
    assert "keys were not encrypted anew" in victoria.log
