"""The real ``victoria serve`` as a process of its own, to be called, killed and started again."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import httpx2

from backend.interfaces.cli.server_api import Server
from tests.support.ports import free_port

ROOT: Final = Path(__file__).resolve().parents[2]
START_TIMEOUT_S: Final = 180.0  # it takes two seconds on a machine that has time
STOP_TIMEOUT_S: Final = 20.0

_LIVE: Final = re.compile(r"^victoria_calls_live (\d+)", re.MULTILINE)

# Engines that answer at once and say the same each time: for tests that are not about words.
SIMULATED: Final = {"VICTORIA_SIMULATED_ENGINES": "true"}


class Victoria:
    """One data folder and the server on it. The port stays the same through restarts."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log_path = folder / "server.log"
        self._environment = dict(environment or {})
        self._process: subprocess.Popen[bytes] | None = None

    # --- its life ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Start it and wait until it takes calls; fail with its log if it does not."""
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("VICTORIA_")
        } | {
            "PYTHONPATH": str(ROOT),
            "VICTORIA_DATA_DIR": str(self.folder / "data"),
            "VICTORIA_MOONSHINE_DOWNLOAD": "false",  # what is recognised must not depend on the network
            "VICTORIA_LOG_FORMAT": "json",
            **self._environment,
        }
        with self._log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "backend.interfaces.cli.main", "serve", "--port", str(self.port)],
                cwd=self.folder,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        """End it without a warning (SIGKILL)."""
        self.process.kill()
        self.process.wait(STOP_TIMEOUT_S)

    def tell_to_stop(self) -> None:
        """Send SIGTERM and do not wait."""
        self.process.send_signal(signal.SIGTERM)

    def wait(self, seconds: float) -> int:
        """Wait for its end and return its exit status. Raises ``subprocess.TimeoutExpired``."""
        return self.process.wait(seconds)

    def stop(self) -> None:
        """End it, politely if it listens."""
        for _ in range(2):  # the second signal ends a drain
            if self.process.poll() is None:
                self.tell_to_stop()
                self._wait_for_end(STOP_TIMEOUT_S / 2)
        if self.process.poll() is None:
            self.kill()

    # --- looking at it ----------------------------------------------------------------------------

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The process that runs, or ran last."""
        assert self._process is not None, "it was never started"
        return self._process

    @property
    def log(self) -> str:
        """Everything it has printed, over all its lives."""
        return self._log_path.read_text(encoding="utf-8", errors="replace")

    @property
    def key(self) -> str:
        """The owner's key."""
        return (self.folder / "data" / "owner.key").read_text(encoding="ascii").strip()

    @property
    def server(self) -> Server:
        """The server as ``victoria call`` sees it."""
        return Server(self.url, self.key)

    @property
    def calls_url(self) -> str:
        """Where calls are made."""
        return self.server.calls_url

    def ask(self, method: str, path: str, json: object = None) -> httpx2.Response:
        """Send a request with the owner's key, and return the answer whatever it is."""
        with httpx2.Client(base_url=self.url, headers={"X-API-Key": self.key}, trust_env=False) as client:
            return client.request(method, path, json=json, timeout=20)

    def get(self, path: str) -> Any:
        """Return the JSON behind ``path``."""
        return self.ask("GET", path).raise_for_status().json()

    def live_calls(self) -> int:
        """Return how many calls it believes are going on."""
        found = _LIVE.search(self.ask("GET", "/metrics").raise_for_status().text)
        assert found is not None
        return int(found.group(1))

    async def ticket(self, agent: str = "Victoria") -> str:
        """Return a ticket for a call to ``agent``, without holding up the caller's loop."""
        server = self.server
        return await asyncio.to_thread(lambda: server.ticket(server.agent_id(agent)))

    def children(self) -> set[int]:
        """Return the ids of the processes it has started and that live."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return {int(pid) for pid in path.read_text(encoding="ascii").split()}

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._is_ready():
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended with {self.process.returncode}:\n{self.log}")
            if time.monotonic() > deadline:
                raise AssertionError(f"the server is not ready after {START_TIMEOUT_S} s:\n{self.log}")
            time.sleep(0.1)

    def _is_ready(self) -> bool:
        """Whether it is up and nothing in it is still being prepared (recognisers load for a second)."""
        try:
            if httpx2.get(f"{self.url}/health/ready", trust_env=False, timeout=5).status_code != 200:
                return False
            engines = self.get("/api/config/options")["engines"]
        except httpx2.TransportError:
            return False
        return not any(
            readiness["state"] == "preparing"
            for port in engines.values()
            for engine in port
            for readiness in engine["readiness"]
        )

    def _wait_for_end(self, seconds: float) -> None:
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)


@contextmanager
def a_victoria(folder: Path, environment: Mapping[str, str] | None = None) -> Iterator[Victoria]:
    """Yield a server that takes calls, on a free port, with a data folder of its own in ``folder``."""
    victoria = Victoria(folder, environment)
    victoria.start()
    try:
        yield victoria
    finally:
        victoria.stop()
