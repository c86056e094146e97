"""What outlives the process, put together and opened: the part of the composition root that the scripts in
``scripts`` need as well.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from backend.application.services.retention import RetentionSweep
from backend.domain.errors import ConfigurationError, VictoriaError
from backend.domain.ports.clock_port import ClockPort
from backend.domain.ports.provider_kind_port import ProviderKinds
from backend.domain.ports.recording_port import RecordingStore
from backend.domain.use_cases.seed_agents import SeedAgents
from backend.domain.value_objects.secret import Secret
from backend.infrastructure.config.features import Feature
from backend.infrastructure.config.settings import Settings
from backend.infrastructure.database.call_log import SqlCallLog
from backend.infrastructure.database.erasure import SqlErasure
from backend.infrastructure.database.migrate import upgrade
from backend.infrastructure.database.repositories.sqlalchemy_repositories import (
    SqlAgentRepository,
    SqlApiKeyRepository,
    SqlCallRepository,
    SqlOldCalls,
    SqlPhoneLineRepository,
    SqlProviderAccountRepository,
    SqlRetentionRepository,
)
from backend.infrastructure.database.session import Database
from backend.infrastructure.security.master_keys import MasterKeys
from backend.infrastructure.security.owner_key import ensure_owner_key
from backend.infrastructure.security.secret_box import SecretBox
from backend.infrastructure.storage.file_recording_store import FileRecordingStore
from backend.infrastructure.storage.no_recordings import NoRecordings

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Storage:
    """Everything that outlives the process."""

    database: Database
    log: SqlCallLog
    recordings: RecordingStore
    agents: SqlAgentRepository
    calls: SqlCallRepository
    keys: SqlApiKeyRepository
    accounts: SqlProviderAccountRepository
    retention: SqlRetentionRepository
    phone_lines: SqlPhoneLineRepository


def build_storage(settings: Settings, kinds: ProviderKinds) -> Storage:
    """Return the storage that the settings name, not yet opened."""
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"The data folder {settings.data_dir} cannot be made ({error.strerror}); "
            "choose another one with VICTORIA_DATA_DIR.",
            code="data-dir",
        ) from None
    database = Database(settings.storage_url)
    given = settings.master_key
    master_key = None if given is None else Secret(given.get_secret_value())
    keeps_audio = settings.features.is_enabled(Feature.RECORDING)
    recordings = FileRecordingStore(settings.data_dir) if keeps_audio else NoRecordings()
    return Storage(
        database=database,
        log=SqlCallLog(database, settings.data_dir, prepare=upgrade),
        recordings=recordings,
        agents=SqlAgentRepository(database),
        calls=SqlCallRepository(database, recordings),
        keys=SqlApiKeyRepository(database),
        accounts=SqlProviderAccountRepository(
            database, SecretBox(MasterKeys(settings.data_dir, master_key)), kinds
        ),
        retention=SqlRetentionRepository(database),
        phone_lines=SqlPhoneLineRepository(database),
    )


def build_retention(settings: Settings, storage: Storage, clock: ClockPort) -> RetentionSweep:
    """Return what deletes old calls. It knows the recordings that there are, even if no more are made."""
    recordings = FileRecordingStore(settings.data_dir)
    return RetentionSweep(
        storage.retention,
        SqlOldCalls(storage.database),
        SqlCallRepository(storage.database, recordings),
        recordings,
        clock,
        erasure=SqlErasure(storage.database),
    )


async def open_storage(
    settings: Settings,
    storage: Storage,
    stack: AsyncExitStack,
    *,
    clock: ClockPort,
    tenant: str,
    new_id: Callable[[], str],
) -> None:
    """Open ``storage`` for as long as ``stack`` is open, with all that a first start makes for ``tenant``.

    Raises ``ConfigurationError``, ``StorageError``.
    """
    await stack.enter_async_context(storage.database)
    await stack.enter_async_context(storage.log)
    await storage.log.mark_interrupted()
    await _reseal_keys(storage.accounts)
    await ensure_owner_key(storage.keys, clock, data_dir=settings.data_dir, tenant=tenant, key_id=new_id())
    await SeedAgents(storage.agents, clock, new_id)(tenant)


async def _reseal_keys(accounts: SqlProviderAccountRepository) -> None:
    """Encrypt with today's master key what earlier ones have encrypted, so that they can be thrown away."""
    try:
        if resealed := await accounts.reseal():
            _log.info("encrypted providers' keys with the current master key", extra={"keys": resealed})
    except VictoriaError as error:
        # Agents with local engines answer without any of these keys; the others say what is missing.
        _log.warning("providers' keys were not encrypted anew", extra={"code": error.code})
