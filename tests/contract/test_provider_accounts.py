"""What the repository of provider accounts promises, on SQLite and on PostgreSQL."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backend.domain.entities.provider_account import ProviderAccount
from backend.domain.errors import ConfigurationError, ConflictError, NotFoundError, VictoriaError
from backend.domain.ports.provider_account_port import ProviderAccountRepository
from backend.domain.value_objects.secret import Secret
from backend.infrastructure.database.repositories.sqlalchemy_repositories import SqlProviderAccountRepository
from backend.infrastructure.database.session import Database
from backend.infrastructure.security.master_keys import MasterKeys
from backend.infrastructure.security.secret_box import SecretBox
from tests.support.provider_kinds import DEFAULT_URL, FewKinds
from tests.support.storage_builders import TENANT

pytest_plugins = ["tests.support.storage_fixtures"]

KEY = Secret("sk-0123456789-áé-key")
ELSEWHERE = "https://elsewhere.example"


def an_account(account_id: str = "chat", **changes: Any) -> ProviderAccount:
    account = ProviderAccount(
        account_id, TENANT, "chat", {"base_url": DEFAULT_URL, "model": "small"}, True, 1, 10, 10
    )
    return replace(account, **changes)


def a_repository(storage: Database, *master_keys: int) -> SqlProviderAccountRepository:
    keys = ",".join(base64.b64encode(bytes([key]) * 32).decode() for key in master_keys or (1,))
    box = SecretBox(MasterKeys(Path("nowhere"), Secret(keys)))
    return SqlProviderAccountRepository(storage, box, FewKinds())


@pytest.fixture
def accounts(storage: Database) -> ProviderAccountRepository:
    return a_repository(storage)


async def code_of(accounts: ProviderAccountRepository, account: ProviderAccount) -> str:
    """Return why there is no key to be had for ``account``."""
    with pytest.raises(VictoriaError) as caught:
        await accounts.key_of(account)
    return caught.value.code


async def edit(storage: Database, column: str, value: object) -> None:
    """Change the only row behind the repository's back."""
    literal = "NULL" if value is None else "'" + str(value).replace("'", "''") + "'"
    async with storage.transaction() as connection:
        await connection.exec_driver_sql(f"UPDATE provider_accounts SET {column} = {literal}")


async def stored(storage: Database, column: str) -> object:
    async with storage.transaction() as connection:
        return (await connection.exec_driver_sql(f"SELECT {column} FROM provider_accounts")).scalar()


# --- keeping --------------------------------------------------------------------------------------


async def test_an_account_comes_back_with_its_key(accounts: ProviderAccountRepository) -> None:
    account = an_account(settings={"base_url": DEFAULT_URL, "model": "ñ 🙂"})
    await accounts.add(account, KEY)
    assert await accounts.get(TENANT, "chat") == account
    assert await accounts.key_of(account) == KEY


async def test_an_account_may_have_no_key(accounts: ProviderAccountRepository) -> None:
    account = an_account(has_key=False)
    await accounts.add(account, None)
    assert await accounts.get(TENANT, "chat") == account
    assert await accounts.key_of(account) is None


async def test_whether_there_is_a_key_is_what_is_stored(accounts: ProviderAccountRepository) -> None:
    await accounts.add(an_account(has_key=True), None)
    assert not (await accounts.get(TENANT, "chat")).has_key


async def test_accounts_are_listed_oldest_first(accounts: ProviderAccountRepository) -> None:
    younger, older = an_account("a", created_at=20), an_account("b", created_at=10)
    for account in (younger, older):
        await accounts.add(account, KEY)
    assert await accounts.all(TENANT) == [older, younger]


async def test_an_accounts_name_is_taken_once(accounts: ProviderAccountRepository) -> None:
    account = an_account()
    await accounts.add(account, KEY)
    with pytest.raises(ConflictError) as caught:
        await accounts.add(account, Secret("another"))
    assert caught.value.code == "account-exists"
    assert await accounts.key_of(account) == KEY


