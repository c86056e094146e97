"""API keys: what opens the door, and for how long."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from backend.domain.errors import StorageError
from backend.domain.ports.api_key_port import ApiKey
from backend.infrastructure.security.api_keys import digest_of, looks_like_key, new_key, prefix_of
from backend.infrastructure.security.core import CACHE_S, ApiKeyAuthenticator
from backend.infrastructure.security.owner_key import OWNER_KEY_FILE, ensure_owner_key, read_owner_key
from tests.support.memory import ManualClock, MemoryApiKeys


def stored(key: str, *, key_id: str = "k1", expires_at: int | None = None) -> ApiKey:
    return ApiKey(
        id=key_id,
        tenant="main",
        name="Test",
        prefix=prefix_of(key),
        digest=digest_of(key),
        created_at=0,
        expires_at=expires_at,
    )


async def opened(*keys: ApiKey) -> tuple[ApiKeyAuthenticator, MemoryApiKeys, ManualClock]:
    repository, clock = MemoryApiKeys(), ManualClock()
    for key in keys:
        await repository.add(key)
    return ApiKeyAuthenticator(repository, clock), repository, clock


def test_keys_are_long_random_and_recognisable() -> None:
    keys = {new_key() for _ in range(1_000)}
    assert len(keys) == 1_000
    assert all(looks_like_key(key) and len(key) == 46 for key in keys)
    assert len({prefix_of(key) for key in keys}) == 1_000


async def test_the_right_key_opens() -> None:
    key = new_key()
    authenticator, *_ = await opened(stored(key))
    found = await authenticator.authenticate(key)
    assert found is not None
    assert (found.tenant, found.id) == ("main", "k1")


async def test_a_key_with_the_right_prefix_and_a_wrong_rest_does_not_open() -> None:
    key = new_key()
    authenticator, repository, _ = await opened(stored(key))
    forged = key[:-1] + ("A" if key[-1] != "A" else "B")
    assert await authenticator.authenticate(forged) is None
    assert repository.lookups == 1


async def test_of_two_keys_with_one_prefix_each_opens_its_own_door() -> None:
    first = new_key()
    second = first[:20] + new_key()[20:]
    authenticator, *_ = await opened(stored(first, key_id="k1"), stored(second, key_id="k2"))
    found = [await authenticator.authenticate(key) for key in (first, second)]
    assert [key.id for key in found if key] == ["k1", "k2"]


@pytest.mark.parametrize("nonsense", ["", "vk_", "vk_ä" + "a" * 42, "x" * 10_000, "vk_" + "a" * 42 + "\n"])
async def test_nonsense_never_reaches_the_database(nonsense: str) -> None:
    authenticator, repository, _ = await opened()
    assert await authenticator.authenticate(nonsense) is None
    assert repository.lookups == 0


async def test_nothing_that_is_stored_opens_the_door() -> None:
    key = new_key()
    record = stored(key)
    authenticator, *_ = await opened(record)
    for text in (record.id, record.prefix, record.digest, f"vk_{record.digest[:43]}"):
        assert await authenticator.authenticate(text) is None


async def test_a_busy_client_does_not_ask_the_database_each_time() -> None:
    key = new_key()
    authenticator, repository, clock = await opened(stored(key))
    for _ in range(50):
        assert await authenticator.authenticate(key)
    assert repository.lookups == 1
    clock.advance(CACHE_S)
    await authenticator.authenticate(key)
    assert repository.lookups == 2


async def test_a_revoked_key_stops_opening_within_ten_seconds() -> None:
    key = new_key()
    authenticator, repository, clock = await opened(stored(key), stored(new_key(), key_id="spare"))
    assert await authenticator.authenticate(key)
    await repository.revoke("main", "k1", at=clock.wall_ms())
    clock.advance(10)
    assert await authenticator.authenticate(key) is None


async def test_a_revoked_key_stops_opening_at_once_where_it_is_forgotten() -> None:
    key, spare = new_key(), new_key()
    authenticator, repository, clock = await opened(stored(key), stored(spare, key_id="spare"))
    for each in (key, spare):
        assert await authenticator.authenticate(each)
    await repository.revoke("main", "k1", at=clock.wall_ms())
    authenticator.forget("k1")
    assert await authenticator.authenticate(key) is None
    assert await authenticator.authenticate(spare)
    assert repository.lookups == 3  # the spare one was not looked up again


async def test_a_key_stops_opening_when_it_expires_even_while_remembered() -> None:
    key = new_key()
    authenticator, _, clock = await opened(stored(key, expires_at=ManualClock().wall_ms() + 1_000))
    assert await authenticator.authenticate(key)
    clock.advance(1)
    assert await authenticator.authenticate(key) is None


async def test_use_is_recorded_at_most_once_a_minute() -> None:
    key = new_key()
    authenticator, repository, clock = await opened(stored(key))
    for _ in range(121):
        await authenticator.authenticate(key)
        clock.advance(1)
    assert len(repository.touches) == 3


async def test_a_database_that_cannot_record_the_use_does_not_lock_the_owner_out() -> None:
    class ReadOnly(MemoryApiKeys):
        async def touch(self, key_id: str, *, at: int) -> None:
            raise StorageError("attempt to write a readonly database")

    key, repository = new_key(), ReadOnly()
    await repository.add(stored(key))
    assert await ApiKeyAuthenticator(repository, ManualClock()).authenticate(key)


async def test_what_is_remembered_is_bounded() -> None:
    keys = [new_key() for _ in range(1_100)]
    authenticator, repository, _ = await opened(*(stored(key, key_id=key) for key in keys))
    for key in keys:
        assert await authenticator.authenticate(key)
    await authenticator.authenticate(keys[-1])
    assert repository.lookups == 1_100
    await authenticator.authenticate(keys[0])
    assert repository.lookups == 1_101


async def owner(keys: MemoryApiKeys, data_dir: Path, key_id: str = "owner") -> str | None:
    return await ensure_owner_key(keys, ManualClock(), data_dir=data_dir, tenant="main", key_id=key_id)


async def test_the_first_start_makes_the_owners_key(tmp_path: Path) -> None:
    keys, data_dir = MemoryApiKeys(), tmp_path / "data"
    key = await owner(keys, data_dir)
    assert key is not None
    assert await ApiKeyAuthenticator(keys, ManualClock()).authenticate(key)
    file = data_dir / OWNER_KEY_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700
    assert list(data_dir.iterdir()) == [file]


async def test_later_starts_keep_it(tmp_path: Path) -> None:
    keys = MemoryApiKeys()
    first = await owner(keys, tmp_path)
    assert await owner(keys, tmp_path, key_id="another") == first
    assert len(await keys.all("main")) == 1
    (tmp_path / OWNER_KEY_FILE).unlink()
    assert await owner(keys, tmp_path, key_id="another") is None


async def test_a_new_database_makes_a_new_key_and_replaces_a_readable_file(tmp_path: Path) -> None:
    file = tmp_path / OWNER_KEY_FILE
    file.write_text("left over")
    file.chmod(0o644)
    assert read_owner_key(tmp_path) is None
    key = await owner(MemoryApiKeys(), tmp_path)
    assert read_owner_key(tmp_path) == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_a_directory_that_cannot_be_written_is_said_so_and_stores_nothing(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the directory should be")
    keys = MemoryApiKeys()
    with pytest.raises(StorageError, match="owner's key cannot be written"):
        await owner(keys, tmp_path / "data")
    assert await keys.is_empty()
