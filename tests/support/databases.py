"""Databases to test against: SQLite files and a throw-away PostgreSQL cluster from Debian's packages."""

from __future__ import annotations

import asyncio
import functools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from backend.infrastructure.database.migrate import migrate
from tests.support.ports import free_port


class PostgresServer:
    """A cluster of our own on a free port of the loopback, without fsync: it is not the one under test."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._binaries = binaries
        self._folder = folder
        self._databases = 0
        self.port = free_port()
        self._run("initdb", "-D", str(folder / "data"), "-A", "trust", "-U", "postgres", "--no-sync")
        self.start()

    def new_database(self) -> str:
        """Create an empty database and return its URL."""
        self._databases += 1
        name = f"victoria_{self._databases}"
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", name)
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        """Start, and wait until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c fsync=off -c unix_socket_directories="
        self._control("-w", "-l", str(self._folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Stop at once; clients are cut off."""
        self._control("-m", "immediate", "stop")

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let the server keep its sockets open and say nothing."""
        postmaster = int((self._folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        processes = [postmaster, *map(int, children)]
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                os.kill(process, signal.SIGCONT)

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "-D", str(self._folder / "data"), *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._binaries / program, *arguments],
            check=True,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=_unprivileged_user(),
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
        )


def new_sqlite_database(folder: Path) -> str:
    """Put an empty database with the current schema into ``folder``, which has none, and return its URL."""
    path = folder / "victoria.db"
    with path.open("xb") as file:
        file.write(_migrated_sqlite_file())
    return f"sqlite:///{path}"


@functools.cache
def _migrated_sqlite_file() -> bytes:
    """Return such a database. Copying it takes a hundredth of the time in which it is made."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as pool:  # a loop may run in ours
        path = Path(folder) / "victoria.db"
        pool.submit(lambda: asyncio.run(migrate(f"sqlite:///{path}"))).result()
        return path.read_bytes()


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Yield a fresh cluster. Without Debian's PostgreSQL the test is skipped; in CI it fails."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not versions:
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL is not installed (apt-get install postgresql)")
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="victoria-pg-"))
    try:
        if (user := _unprivileged_user()) is not None:
            shutil.chown(folder, user)
        server = PostgresServer(versions[-1].parent, folder)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def not_root() -> Iterator[None]:
    """Be an ordinary user for a while, because root may write everywhere."""
    user = _unprivileged_user()
    if user is None:
        yield
        return
    os.seteuid(pwd.getpwnam(user).pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)


def _unprivileged_user() -> str | None:
    """Return whom to become when we are root, whom PostgreSQL refuses to serve as."""
    if os.geteuid() != 0:
        return None
    return next(name for name in ("postgres", "nobody") if _exists(name))


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True