async def test_two_tenants_never_see_each_others(accounts: ProviderAccountRepository) -> None:
    mine, theirs = an_account(), an_account(tenant="other")
    await accounts.add(mine, KEY)
    with pytest.raises(NotFoundError):
        await accounts.get("other", "chat")
    with pytest.raises(NotFoundError):
        await accounts.key_of(theirs)
    with pytest.raises(NotFoundError):
        await accounts.update(replace(theirs, version=2), Secret("stolen"))
    with pytest.raises(NotFoundError):
        await accounts.delete("other", "chat")
    await accounts.add(theirs, Secret("theirs"))  # the same name is another account
    assert await accounts.all(TENANT) == [mine]
    assert (await accounts.key_of(mine), await accounts.key_of(theirs)) == (KEY, Secret("theirs"))
    await accounts.delete("other", "chat")
    assert await accounts.key_of(mine) == KEY


# --- changing -------------------------------------------------------------------------------------


async def test_a_change_keeps_the_key_unless_another_one_comes(accounts: ProviderAccountRepository) -> None:
    await accounts.add(an_account(), KEY)
    second = an_account(settings={"base_url": DEFAULT_URL, "model": "large"}, version=2, updated_at=20)
    await accounts.update(second, None)
    assert await accounts.get(TENANT, "chat") == second
    assert await accounts.key_of(second) == KEY
    third = replace(second, version=3)
    await accounts.update(third, Secret("new"))
    assert await accounts.key_of(third) == Secret("new")


async def test_a_default_that_is_written_out_is_the_same_address(accounts: ProviderAccountRepository) -> None:
    await accounts.add(an_account(settings={"model": "small"}), KEY)
    second = an_account(settings={"base_url": DEFAULT_URL, "model": "small"}, version=2)
    await accounts.update(second, None)
    assert await accounts.key_of(second) == KEY


async def test_a_key_is_forgotten_when_the_account_has_none(
    accounts: ProviderAccountRepository, storage: Database
) -> None:
    await accounts.add(an_account(), KEY)
    second = an_account(has_key=False, version=2)
    await accounts.update(second, None)
    assert await accounts.key_of(second) is None
    assert await stored(storage, "sealed_key") is None


async def test_a_key_does_not_follow_its_account_elsewhere(accounts: ProviderAccountRepository) -> None:
    await accounts.add(an_account(), KEY)
    moved = an_account(settings={"base_url": ELSEWHERE, "model": "small"}, version=2)
    await accounts.update(moved, None)
    assert await code_of(accounts, moved) == "secret-unreadable"
    back = an_account(version=3)
    await accounts.update(back, None)
    assert await accounts.key_of(back) == KEY


async def test_the_first_of_two_who_edit_the_same_version_wins(accounts: ProviderAccountRepository) -> None:
    first = an_account()
    await accounts.add(first, KEY)
    mine, theirs = an_account(version=2, updated_at=20), an_account(version=2, updated_at=30)
    await accounts.update(mine, Secret("mine"))
    with pytest.raises(ConflictError) as caught:
        await accounts.update(theirs, Secret("theirs"))
    assert caught.value.code == "stale-version"
    assert await accounts.key_of(mine) == Secret("mine")
    assert await code_of(accounts, first) == "stale-version"


async def test_a_deleted_account_leaves_nothing(
    accounts: ProviderAccountRepository, storage: Database
) -> None:
    await accounts.add(an_account(), KEY)
    await accounts.delete(TENANT, "chat")
    assert await stored(storage, "count(*)") == 0
    with pytest.raises(NotFoundError):
        await accounts.key_of(an_account())
    with pytest.raises(NotFoundError):
        await accounts.update(an_account(version=2), None)
    with pytest.raises(NotFoundError):
        await accounts.delete(TENANT, "chat")


# --- behind the repository's back ------------------------------------------------------------------


