"""What an owner may do with provider accounts, and where a key may not go."""

from __future__ import annotations

import base64
from dataclasses import replace
from urllib.parse import quote

import pytest

from backend.application.services.provider_accounts import (
    MAX_TRIALS,
    TRIAL_WINDOW_S,
    AccountDraft,
    ProviderAccounts,
)
from backend.domain.entities.provider_account import ProviderAccount
from backend.domain.errors import ConfigurationError, ConflictError, FieldError, NotFoundError, ProviderError
from backend.domain.value_objects.secret import HIDDEN, Secret
from tests.support.memory import ManualClock
from tests.support.memory_accounts import MemoryAccounts
from tests.support.provider_kinds import DEFAULT_URL, GOOD_KEY, FewKinds

HOME = "home"
KEY = Secret(GOOD_KEY)
CHAT = AccountDraft("chat", "chat", {"model": "small"}, KEY)
SAME = replace(CHAT, key=None)
KEYLESS = AccountDraft("mine", "home", {"base_url": "http://127.0.0.1:11434"})
ELSEWHERE = {"model": "small", "base_url": "https://elsewhere.example"}


class Desk:
    """The service with everything that a test wants to look at."""

    def __init__(self, kinds: FewKinds | None = None) -> None:
        self.repository, self.clock, self.kinds = MemoryAccounts(), ManualClock(), kinds or FewKinds()
        self.told: list[str] = []
        self.accounts = ProviderAccounts(
            self.repository,
            self.kinds,
            self.clock,
            changed=self._tell,
            reserved=frozenset({"auto", "espeak"}),
        )

    async def _tell(self, tenant: str) -> None:
        self.told.append(tenant)

    def key(self, account_id: str = "chat") -> Secret | None:
        return self.repository.keys.get((HOME, account_id))

    async def change(self, draft: AccountDraft) -> ProviderAccount:
        return await self.accounts.replace(HOME, draft, version=1)


@pytest.fixture
def desk() -> Desk:
    return Desk()


# --- storing --------------------------------------------------------------------------------------


async def test_a_new_account_is_stored_with_its_key_and_told(desk: Desk) -> None:
    account = await desk.accounts.create(HOME, CHAT)
    assert await desk.accounts.all(HOME) == [account]
    assert (account.has_key, account.version, account.created_at) == (True, 1, desk.clock.wall_ms())
    assert desk.key() == KEY
    assert desk.told == [HOME]


@pytest.mark.parametrize("key", [None, Secret("")])
async def test_who_needs_no_key_has_none(desk: Desk, key: Secret | None) -> None:
    account = await desk.accounts.create(HOME, replace(KEYLESS, key=key))
    assert not account.has_key
    assert desk.key("mine") is None


@pytest.mark.parametrize(
    ("draft", "field", "code"),
    [
        (replace(CHAT, key=None), "key", "key-needed"),
        (replace(CHAT, key=Secret("")), "key", "key-needed"),
        (replace(CHAT, kind="unheard-of"), "kind", "unknown-kind"),
        (replace(CHAT, id="auto"), "id", "reserved-name"),
        (replace(CHAT, id="espeak"), "id", "reserved-name"),
        (replace(CHAT, settings={}), "settings.model", "bad-field"),
        (replace(CHAT, settings={"model": "small", "colour": "red"}), "settings.colour", "bad-field"),
        (replace(CHAT, settings=ELSEWHERE | {"base_url": "ftp://x"}), "settings.base_url", "bad-field"),
    ],
)
async def test_what_cannot_be_used_names_its_field_and_stores_nothing(
    desk: Desk, draft: AccountDraft, field: str, code: str
) -> None:
    for refused in (desk.accounts.create(HOME, draft), desk.accounts.test_draft(HOME, draft)):
        with pytest.raises(FieldError) as caught:
            await refused
        assert (caught.value.field, caught.value.code) == (field, code)
    assert await desk.accounts.all(HOME) == []
    assert (desk.told, desk.kinds.trials) == ([], [])


async def test_a_name_is_taken_once(desk: Desk) -> None:
    await desk.accounts.create(HOME, CHAT)
    with pytest.raises(ConflictError):
        await desk.accounts.create(HOME, CHAT)
    assert desk.told == [HOME]


# --- changing -------------------------------------------------------------------------------------


async def test_a_change_that_moves_nothing_keeps_the_key(desk: Desk) -> None:
    first = await desk.accounts.create(HOME, CHAT)
    desk.clock.advance(5)
    second = await desk.change(replace(SAME, settings={"model": "large", "base_url": DEFAULT_URL}))
    assert (second.version, second.has_key) == (2, True)
    assert (second.created_at, second.updated_at) == (first.created_at, first.updated_at + 5_000)
    assert desk.key() == KEY
    assert desk.told == [HOME, HOME]


@pytest.mark.parametrize(
    ("draft", "moved"),
    [
        (replace(SAME, settings=ELSEWHERE), "settings.base_url"),
        (replace(SAME, kind="home", settings={"base_url": DEFAULT_URL}), "kind"),
    ],
)
async def test_an_account_that_moves_needs_its_key_again(desk: Desk, draft: AccountDraft, moved: str) -> None:
    first = await desk.accounts.create(HOME, CHAT)
    with pytest.raises(FieldError) as caught:
        await desk.change(draft)
    assert (caught.value.field, caught.value.code) == ("key", "key-needed")
    assert moved in caught.value.message
    assert await desk.accounts.all(HOME) == [first]
    assert (await desk.change(replace(draft, key=Secret("sk-new")))).version == 2
    assert desk.key() == Secret("sk-new")


