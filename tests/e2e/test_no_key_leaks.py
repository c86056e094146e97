"""No key gets out: not by an answer, a log, an error, a file or the way something is printed.

Every kind of provider is tried, with keys of the server and of a tenant, at servers that refuse, talk
nonsense, hang up or send us elsewhere, and that repeat every key they are sent. What Victoria says and keeps
is then searched for all keys, in clear and encoded.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from backend.domain.entities.agent import MOST_ENGINES
from backend.domain.entities.provider_account import ProviderAccount
from backend.domain.errors import ProviderError, VictoriaError
from backend.domain.ports.provider_kind_port import ProviderKind
from backend.domain.value_objects.secret import Secret
from backend.infrastructure.config.settings import load_settings
from backend.infrastructure.providers.known_providers import KnownProviders
from backend.infrastructure.providers.server_accounts import server_accounts
from tests.support.ear import a_script, call
from tests.support.leaks import Keys
from tests.support.parrot_server import WAYS, Parrot, parrots
from tests.support.speech import flite
from tests.support.victoria import ROOT, Victoria, a_victoria

KINDS = {kind.id: kind for kind in KnownProviders().all()}
PROVIDERS = "/api/config/providers"

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
every_way = pytest.mark.parametrize("way", WAYS)


def settings_of(kind: ProviderKind, url: str) -> dict[str, str]:
    """Return settings that send an account of ``kind`` to ``url``."""
    return {
        field.name: url if field.is_address else "some-model"
        for field in kind.fields
        if field.name in {"base_url", "endpoint"} or field.name.endswith("model")
    }


def environment_of(url: str, keys: Keys) -> dict[str, str]:
    """Return settings that give the server a key of its own for everything."""
    master = base64.b64encode(secrets.token_bytes(32)).decode()
    keys.watch("the master key", master)
    return {
        "VICTORIA_MASTER_KEY": master,
        "VICTORIA_GROQ_API_KEY": keys["server's groq"],
        "VICTORIA_GROQ_BASE_URL": f"{url}/refuse",
        "VICTORIA_LLM_API_KEY": keys["server's openai"],
        "VICTORIA_LLM_BASE_URL": f"{url}/garbage",
        "VICTORIA_LLM_MODEL": "some-model",
        "VICTORIA_AZURE_SPEECH_KEY": keys["server's azure"],
        "VICTORIA_AZURE_SPEECH_ENDPOINT": f"{url}/refuse",
        "VICTORIA_DEEPGRAM_API_KEY": keys["server's deepgram"],
        "VICTORIA_DEEPGRAM_BASE_URL": f"{url}/refuse",
        "VICTORIA_ELEVENLABS_API_KEY": keys["server's elevenlabs"],
        "VICTORIA_ELEVENLABS_BASE_URL": f"{url}/cut",
        "VICTORIA_STT_API_KEY": keys["server's openai-stt"],
        "VICTORIA_STT_BASE_URL": f"{url}/garbage",
        "VICTORIA_STT_MODEL": "some-model",
        "VICTORIA_TTS_API_KEY": keys["server's openai-tts"],
        "VICTORIA_TTS_BASE_URL": f"{url}/redirect",
        "VICTORIA_TTS_MODEL": "some-model",
    }


# --- one engine at a time ---------------------------------------------------------------------------


async def failure_of(kind: ProviderKind, url: str, key: Secret) -> ProviderError:
    """Return how a trial of an account at ``url`` fails."""
    account = ProviderAccount("account", "home", kind.id, settings_of(kind, url), has_key=True)
    with pytest.raises(ProviderError) as caught:
        await KnownProviders().try_out(account, key)
    return caught.value


def chain_of(error: BaseException) -> Iterator[BaseException]:
    """Yield ``error`` and what is printed as its causes."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)