async def test_the_key_is_nowhere_in_the_row(accounts: ProviderAccountRepository, storage: Database) -> None:
    await accounts.add(an_account(), KEY)
    async with storage.transaction() as connection:
        row = (await connection.exec_driver_sql("SELECT * FROM provider_accounts")).one()
    assert KEY.reveal() not in repr(row)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("tenant", "other"),
        ("id", "another"),
        ("kind", "home"),
        ("kind", "unheard-of"),
        ("settings", f'{{"base_url": "{ELSEWHERE}", "model": "small"}}'),
        ("settings", '{"base_url": "https://chat.example/", "model": "small"}'),
        ("sealed_key", ""),
        ("sealed_key", "v1:0123456789abcdef:QUJD"),
        ("sealed_key", KEY.reveal()),
    ],
)
async def test_an_edited_row_holds_a_key_no_longer(
    accounts: ProviderAccountRepository, storage: Database, column: str, value: str
) -> None:
    await accounts.add(an_account(), KEY)
    await edit(storage, column, value)
    (account,) = [*await accounts.all(TENANT), *await accounts.all("other")]
    assert await code_of(accounts, account) == "secret-unreadable"


async def test_a_key_opens_for_the_address_in_hand_not_for_the_rows(
    accounts: ProviderAccountRepository, storage: Database
) -> None:
    account = an_account()
    await accounts.add(account, KEY)
    await edit(storage, "settings", f'{{"base_url": "{ELSEWHERE}", "model": "small"}}')
    assert await accounts.key_of(account) == KEY  # and goes where it was meant to go


async def test_a_key_cannot_be_lent_to_another_row(
    accounts: ProviderAccountRepository, storage: Database
) -> None:
    await accounts.add(an_account(), KEY)
    sealed = await stored(storage, "sealed_key")
    await accounts.delete(TENANT, "chat")
    stranger = an_account("stranger")
    await accounts.add(stranger, Secret("sk-other"))
    await edit(storage, "sealed_key", sealed)
    assert await code_of(accounts, stranger) == "secret-unreadable"


async def test_a_row_that_makes_no_sense_is_told(
    accounts: ProviderAccountRepository, storage: Database
) -> None:
    await accounts.add(an_account(), KEY)
    await edit(storage, "settings", "[1]")
    with pytest.raises(VictoriaError) as caught:
        await accounts.all(TENANT)
    assert caught.value.code == "unreadable"


# --- master keys ----------------------------------------------------------------------------------


async def test_a_wrong_master_key_opens_nothing_and_breaks_nothing(storage: Database) -> None:
    right, wrong, account = a_repository(storage, 1), a_repository(storage, 2), an_account()
    await right.add(account, KEY)
    assert await code_of(wrong, account) == "secret-unreadable"
    assert await wrong.all(TENANT) == [account]
    assert await right.key_of(account) == KEY


async def test_a_damaged_master_key_is_told(storage: Database, tmp_path: Path) -> None:
    (tmp_path / "master.key").write_bytes(b"QUJD")
    damaged = SqlProviderAccountRepository(storage, SecretBox(MasterKeys(tmp_path)), FewKinds())
    with pytest.raises(ConfigurationError) as caught:
        await damaged.add(an_account(), KEY)
    assert caught.value.code == "master-key"
    assert await damaged.all(TENANT) == []


async def test_a_new_master_key_takes_over(storage: Database) -> None:
    before = a_repository(storage, 1)
    chat, home = an_account(), an_account("home", kind="home", settings={"base_url": ELSEWHERE})
    for account in (chat, home, an_account("bare", has_key=False)):
        await before.add(account, KEY if account.has_key else None)
    assert await before.reseal() == 0
    assert await a_repository(storage, 2, 1).reseal() == 2
    after = a_repository(storage, 2)
    assert [await after.key_of(account) for account in (chat, home)] == [KEY, KEY]
    assert await code_of(before, chat) == "secret-unreadable"
    assert await after.reseal() == 0


async def test_what_no_master_key_opens_stays_as_it_is(storage: Database) -> None:
    lost = a_repository(storage, 9)
    await lost.add(an_account("lost"), KEY)
    await a_repository(storage, 1).add(an_account(), KEY)
    assert await a_repository(storage, 2, 1).reseal() == 1
    assert await lost.key_of(an_account("lost")) == KEY
