"""Fetch a Moonshine model with the library's own downloader, in a process of its own.

``python -m …adapters.local.moonshine_download LANGUAGE ARCHITECTURE CACHE_DIR [cached-only]`` reports
``PROGRESS`` and, when the model lies complete and checked on disk, ``DONE`` with its directory. A model that
is there already needs no network, and with ``cached-only`` the network is not touched. Failure is an exit
code and one line on stderr.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

from backend.infrastructure.adapters.local.child_runtime import become_child, end_with_stdin, write_message
from backend.infrastructure.adapters.local.framing import PROCESS_STREAM, Kind, Message, encode_number

CACHED_ONLY: Final = "cached-only"
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


def find(language: str, architecture: str, cache_dir: Path) -> Path | None:
    """Return the directory of the model if all its files are there in their full length."""
    from moonshine_voice import string_to_model_arch  # noqa: PLC0415  (only this process needs it)
    from moonshine_voice.moonshine_api import moonshine_get_stt_dependencies_string  # noqa: PLC0415

    options = {"model_arch": int(string_to_model_arch(architecture))}
    model = json.loads(moonshine_get_stt_dependencies_string(language, options))["groups"][0]
    directory = cache_dir / str(model["base_url"]).removeprefix("https://")
    sizes = {directory / str(file["name"]): int(file["size"]) for file in model["files"]}
    is_complete = all(path.is_file() and path.stat().st_size == size for path, size in sizes.items())
    return directory if is_complete else None


def main() -> None:
    """Run as a child process."""
    output = become_child()
    end_with_stdin()
    language, architecture, cache_dir, *options = sys.argv[1:]
    if options == [CACHED_ONLY]:
        directory = find(language, architecture, Path(cache_dir))
        if directory is None:
            sys.exit("fetching models is switched off")
        write_message(output, Message(PROCESS_STREAM, Kind.DONE, str(directory).encode()))
        return
    try:
        download(language, architecture, Path(cache_dir), output)
    except Exception as error:
        # The library's messages run over pages; what the owner can use is the kind of trouble.
        sys.exit(f"the download failed ({type(error).__name__})")


if __name__ == "__main__":
    main()