def own_variables(error: BaseException) -> str:
    """Return the variables of our own functions that ``error`` came through.

    Not those of the SDKs, which have to have the key somewhere. Nothing of ours prints variables; a crash
    reporter that somebody adds would.
    """
    return "\n".join(
        f"{frame.f_code.co_qualname}: {name} = {value!r}"
        for each in chain_of(error)
        for frame, _line in traceback.walk_tb(each.__traceback__)
        if frame.f_code.co_filename.startswith(f"{ROOT}/backend/")
        for name, value in frame.f_locals.items()
    )


@every_kind
@every_way
async def test_an_error_does_not_tell_the_key_even_if_the_provider_does(kind: ProviderKind, way: str) -> None:
    keys = Keys()
    with parrots() as (parrot, stranger):
        error = await failure_of(kind, f"{parrot.url}/{way}", Secret(keys["the key"]))
        assert parrot.has_heard(keys["the key"])
        assert not keys.found_in("\n".join(stranger.heard))
    printed = "".join(traceback.format_exception(error))
    assert not keys.found_in(f"{error!r} {error} {error.message} {printed}"), printed


@every_kind
@every_way
async def test_no_function_of_ours_has_the_key_in_hand_when_it_fails(kind: ProviderKind, way: str) -> None:
    keys = Keys()
    with parrots(repeats=False) as (parrot, _stranger):
        error = await failure_of(kind, f"{parrot.url}/{way}", Secret(keys["the key"]))
        assert parrot.has_heard(keys["the key"])
    variables = own_variables(error)
    assert "try_out: key = Secret('********')" in variables
    assert not keys.found_in(variables), keys.found_in(variables)


def test_nothing_that_holds_a_key_prints_it(monkeypatch: pytest.MonkeyPatch) -> None:
    keys, kinds = Keys(), KnownProviders()
    for name, value in environment_of("http://127.0.0.1:9", keys).items():
        monkeypatch.setenv(name, value)
    settings = load_settings(None)
    accounts = list(server_accounts(settings))
    assert len(accounts) == 7
    engines = [kinds.build(account, key) for account, key in accounts]
    parts = [(each, each.stt, each.llm, each.tts) for each in engines]
    printed = "\n".join(f"{part!r} {part}" for part in (settings, accounts, engines, *parts))
    assert not keys.found_in(printed)


# --- a whole server -----------------------------------------------------------------------------------


@dataclass
class Life:
    """A server's life: all that it has said, and where it lived."""

    victoria: Victoria
    keys: Keys
    said: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str, json: object = None) -> httpx2.Response:
        """Send a request and keep the answer, whatever it is."""
        response = self.victoria.ask(method, path, json)
        self.said.append(f"{response.headers} {response.content.decode('latin-1')}")
        return response

    async def hear(self, agent: str) -> None:
        """Call ``agent``, say something, and keep what comes of it."""
        try:
            record = await call(self.victoria, a_script(flite("where are you")), agent)
        except VictoriaError as error:
            self.said.append(repr(error))
        else:
            self.said.append(f"{record.story.entries} {record.troubles} {record.cause}")

    @property
    def accounts(self) -> dict[str, str]:
        """The names of the tenant's accounts, and the names of their keys."""
        return {f"my-{kind}": f"tenant's {kind}" for kind in KINDS}


def open_accounts(life: Life, parrot: Parrot) -> None:
    """Make an account of every kind, each at a server of another sort, and try them all."""
    for number, (name, kind) in enumerate(zip(life.accounts, KINDS.values(), strict=True)):
        url = f"{parrot.url}/{WAYS[number % len(WAYS)]}"
        draft = {
            "id": name,
            "kind": kind.id,
            "settings": settings_of(kind, url),
            "key": life.keys[life.accounts[name]],
        }
        assert life.ask("POST", PROVIDERS, draft).status_code == 201
        trial = life.ask("POST", f"{PROVIDERS}/{name}/test").json()
        assert not trial["ok"], trial


