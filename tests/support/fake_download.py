"""A model download for tests: half of it, then it waits for what a file says.

Run as ``python -m tests.support.fake_download LANGUAGE ARCHITECTURE CACHE_DIR``. The file ``verdict`` in
the cache directory holds ``fail``, or the directory of the model.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from backend.infrastructure.adapters.local.child_runtime import become_child, end_with_stdin, write_message
from backend.infrastructure.adapters.local.framing import PROCESS_STREAM, Kind, Message, encode_number

if __name__ == "__main__":
    output = become_child()
    end_with_stdin()
    write_message(output, Message(PROCESS_STREAM, Kind.PROGRESS, encode_number(500)))
    verdict = Path(sys.argv[3]) / "verdict"
    while not verdict.exists():
        time.sleep(0.005)
    if (text := verdict.read_text()) == "fail":
        verdict.unlink()
        print("Traceback (most recent call last):\n  lots of it", file=sys.stderr)  # noqa: T201
        sys.exit("the download failed (Timeout)")
    write_message(output, Message(PROCESS_STREAM, Kind.DONE, text.encode()))
