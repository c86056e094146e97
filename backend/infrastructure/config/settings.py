"""Settings: everything an owner can set, from the environment or ``config/environments/.env.local``.

Each setting is the variable ``VICTORIA_<NAME>``; the database, which hosting platforms hand out under
names of their own, is ``DATABASE_URL`` as well. The real environment wins over
the file, an empty value counts as unset. ``load_settings`` is the only way in: a value that cannot be used
becomes one sentence that names the variable, never a traceback, and never repeats a secret.
"""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from backend.domain.errors import ConfigurationError
from backend.infrastructure.config.addresses import (
    HTTP_OR_WEBSOCKET,
    checked_region,
    checked_url,
    is_key,
)
from backend.infrastructure.config.features import Features
from backend.infrastructure.config.telephone_settings import CARRIERS, CommaSeparated, TelephoneSettings

PREFIX: Final = "VICTORIA_"
REPOSITORY: Final = Path(__file__).resolve().parents[3]
ENV_FILE: Final = REPOSITORY / "config" / "environments" / ".env.local"

_ORIGIN: Final = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+")


class Settings(TelephoneSettings):
    """Values are checked here and frozen; secrets are ``SecretStr`` and stay out of ``repr``."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        env_file_encoding="utf-8",
        extra="ignore",  # the file may hold variables of other programs
        frozen=True,
        populate_by_name=True,
    )

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65_535)
    public_base_url: str | None = None
    allowed_origins: CommaSeparated = ()
    trusted_proxies: CommaSeparated = ()

    data_dir: Path = Path("data")
    console_dir: Path = REPOSITORY / "frontend" / "dist"
    database_url: SecretStr | None = Field(
        None, validation_alias=AliasChoices(f"{PREFIX}DATABASE_URL", "DATABASE_URL")
    )

    master_key: SecretStr | None = None

    disabled_features: CommaSeparated = ()
    max_calls: int = Field(100, ge=1, le=10_000)
    drain_seconds: int = Field(30, ge=0, le=3_600)

    llm_base_url: str | None = None
    llm_model: str | None = None
    llm_api_key: SecretStr | None = None
    llm_timeout_ms: int | None = Field(None, ge=100, le=60_000)

    groq_api_key: SecretStr | None = None
    groq_model: str = "llama-3.3-70b-versatile"
    groq_base_url: str | None = None

    azure_speech_key: SecretStr | None = None
    azure_speech_region: str | None = None
    azure_speech_endpoint: str | None = None

    deepgram_api_key: SecretStr | None = None
    deepgram_model: str | None = None
    deepgram_base_url: str | None = None

    elevenlabs_api_key: SecretStr | None = None
    elevenlabs_model: str | None = None
    elevenlabs_base_url: str | None = None

    stt_base_url: str | None = None
    stt_model: str | None = None
    stt_api_key: SecretStr | None = None

    tts_base_url: str | None = None
    tts_model: str | None = None
    tts_api_key: SecretStr | None = None
    tts_voice: str | None = None

    moonshine_download: bool = True
    moonshine_cache_dir: Path | None = None
    moonshine_model_en: Path | None = None
    moonshine_model_es: Path | None = None

    simulated_engines: bool = False
    simulated_stt_ms: int = Field(150, ge=0, le=60_000)
    simulated_llm_ms: int = Field(250, ge=0, le=60_000)
    simulated_llm_tokens_per_s: int = Field(50, ge=1, le=100_000)
    simulated_tts_ms: int = Field(120, ge=0, le=60_000)

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "json", "console"] = "auto"
    log_personal: bool = False

    @field_validator(
        "allowed_origins", "trusted_proxies", "disabled_features", "dial_prefixes", mode="before"
    )
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("allowed_origins")
    @classmethod
    def _are_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin!r} is not an origin such as https://console.example.com")
        return origins

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        for proxy in proxies:
            try:
                ipaddress.ip_network(proxy)
            except ValueError:
                raise ValueError(f"{proxy!r} is not an address or network such as 10.0.0.0/8") from None
        return proxies

    @field_validator("disabled_features")
    @classmethod
    def _are_features(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        Features.without(names)
        return names

    @field_validator(
        "public_base_url",
        "llm_base_url",
        "groq_base_url",
        "deepgram_base_url",
        "elevenlabs_base_url",
        "stt_base_url",
        "tts_base_url",
        "twilio_base_url",
        "telnyx_base_url",
    )
    @classmethod
    def _is_http_url(cls, url: str | None) -> str | None:
        return None if url is None else checked_url(url)

    @field_validator("azure_speech_region")
    @classmethod
    def _is_region(cls, region: str | None) -> str | None:
        return None if region is None else checked_region(region)

    @field_validator("azure_speech_endpoint")
    @classmethod
    def _is_endpoint(cls, url: str | None) -> str | None:
        if url is None:
            return None
        return checked_url(url, example="https://name.cognitiveservices.azure.com", schemes=HTTP_OR_WEBSOCKET)

    @field_validator(
        "llm_api_key",
        "groq_api_key",
        "azure_speech_key",
        "deepgram_api_key",
        "elevenlabs_api_key",
        "stt_api_key",
        "tts_api_key",
        "twilio_auth_token",
        "telnyx_api_key",
    )
    @classmethod
    def _is_key(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and not is_key(key.get_secret_value()):
            raise ValueError("a key is one word of letters, digits and signs")
        return key

    @field_validator("log_level", "log_format", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @model_validator(mode="after")
    def _model_is_named(self) -> Self:
        if self.llm_model is None and (self.llm_base_url or self.llm_api_key):
            raise ValueError(f"{PREFIX}LLM_MODEL: a language model's address or key needs the model's name")
        if self.stt_model is None and (self.stt_base_url or self.stt_api_key):
            raise ValueError(f"{PREFIX}STT_MODEL: a recogniser's address or key needs the model's name")
        if self.tts_model is None and (self.tts_base_url or self.tts_api_key or self.tts_voice):
            raise ValueError(f"{PREFIX}TTS_MODEL: a voice's name, address or key needs the model's name")
        return self

    @model_validator(mode="after")
    def _azure_is_whole(self) -> Self:
        has_place = bool(self.azure_speech_region or self.azure_speech_endpoint)
        if self.azure_speech_key is not None and not has_place:
            raise ValueError(f"{PREFIX}AZURE_SPEECH_REGION: Azure's key needs its region, or an endpoint")
        if self.azure_speech_key is None and has_place:
            raise ValueError(f"{PREFIX}AZURE_SPEECH_KEY: Azure's region or endpoint needs a key")
        return self

    @model_validator(mode="after")
    def _carriers_are_whole(self) -> Self:
        for carrier in CARRIERS:
            if missing := self.missing_of(carrier):
                raise ValueError(f"{variable_of(missing[0])}: {carrier} needs it besides the others")
            if self.has(carrier) and self.public_base_url is None:
                raise ValueError(f"{PREFIX}PUBLIC_BASE_URL: {carrier} has to reach this server at an address")
        return self

    @property
    def features(self) -> Features:
        """Which parts are switched on."""
        return Features.without(self.disabled_features)

    @property
    def storage_url(self) -> str:
        """The database's address as it was set, else that of a SQLite file in ``data_dir``. May be secret."""
        if self.database_url is None:
            return f"sqlite:///{(self.data_dir / 'victoria.db').as_posix()}"
        return self.database_url.get_secret_value()

    @property
    def origins(self) -> tuple[str, ...]:
        """Where pages come from that may open calls, besides the server's own address."""
        if self.public_base_url is None:
            return self.allowed_origins
        public = urlsplit(self.public_base_url)
        return (*self.allowed_origins, f"{public.scheme}://{public.netloc}")

    @property
    def address(self) -> str:
        """Where people find the server."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_base_url or f"http://{host}:{self.port}"

    @property
    def is_loopback_only(self) -> bool:
        """Whether only this machine can reach the server: a loopback address with no proxy before it."""
        if self.trusted_proxies or self.public_base_url:
            return False
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def load_settings(env_file: Path | None = ENV_FILE, /, **given: object) -> Settings:
    """Read the settings; what is ``given`` goes before everything else.

    Raises ``ConfigurationError`` with one sentence for each unusable value.
    """
    try:
        return Settings(_env_file=env_file, **given)  # type: ignore[arg-type]  # validation sees to the types
    except ValidationError as error:
        problems = error.errors(include_input=False, include_url=False)
        sentences = [_sentence(problem["loc"], problem["type"], problem["msg"]) for problem in problems]
        raise ConfigurationError("\n".join(sentences), code="bad-setting") from None


def variable_of(name: str) -> str:
    """Return the environment variable that sets the field (or is the alias) ``name``."""
    return name if name.isupper() else f"{PREFIX}{name.upper()}"


def _sentence(place: tuple[int | str, ...], kind: str, message: str) -> str:
    """Say what is wrong with the variable at ``place``; a rule about several names its variable itself."""
    if kind == "value_error":
        complaint = message.removeprefix("Value error, ").rstrip(".")
    else:
        complaint = message[0].lower() + message[1:]
    return f"{variable_of(str(place[0]))}: {complaint}." if place else f"{complaint}."
