"""Kinds of providers: what their accounts may say, and what is made of them. Nothing is sent."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, replace

import pytest

from backend.application.factories.engine_set import EngineSet
from backend.domain.entities.provider_account import ProviderAccount
from backend.domain.errors import CallerError, FieldError, ProviderError, ProviderTimeoutError
from backend.domain.ports.engine_port import Checkable
from backend.domain.ports.llm_port import LlmRequest
from backend.domain.ports.provider_kind_port import FieldType, ProviderField, ProviderKind
from backend.domain.ports.stt_port import SttRequest
from backend.domain.ports.tts_port import SpeechRequest
from backend.domain.value_objects.audio import WIDEBAND
from backend.domain.value_objects.language import ENGLISH, SPANISH
from backend.domain.value_objects.secret import Secret
from backend.domain.value_objects.voice_config import VoiceConfig
from backend.infrastructure.config.settings import load_settings
from backend.infrastructure.providers.known_providers import KnownProviders
from backend.infrastructure.providers.recipe import Recipe
from backend.infrastructure.providers.server_accounts import server_accounts
from tests.support.scripted import ScriptedLlm
from tests.support.virtual_time import run_virtual

KEY = "sk-hunter2-0123456789"
URL = "http://127.0.0.1:9/v1"
PROVIDERS = KnownProviders()

# The least that an account of each kind says, and the ports that it then serves.
LEAST: dict[str, tuple[dict[str, str], set[str]]] = {
    "groq": ({}, {"llm"}),
    "openai": ({"model": "gpt"}, {"llm"}),
    "azure": ({"region": "westeurope"}, {"stt", "tts"}),
    "deepgram": ({}, {"stt"}),
    "elevenlabs": ({}, {"tts"}),
    "openai_speech": ({"stt_model": "whisper-1", "tts_model": "tts-1"}, {"stt", "tts"}),
    "azure_openai": ({"endpoint": "https://name.openai.azure.com", "model": "gpt"}, {"llm"}),
}


def an_account(kind: str, **settings: str) -> ProviderAccount:
    return ProviderAccount("mine", "home", kind, settings, has_key=True)


def ports_of(engines: EngineSet) -> set[str]:
    return {port for port in ("stt", "llm", "tts") if getattr(engines, port) is not None}


def test_every_kind_is_tested_here() -> None:
    assert [kind.id for kind in PROVIDERS.all()] == list(LEAST)


@pytest.mark.parametrize("kind", LEAST)
def test_the_least_that_is_asked_for_makes_engines_that_are_ready_and_can_be_tried(kind: str) -> None:
    settings, ports = LEAST[kind]
    account = an_account(kind, **settings)
    PROVIDERS.check(account)
    engines = PROVIDERS.build(account, Secret(KEY))
    assert ports_of(engines) == ports <= set(PROVIDERS.of(account).ports)
    for engine in (engines.stt, engines.llm, engines.tts):
        if engine is not None:
            assert engine.readiness(ENGLISH).is_ready
            assert engine.readiness(SPANISH).is_ready
            assert isinstance(engine, Checkable)
    assert (engines.name, engines.kind) == (f"{PROVIDERS.of(account).name} (mine)", kind)
    assert engines.closers
    assert KEY not in repr(engines)


@pytest.mark.parametrize("kind", LEAST)
def test_where_a_key_goes_is_an_address(kind: str) -> None:
    fields = PROVIDERS.of(an_account(kind)).fields
    assert {field.name for field in fields if field.is_address} == {
        field.name for field in fields if field.name in {"base_url", "region", "endpoint"}
    }


@pytest.mark.parametrize("kind", LEAST)
def test_without_a_key_it_is_said_that_one_is_missing_unless_a_server_of_ones_own_needs_none(
    kind: str,
) -> None:
    settings, ports = LEAST[kind]
    engines = PROVIDERS.build(an_account(kind, **settings), None)
    assert ports_of(engines) == ports
    needs_key = PROVIDERS.of(an_account(kind)).needs_key
    assert needs_key == (kind not in {"openai", "openai_speech"})
    for engine in (engines.stt, engines.llm, engines.tts):
        if engine is not None:
            assert "key" in engine.readiness(ENGLISH).detail
    if not needs_key:
        at_home = PROVIDERS.build(an_account(kind, **settings, base_url=URL), None)
        assert all(e.readiness(ENGLISH).is_ready for e in (at_home.stt, at_home.llm, at_home.tts) if e)


@pytest.mark.parametrize(
    ("kind", "settings", "field", "message"),
    [
        ("groq", {"base_url": "groq"}, "base_url", "an address such as https://api.groq.com"),
        ("groq", {"base_url": "https://u:hunter2@groq.example"}, "base_url", "without a user or password"),
        ("groq", {"base_url": "https://groq.example/?hunter2"}, "base_url", "an address"),
        ("groq", {"region": "hunter2"}, "region", "not known"),
        ("groq", {"model": "a\nb"}, "model", "one line"),
        ("openai", {}, "model", "required"),
        ("openai", {"model": ""}, "model", "required"),
        ("openai", {"model": "gpt", "timeout_ms": "soon"}, "timeout_ms", "from 100 to 60000"),
        ("openai", {"model": "gpt", "timeout_ms": "99"}, "timeout_ms", "from 100 to 60000"),
        ("openai", {"model": "gpt", "timeout_ms": "٩٩٩"}, "timeout_ms", "from 100 to 60000"),
        ("azure", {}, "region", "needs its region"),
        ("azure", {"region": "evil.example/?"}, "region", "a region such as"),
        ("azure", {"endpoint": "ftp://hunter2"}, "endpoint", "an address such as"),
        ("deepgram", {"base_url": "file:///etc"}, "base_url", "an address such as https://api.deepgram.com"),
        ("openai_speech", {"voice": "alloy"}, "stt_model", "name a model"),
        ("azure_openai", {"model": "gpt"}, "endpoint", "required"),
    ],
)
def test_the_first_wrong_setting_is_named_and_not_repeated(
    kind: str, settings: dict[str, str], field: str, message: str
) -> None:
    account = an_account(kind, **settings)
    for attempt in (PROVIDERS.check, lambda account: PROVIDERS.build(account, Secret(KEY))):
        with pytest.raises(FieldError, match=message) as raised:
            attempt(account)
        assert raised.value.field == f"settings.{field}"
        assert "hunter2" not in raised.value.message


def test_a_choice_is_one_of_its_choices() -> None:
    field = ProviderField("size", FieldType.CHOICE, choices=("small", "large"))
    providers = KnownProviders([Recipe(ProviderKind("toys", "Toys", (), (field,)), lambda *_: EngineSet())])
    providers.check(an_account("toys", size="small"))
    with pytest.raises(FieldError, match="one of small, large"):
        providers.check(an_account("toys", size="huge"))


def test_an_account_can_serve_one_port_of_two() -> None:
    assert ports_of(PROVIDERS.build(an_account("openai_speech", tts_model="tts-1"), Secret(KEY))) == {"tts"}
    assert ports_of(PROVIDERS.build(an_account("openai_speech", stt_model="w"), Secret(KEY))) == {"stt"}


@pytest.mark.parametrize("key", ["hünter2", "hunter2\r\nX-Evil: 1"])
def test_a_key_that_cannot_be_sent_is_not_sent(key: str) -> None:
    engines = PROVIDERS.build(an_account("groq"), Secret(key))
    assert engines.llm is not None
    readiness = engines.llm.readiness(ENGLISH)
    assert not readiness.is_ready
    assert "one word" in readiness.detail
    assert "nter2" not in readiness.detail


def test_an_unknown_kind_is_refused_everywhere() -> None:
    account = an_account("carrier-pigeon")
    for attempt in (PROVIDERS.of, PROVIDERS.check, lambda account: PROVIDERS.unavailable(account, "Why.")):
        with pytest.raises(CallerError) as raised:
            attempt(account)
        assert raised.value.code == "unknown-kind"


async def test_engines_that_are_unavailable_say_so_to_whoever_asks_all_the_same() -> None:
    account = an_account("azure", region="westeurope")
    speech = PROVIDERS.unavailable(account, "Because.")
    model = PROVIDERS.unavailable(replace(account, kind="groq", settings={"model": "big"}), "Because.")
    assert speech.stt is not None
    assert speech.tts is not None
    assert model.llm is not None
    assert (model.model, speech.tts.voices(), speech.tts.capabilities.local) == ("big", (), False)
    with pytest.raises(ProviderError, match="Because") as ears:
        await speech.stt.open(SttRequest(ENGLISH))
    with pytest.raises(ProviderError, match="Because") as voice:
        await anext(speech.tts.synthesize(SpeechRequest("Hi", ENGLISH, VoiceConfig(), WIDEBAND)))
    with pytest.raises(ProviderError, match="Because") as mind:
        await anext(model.llm.stream(LlmRequest((), ENGLISH)))
    assert {(raised.value.code, raised.value.retryable) for raised in (ears, voice, mind)} == {
        ("not-ready", False)
    }


def test_the_servers_accounts_are_made_of_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("VICTORIA_"):
            monkeypatch.delenv(name)
    keys = {"GROQ_API_KEY", "LLM_API_KEY", "AZURE_SPEECH_KEY", "DEEPGRAM_API_KEY", "ELEVENLABS_API_KEY"}
    given = dict.fromkeys(keys | {"STT_API_KEY", "TTS_API_KEY"}, KEY) | {
        "LLM_MODEL": "gpt",
        "LLM_BASE_URL": f"{URL}/",
        "AZURE_SPEECH_REGION": "westeurope",
        "DEEPGRAM_MODEL": "nova-2",
        "STT_MODEL": "whisper-1",
        "TTS_MODEL": "tts-1",
        "TTS_BASE_URL": URL,
        "TTS_VOICE": "alloy",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"VICTORIA_{name}", value)
    accounts = {account.id: (account, key) for account, key in server_accounts(load_settings(None))}
    assert {name: dict(account.settings) for name, (account, _) in accounts.items()} == {
        "azure": {"region": "westeurope"},
        "deepgram": {"model": "nova-2"},
        "elevenlabs": {},
        "openai-stt": {"stt_model": "whisper-1"},
        "openai-tts": {"tts_model": "tts-1", "base_url": URL, "voice": "alloy"},
        "groq": {"model": "llama-3.3-70b-versatile"},
        "openai": {"model": "gpt", "base_url": URL},
    }
    for account, key in accounts.values():
        assert key == Secret(KEY)
        PROVIDERS.check(account)
        assert ports_of(PROVIDERS.build(account, key))


# --- trying an account out ----------------------------------------------------------------------------


@dataclass
class Patient(ScriptedLlm):
    """A model whose credentials can be tried, which takes ``check_s`` or raises ``trouble``."""

    check_s: float = 1.0
    trouble: ProviderError | None = None
    is_closed: bool = False

    async def check(self) -> None:
        await asyncio.sleep(self.check_s)
        if self.trouble is not None:
            raise self.trouble

    async def aclose(self) -> None:
        self.is_closed = True


def tried(llm: Patient) -> float:
    """Try an account with ``llm`` out in virtual time; return how many seconds that took."""
    kind = ProviderKind("toys", "Toys", ("llm",), ())
    providers = KnownProviders([Recipe(kind, lambda *_: EngineSet(llm=llm, closers=(llm.aclose,)))])

    async def story() -> float:
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            await providers.try_out(an_account("toys"), Secret(KEY))
        finally:
            took = loop.time() - began
            assert llm.is_closed
            assert took <= 10
        return took

    return run_virtual(story())


def test_an_account_that_works_is_tried_and_left_alone() -> None:
    assert tried(Patient([])) == pytest.approx(1)


def test_what_its_check_says_is_passed_on() -> None:
    with pytest.raises(ProviderError) as raised:
        tried(Patient([], trouble=ProviderError("toys", "wrong key", code="auth-failed", retryable=False)))
    assert raised.value.code == "auth-failed"


def test_a_provider_that_says_nothing_is_not_waited_for() -> None:
    with pytest.raises(ProviderTimeoutError):
        tried(Patient([], check_s=3_600))


def test_an_account_without_what_it_needs_is_not_even_asked() -> None:
    async def story() -> None:
        with pytest.raises(ProviderError, match="Groq needs a key") as raised:
            await PROVIDERS.try_out(an_account("groq"), None)
        assert raised.value.code == "not-ready"

    run_virtual(story())