async def test_an_empty_key_means_that_there_is_none(desk: Desk) -> None:
    await desk.accounts.create(HOME, replace(KEYLESS, key=KEY))
    moved = {"base_url": "http://127.0.0.1:8080"}
    account = await desk.change(replace(KEYLESS, settings=moved, key=Secret("")))
    assert not account.has_key
    assert desk.key("mine") is None


async def test_a_key_that_is_needed_cannot_be_taken_away(desk: Desk) -> None:
    await desk.accounts.create(HOME, CHAT)
    with pytest.raises(FieldError) as caught:
        await desk.change(replace(CHAT, key=Secret("")))
    assert caught.value.code == "key-needed"
    assert desk.key() == KEY


async def test_an_account_of_a_forgotten_kind_can_become_another_one_but_not_with_its_key(desk: Desk) -> None:
    old = ProviderAccount("chat", HOME, "forgotten", {}, has_key=True)
    await desk.repository.add(old, KEY)
    with pytest.raises(FieldError) as caught:
        await desk.change(SAME)
    assert caught.value.code == "key-needed"
    assert (await desk.change(replace(CHAT, key=Secret("sk-new")))).kind == "chat"


async def test_who_saves_second_is_told(desk: Desk) -> None:
    await desk.accounts.create(HOME, CHAT)
    await desk.change(SAME)
    with pytest.raises(ConflictError) as caught:
        await desk.change(SAME)
    assert caught.value.code == "stale-version"
    assert desk.told == [HOME, HOME]


async def test_what_is_not_there_is_not_changed(desk: Desk) -> None:
    await desk.accounts.create("other", CHAT)
    with pytest.raises(NotFoundError):
        await desk.change(SAME)
    with pytest.raises(NotFoundError):
        await desk.accounts.delete(HOME, "chat")
    with pytest.raises(NotFoundError):
        await desk.accounts.test(HOME, "chat")
    assert desk.told == ["other"]


async def test_a_removed_account_takes_its_key_along(desk: Desk) -> None:
    await desk.accounts.create(HOME, CHAT)
    await desk.accounts.delete(HOME, "chat")
    assert await desk.accounts.all(HOME) == []
    assert desk.repository.keys == {}
    assert desk.told == [HOME, HOME]


# --- testing --------------------------------------------------------------------------------------


async def test_a_stored_account_is_tried_with_its_stored_key(desk: Desk) -> None:
    account = await desk.accounts.create(HOME, CHAT)
    trial = await desk.accounts.test(HOME, "chat")
    assert (trial.ok, trial.code, trial.detail) == (True, "ok", "")
    assert desk.kinds.trials == [(account, KEY)]


async def test_a_draft_is_tried_and_not_stored(desk: Desk) -> None:
    assert (await desk.accounts.test_draft(HOME, CHAT)).ok
    assert await desk.accounts.all(HOME) == []
    assert desk.told == []


@pytest.mark.parametrize("key", ["sk-wrong", "sk/wrong+key==", "ñ"])
async def test_a_provider_that_says_no_and_repeats_the_key_is_quoted_without_it(desk: Desk, key: str) -> None:
    trial = await desk.accounts.test_draft(HOME, replace(CHAT, key=Secret(key)))
    assert (trial.ok, trial.code) == (False, "auth-failed")
    assert trial.detail == f"chat: HTTP 401 {HIDDEN}"


async def test_a_key_is_taken_out_in_every_usual_form() -> None:
    key = Secret("sk/wrong+key=1")
    forms = (
        key.reveal(),
        quote(key.reveal(), safe=""),
        quote(key.reveal()),
        base64.b64encode(key.reveal().encode()).decode(),
    )

    class Parrot(FewKinds):
        async def try_out(self, account: ProviderAccount, key: Secret | None) -> None:
            raise ProviderError(account.id, " ".join(forms), code="request-rejected")

    trial = await Desk(Parrot()).accounts.test_draft(HOME, replace(CHAT, key=key))
    assert not [form for form in forms if form in trial.detail]


async def test_a_key_that_cannot_be_read_is_an_answer_and_goes_nowhere(desk: Desk) -> None:
    await desk.accounts.create(HOME, CHAT)
    desk.repository.trouble_with_keys = "secret-unreadable"
    trial = await desk.accounts.test(HOME, "chat")
    assert (trial.ok, trial.code) == (False, "secret-unreadable")
    assert desk.kinds.trials == []


async def test_a_server_without_its_master_key_is_not_the_tenants_affair(desk: Desk) -> None:
    await desk.accounts.create(HOME, CHAT)
    desk.repository.trouble_with_keys = "master-key"
    with pytest.raises(ConfigurationError):
        await desk.accounts.test(HOME, "chat")
    assert desk.kinds.trials == []


async def test_a_trial_says_how_long_it_took() -> None:
    class Slow(FewKinds):
        async def try_out(self, account: ProviderAccount, key: Secret | None) -> None:
            slow.clock.advance(1.25)

    slow = Desk(Slow())
    assert (await slow.accounts.test_draft(HOME, CHAT)).elapsed_ms == 1_250


async def test_trials_are_counted_for_each_tenant(desk: Desk) -> None:
    for _ in range(MAX_TRIALS):
        assert desk.accounts.admit_trial(HOME) is None
    assert desk.accounts.admit_trial(HOME) == TRIAL_WINDOW_S
    assert desk.accounts.admit_trial("other") is None
    desk.clock.advance(TRIAL_WINDOW_S - 0.5)
    assert desk.accounts.admit_trial(HOME) == 1
    desk.clock.advance(0.5)
    assert desk.accounts.admit_trial(HOME) is None
