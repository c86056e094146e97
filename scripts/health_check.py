"""Ask a running Victoria whether it can take calls; exit status 0 says yes, 1 no. For containers.

Standard library only, so that it starts in a moment: a health check runs every few seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import urllib.error
import urllib.request
from typing import Final

TIMEOUT_S: Final = 5.0
MAX_BYTES: Final = 64 * 1024


def main(arguments: list[str] | None = None) -> int:
    """Ask, print one line, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    here = f"http://127.0.0.1:{os.environ.get('VICTORIA_PORT') or 8000}"
    parser.add_argument("--url", default=here, help=f"where the server is ({here})")
    parser.add_argument("--live", action="store_true", help="only whether it answers at all")
    parser.add_argument("--timeout", type=float, default=TIMEOUT_S, help=f"in seconds ({TIMEOUT_S:g})")
    given = parser.parse_args(arguments)
    if not given.url.startswith(("http://", "https://")):
        parser.error(f"{given.url!r} is not an address such as {here}")
    address = f"{given.url.rstrip('/')}/health/{'live' if given.live else 'ready'}"
    is_well, story = ask(address, given.timeout)
    print(story, file=sys.stdout if is_well else sys.stderr)
    return 0 if is_well else 1


def ask(address: str, timeout_s: float) -> tuple[bool, str]:
    """Return whether the server at ``address`` is well, and a sentence about it."""
    try:
        with urllib.request.urlopen(address, timeout=timeout_s) as answer:  # noqa: S310 - the scheme was checked
            return True, f"{address}: {_status(answer.read(MAX_BYTES))}"
    except urllib.error.HTTPError as error:
        with error:
            return False, f"{address}: HTTP {error.code}, {_status(error.read(MAX_BYTES))}"
    except (OSError, ValueError) as error:  # urllib's URLError is an OSError
        return False, f"{address}: no answer ({getattr(error, 'reason', error)})"


def _status(body: bytes) -> str:
    """Return what a health document says, with the checks that failed."""
    try:
        health = json.loads(body)
        failed = [
            f"{check['name']}: {check['detail']}" for check in health["checks"] if check["status"] != "ok"
        ]
        return "; ".join([str(health["status"]), *failed])
    except (ValueError, TypeError, KeyError):
        return "not Victoria's answer"


if __name__ == "__main__":
    sys.exit(main())
