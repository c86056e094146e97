"""Print the server's OpenAPI document, from which the console's types are made (``make types``)."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import orjson

from backend.bootstrap import build_application
from backend.infrastructure.config.settings import Settings


def main() -> None:
    """Build the application on an empty folder and ask it."""
    with tempfile.TemporaryDirectory() as folder:
        document = build_application(Settings(data_dir=Path(folder))).openapi()
    sys.stdout.buffer.write(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))


if __name__ == "__main__":
    main()
