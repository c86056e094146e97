"""A real server in a process of its own, with simulated engines."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx2
import orjson

STT_MS: Final = 100
LLM_MS: Final = 200
TTS_MS: Final = 100
READY_TIMEOUT_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Server:
    """Where it is, who may call it, and its process."""

    port: int
    key: str
    pid: int
    folder: Path
    http: httpx2.AsyncClient

    async def new_agent(self, **fields: Any) -> str:
        """Make an agent and return its id."""
        draft = {"name": "Benchmark", "prompt": "Answer.", "language": "en", **fields}
        response = await self.http.post("/api/config/agents", content=orjson.dumps(draft))
        response.raise_for_status()
        return str(response.json()["id"])

    async def ticket(self, agent_id: str) -> str:
        """Return a ticket for one call."""
        response = await self.http.post("/api/calls/tickets", content=orjson.dumps({"agent_id": agent_id}))
        response.raise_for_status()
        return str(response.json()["ticket"])

    def cpu_seconds(self) -> float:
        """Return the CPU time (user and system) that the process has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_bytes(self) -> int:
        """Return the resident memory of the process."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


@asynccontextmanager
async def running_server(**settings: str) -> AsyncIterator[Server]:
    """Run a server with a data folder of its own until the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        port = _free_port()
        environment = {
            **os.environ,
            "VICTORIA_PORT": str(port),
            "VICTORIA_DATA_DIR": folder,
            "VICTORIA_SIMULATED_ENGINES": "true",
            "VICTORIA_SIMULATED_STT_MS": str(STT_MS),
            "VICTORIA_SIMULATED_LLM_MS": str(LLM_MS),
            "VICTORIA_SIMULATED_TTS_MS": str(TTS_MS),
            # The whole answer with the first token: what comes after it is then no engine's time.
            "VICTORIA_SIMULATED_LLM_TOKENS_PER_S": "100000",
            "VICTORIA_DRAIN_SECONDS": "0",
            "VICTORIA_MAX_CALLS": "1000",
            "VICTORIA_LOG_LEVEL": "warning",
            **settings,
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "backend.interfaces.cli.main",
            "serve",
            env=environment,
            stdout=asyncio.subprocess.DEVNULL,
        )
        try:
            async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as http:
                await _ready(http)
                key = (Path(folder) / "owner.key").read_text(encoding="ascii").strip()
                http.headers.update({"X-API-Key": key, "Content-Type": "application/json"})
                yield Server(port, key, process.pid, Path(folder), http)
        finally:
            process.send_signal(signal.SIGTERM)
            await process.wait()


async def _ready(http: httpx2.AsyncClient) -> None:
    async with asyncio.timeout(READY_TIMEOUT_S):
        while True:
            try:
                if (await http.get("/health/ready")).status_code == 200:
                    return
            except httpx2.TransportError:
                pass  # it does not listen yet
            await asyncio.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
