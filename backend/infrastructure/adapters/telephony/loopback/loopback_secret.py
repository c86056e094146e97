"""The secret that the loopback carrier signs with: in a file that only the owner of the machine can read.

Each start of a server makes a new one, so whoever shows it can read this server's data folder now.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import Final

from backend.domain.errors import StorageError
from backend.domain.value_objects.secret import Secret

LOOPBACK_FILE: Final = "loopback.key"
_SECRET_BYTES: Final = 32


def make_loopback_secret(data_dir: Path) -> Secret:
    """Return a new secret, having replaced the file. Raises ``StorageError``."""
    secret = Secret(secrets.token_hex(_SECRET_BYTES))
    path = data_dir / LOOPBACK_FILE
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{secret.reveal()}\n")
        draft.replace(path)  # in one step, and never readable by others
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise StorageError(f"the loopback secret cannot be written to {path}: {error.strerror}") from error
    return secret


def read_loopback_secret(data_dir: Path) -> Secret | None:
    """Return the secret of the server that uses the folder, None if there is none that this user may read."""
    try:
        return Secret((data_dir / LOOPBACK_FILE).read_text(encoding="ascii").strip())
    except (OSError, UnicodeDecodeError):
        return None
