"""Fetch a Moonshine model with the library's own downloader, in a process of its own.

``python -m …adapters.local.moonshine_download LANGUAGE ARCHITECTURE CACHE_DIR`` reports ``PROGRESS`` and,
when the model lies complete and checked on disk, ``DONE`` with its directory. A model that is there already
needs no network. Failure is an exit code and one line on stderr.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from backend.infrastructure.adapters.local.child_runtime import become_child, end_with_stdin, write_message
from backend.infrastructure.adapters.local.framing import PROCESS_STREAM, Kind, Message, encode_number

_WHOLE: Final = 1_000


def download(language: str, architecture: str, cache_dir: Path, output: int) -> None:
    """Fetch the model and report to ``output``. Raises whatever the library raises."""
    from moonshine_voice import string_to_model_arch  # noqa: PLC0415  (only this process needs it)
    from moonshine_voice.download import download_model_from_info, find_model_info  # noqa: PLC0415

    def report(fraction: float, _file: str) -> None:
        payload = encode_number(round(fraction * _WHOLE))
        write_message(output, Message(PROCESS_STREAM, Kind.PROGRESS, payload))

    model = find_model_info(language, string_to_model_arch(architecture))
    directory, _ = download_model_from_info(model, cache_root=cache_dir, on_progress=report)
    write_message(output, Message(PROCESS_STREAM, Kind.DONE, str(directory).encode()))


def main() -> None:
    """Run as a child process."""
    output = become_child()
    end_with_stdin()
    language, architecture, cache_dir = sys.argv[1:]
    try:
        download(language, architecture, Path(cache_dir), output)
    except Exception as error:
        # The library's messages run over pages; what the owner can use is the kind of trouble.
        sys.exit(f"the download failed ({type(error).__name__})")


if __name__ == "__main__":
    main()