def make_mistakes(life: Life, parrot: Parrot) -> None:
    """Send keys in all the wrong ways, and move an account with and without its key."""
    draft: dict[str, Any] = {
        "id": "draft",
        "kind": "groq",
        "settings": {"base_url": f"{parrot.url}/refuse"},
        "key": life.keys["a draft's"],
    }
    key = life.keys["a wrong"]
    assert not life.ask("POST", f"{PROVIDERS}/test", draft).json()["ok"]
    for wrong in (
        {"key": f"{key}\n"},
        {"key": [key]},
        {"key": {key: key}},
        {"settings": {"api_key": key}},
        {"settings": {"base_url": f"https://user:{key}@127.0.0.1"}},
        {"kind": "unheard-of"},
        {"id": "espeak"},
        {"version": key},
    ):
        assert life.ask("POST", PROVIDERS, draft | wrong).status_code == 422
    moved = {"kind": "groq", "settings": {"base_url": f"{parrot.url}/garbage"}, "version": 1}
    assert life.ask("PUT", f"{PROVIDERS}/my-groq", moved).json()["code"] == "key-needed"
    assert life.ask("PUT", f"{PROVIDERS}/my-groq", moved | {"key": life.keys["another"]}).status_code == 200
    assert life.ask("PUT", f"{PROVIDERS}/my-groq", moved | {"key": life.keys["another"]}).status_code == 409


def live(life: Life) -> None:
    """Listen to voices, make calls with the server's engines and with the tenant's, and read all about it."""
    agent = {
        "name": "Own",
        "prompt": "You are Ana.",
        "first_message": "Hello.",
        "voice": {"engine": "my-elevenlabs"},
        "engines": {
            "stt": ["my-deepgram", "my-azure", "my-openai_speech"][:MOST_ENGINES],
            "llm": [{"engine": name} for name in ("my-groq", "my-openai", "my-azure_openai")][:MOST_ENGINES],
        },
    }
    assert life.ask("POST", "/api/config/agents", agent).status_code == 201
    for engine in ("my-elevenlabs", "my-azure", "elevenlabs", "azure"):
        preview = {"text": "Hello.", "language": "en", "voice": {"engine": engine}}
        assert life.ask("POST", "/api/config/voices/preview", preview).status_code >= 500

    async def calls() -> None:
        async with asyncio.TaskGroup() as callers:
            for name in ("Victoria", "Own"):
                callers.create_task(life.hear(name))

    asyncio.run(calls())
    for path in ("/openapi.json", "/metrics", "/health/ready", "/api/session", "/api/config/options"):
        assert life.ask("GET", path).status_code == 200
    for path in (PROVIDERS, "/api/config/agents"):
        assert life.ask("GET", path).json()["items"]
    for item in life.ask("GET", "/api/history/calls").json()["items"]:
        for part in ("", "/timeline", "/recording"):
            life.ask("GET", f"/api/history/calls/{item['id']}{part}")


@pytest.mark.speech
def test_a_server_at_work_tells_and_keeps_no_key(tmp_path: Path) -> None:
    keys = Keys()
    with parrots() as (parrot, stranger):
        environment = environment_of(parrot.url, keys) | {"VICTORIA_LOG_LEVEL": "debug"}
        with a_victoria(tmp_path, environment) as victoria:
            life = Life(victoria, keys)
            open_accounts(life, parrot)
            make_mistakes(life, parrot)
            live(life)
        used = {name for name in keys if parrot.has_heard(keys[name])}
        assert not keys.found_in("\n".join(stranger.heard))
    leaks = {f"an answer: {leak}" for said in life.said for leak in keys.found_in(said)}
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"server.log", "victoria.db", "owner.key"}
    leaks |= {f"{path.name}: {leak}" for path in files for leak in keys.found_in(path.read_bytes())}
    assert leaks == set()
    assert {name for name in keys if name.startswith(("server's", "tenant's"))} <= used
