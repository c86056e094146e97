"""Starting and stopping a child process of ours that speaks messages over its pipes."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import backend

_log = logging.getLogger(__name__)

_READ_BYTES: Final = 64 * 1024
_STOP_TIMEOUT_S: Final = 1.0
# What an engine may know of our environment; keys and database addresses are not among it.
_LOCALE: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "XDG_CACHE_HOME")
_LIBRARIES: Final = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "OMP_NUM_THREADS")
_NETWORK: Final = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
_CERTIFICATES: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")


def child_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what a child may know of ``environment``, and where it finds this package."""
    names = (*_LOCALE, *_LIBRARIES, *_NETWORK, *_CERTIFICATES)
    shared = {name: environment[name] for name in names if name in environment}
    root = str(Path(backend.__file__).parent.parent)
    return shared | {"PYTHONPATH": root, "PYTHONUTF8": "1"}


async def start_child(module: str, arguments: Sequence[str]) -> asyncio.subprocess.Process:
    """Run ``python -m module arguments…`` with pipes for stdin, stdout and stderr. Raises ``OSError``."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=child_environment(os.environ),
    )


async def stop_child(process: asyncio.subprocess.Process) -> None:
    """Close the child's stdin, which asks it to end, and kill it if it has not done so within a second.

    Returns once the process is gone and its pipes are closed.
    """
    assert process.stdin is not None
    process.stdin.close()
    try:
        async with asyncio.timeout(_STOP_TIMEOUT_S):
            await process.communicate()
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def keep_last_line(process: asyncio.subprocess.Process, last_line: deque[str]) -> None:
    """Read the child's stderr to its end, so that it never waits for us, and keep the last line.

    ``last_line`` has a ``maxlen`` of 1. What the child writes is logged for debugging only: a
    traceback means nothing to the person at the terminal.
    """
    assert process.stderr is not None
    rest = ""
    while block := await process.stderr.read(_READ_BYTES):
        *lines, rest = (rest + block.decode(errors="replace")).split("\n")
        rest = rest[-1_000:]
        last_line.extend(line.strip() for line in lines if line.strip())
        if lines:
            _log.debug("A local engine's process wrote to stderr", extra={"lines": lines})
    if rest.strip():
        last_line.append(rest.strip())
