"""The keys that protect all other keys, kept outside the database.

They come from a setting, or from ``master.key`` in the data directory, which is made when the first secret
has to be kept. There may be several: the first one encrypts, the others (earlier ones) still decrypt, so that
a master key can be replaced without a moment in which nothing can be read. Several servers on one database
need the setting, because each would make a file of its own.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import re
import secrets
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from backend.domain.errors import ConfigurationError, StorageError
from backend.domain.value_objects.secret import Secret

MASTER_KEY_FILE: Final = "master.key"
KEY_BYTES: Final = 32  # AES-256

_SEPARATORS: Final = re.compile(r"[\s,]+")


@dataclass(frozen=True, slots=True)
class MasterKey:
    """One key. ``id`` (16 hexadecimal digits) stands beside what it has encrypted, and reveals nothing of it.

    Raises ``ValueError`` unless it is 32 bytes long.
    """

    material: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.material) != KEY_BYTES:
            raise ValueError(f"a master key has {KEY_BYTES} bytes")

    @property
    def id(self) -> str:
        """Return the key's name: the beginning of a digest that is used for nothing else."""
        return hashlib.sha256(b"victoria master key id\0" + self.material).hexdigest()[:16]


class MasterKeys:
    """This server's master keys, read when they are first needed. Safe for use by several threads."""

    def __init__(self, data_dir: Path, given: Secret | None = None) -> None:
        """Take keys from the settings: base64, the current one first, separated by commas or white space.

        A file that is there as well holds earlier keys. Raises ``ConfigurationError`` (``master-key``).
        """
        self._path: Final = data_dir / MASTER_KEY_FILE
        self._given: Final = () if given is None else parse_master_keys(given, "VICTORIA_MASTER_KEY")
        self._known: tuple[MasterKey, ...] = ()
        self._lock: Final = threading.Lock()

    def all(self) -> tuple[MasterKey, ...]:
        """Return the keys that there are, the current one first; none before the first secret was kept.

        Raises ``ConfigurationError`` (``master-key``) if the file cannot be read or is damaged.
        """
        with self._lock:
            if not self._known:
                self._known = (*self._given, *_read(self._path))
            return self._known

    def current(self) -> MasterKey:
        """Return the key to encrypt with, having made it if there is none.

        Raises ``StorageError`` if it cannot be written, or what ``all`` raises.
        """
        if known := self.all():
            return known[0]
        _make(self._path)
        return self.all()[0]


def parse_master_keys(text: Secret, source: str) -> tuple[MasterKey, ...]:
    """Return the keys in ``text``. Raises ``ConfigurationError`` (``master-key``) that names ``source``."""
    if keys := _decoded(text):
        return keys
    raise ConfigurationError(
        f"{source} holds no master key: that is {KEY_BYTES} random bytes in base64. "
        "Put the right one back; without it the providers' keys have to be entered again.",
        code="master-key",
    )


def _decoded(text: Secret) -> tuple[MasterKey, ...]:
    """Return the keys in ``text``, none if it holds anything else: no error here could keep it to itself."""
    try:
        return tuple(
            MasterKey(base64.b64decode(part, validate=True))
            for part in _SEPARATORS.split(text.reveal())
            if part
        )
    except ValueError:  # binascii.Error is one
        return ()


def _read(path: Path) -> tuple[MasterKey, ...]:
    try:
        text = Secret(path.read_bytes().decode("ascii", "replace"))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise ConfigurationError(
            f"The master key {path} cannot be read ({error.strerror}).", code="master-key"
        ) from error
    return parse_master_keys(text, str(path))


def _make(path: Path) -> None:
    """Make the file with a new key unless it exists; it appears whole, and readable by its owner only."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was faster: its key is the key
            path.hardlink_to(draft)  # which never replaces a file, as a rename would
        _make_durable(path.parent)
    except OSError as error:
        raise StorageError(f"the master key cannot be written to {path}: {error.strerror}") from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def _make_durable(folder: Path) -> None:
    """Put the folder's list of names on the disk: rows that outlive their master key would be lost."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
