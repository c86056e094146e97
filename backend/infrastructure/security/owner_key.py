"""The first key: made on the first start, so that the owner of the machine can log in without an account.

It is written to ``owner.key`` in the data directory, readable by its owner only, for the local command
line and the address that ``victoria serve`` prints.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from pathlib import Path
from typing import Final

from backend.domain.errors import StorageError
from backend.domain.ports.api_key_port import ApiKey, ApiKeyRepository
from backend.domain.ports.clock_port import ClockPort
from backend.infrastructure.security.api_keys import digest_of, looks_like_key, new_key, prefix_of

OWNER_KEY_FILE: Final = "owner.key"


async def ensure_owner_key(
    keys: ApiKeyRepository, clock: ClockPort, *, data_dir: Path, tenant: str, key_id: str
) -> str | None:
    """Return the owner's key, having made it if no key was ever made; None if its file is gone.

    The file is written before the key is stored: a crash between the two leaves a key that opens nothing
    and is replaced by the next start, never one that nobody knows. Raises ``StorageError``.
    """
    if not await keys.is_empty():
        return await asyncio.to_thread(read_owner_key, data_dir)
    key = new_key()
    await asyncio.to_thread(_write, data_dir, key)
    await keys.add(
        ApiKey(
            id=key_id,
            tenant=tenant,
            name="Owner",
            prefix=prefix_of(key),
            digest=digest_of(key),
            created_at=clock.wall_ms(),
        )
    )
    return key


def read_owner_key(data_dir: Path) -> str | None:
    """Return the key in the owner's file, or None if there is none that this user may read."""
    try:
        key = (data_dir / OWNER_KEY_FILE).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return key if looks_like_key(key) else None


def _write(data_dir: Path, key: str) -> None:
    """Replace the file in one step; it is never readable by others, not even while it is written."""
    path = data_dir / OWNER_KEY_FILE
    draft = path.with_suffix(f".{os.getpid()}")
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{key}\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise StorageError(f"the owner's key cannot be written to {path}: {error.strerror}") from error
