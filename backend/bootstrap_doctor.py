"""What ``victoria doctor`` examines, put together: the carriers' accounts without a server around them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from backend.application.processors.g711 import mulaw_encode
from backend.application.services.telephony.doctor_trial import ExaminedCarrier, Patient
from backend.domain.ports.clip_port import Clip
from backend.domain.value_objects.audio import NARROWBAND
from backend.domain.value_objects.language import ENGLISH
from backend.domain.value_objects.secret import Secret
from backend.infrastructure.adapters.clips.recorded_clips import RecordedClips
from backend.infrastructure.adapters.telephony.loopback.loopback_adapter import LoopbackAdapter
from backend.infrastructure.adapters.telephony.loopback.loopback_secret import read_loopback_secret
from backend.infrastructure.adapters.telephony.loopback.loopback_trial import LoopbackTrial
from backend.infrastructure.adapters.telephony.public_address import PublicAddress
from backend.infrastructure.adapters.telephony.telnyx.telnyx_adapter import (
    TELNYX_URL,
    TelnyxAccount,
    TelnyxAdapter,
)
from backend.infrastructure.adapters.telephony.twilio.twilio_adapter import (
    TWILIO_URL,
    TwilioAccount,
    TwilioAdapter,
)
from backend.infrastructure.adapters.telephony.twilio.twilio_trial import TwilioTrial
from backend.infrastructure.adapters.telephony.twilio.twilio_webhooks import Hook
from backend.infrastructure.clock import SystemClock
from backend.infrastructure.config.settings import Settings, load_settings
from backend.infrastructure.security.owner_key import read_owner_key


def read_patient() -> Patient:
    """Return the server that this machine's settings describe. Raises ``ConfigurationError``."""
    settings = load_settings()
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return Patient(
        address=f"http://{host}:{settings.port}",
        public_url=settings.public_base_url,
        trusted_proxies=settings.trusted_proxies,
        carriers=tuple(_carriers(settings)),
        greeting=_greeting(),
    )


def owner_key() -> str | None:
    """Return the key that the first start made, None if its file is gone. Raises ``ConfigurationError``."""
    return read_owner_key(load_settings().data_dir)


def _carriers(settings: Settings) -> Iterator[ExaminedCarrier]:
    """Yield one for each account; unlike the server's own, the loopback one uses the secret there is."""
    if settings.is_loopback_only and (secret := read_loopback_secret(settings.data_dir)) is not None:
        address = PublicAddress(settings.address, "loopback")
        adapter = LoopbackAdapter(secret, settings.address)
        yield ExaminedCarrier(adapter, address.webhook(), LoopbackTrial(secret, address))
    if settings.has("Twilio"):
        yield _twilio(settings)
    if settings.has("Telnyx"):
        yield _telnyx(settings)


def _twilio(settings: Settings) -> ExaminedCarrier:
    assert settings.twilio_account_sid is not None
    assert settings.twilio_auth_token is not None
    account = TwilioAccount(
        settings.twilio_account_sid,
        Secret(settings.twilio_auth_token.get_secret_value()),
        settings.twilio_base_url or TWILIO_URL,
    )
    address = PublicAddress(settings.address, "twilio")
    adapter = TwilioAdapter(account, settings.address)
    return ExaminedCarrier(adapter, address.webhook(Hook.VOICE), TwilioTrial(account, address))


def _telnyx(settings: Settings) -> ExaminedCarrier:
    assert settings.telnyx_api_key is not None
    assert settings.telnyx_public_key is not None
    assert settings.telnyx_connection_id is not None
    account = TelnyxAccount(
        Secret(settings.telnyx_api_key.get_secret_value()),
        settings.telnyx_public_key,
        settings.telnyx_connection_id,
        settings.telnyx_base_url or TELNYX_URL,
    )
    address = PublicAddress(settings.address, "telnyx")
    return ExaminedCarrier(
        TelnyxAdapter(account, settings.address, SystemClock()), address.webhook(), trial=None
    )


def _greeting() -> bytes:
    """Return a recorded sentence in µ-law: whatever it says, it is speech."""
    clip = RecordedClips().find(Clip.FILLER, ENGLISH, NARROWBAND)
    return b"" if clip is None else mulaw_encode(np.frombuffer(clip.payload, np.int16))
