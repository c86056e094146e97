"""What is said to ElevenLabs, and what is made of its answers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.errors import ProviderError
from backend.domain.value_objects.audio import MULAW_8K, NARROWBAND, WIDEBAND, AudioFormat, Encoding
from backend.domain.value_objects.voice_config import VoiceConfig
from backend.infrastructure.adapters.tts.elevenlabs_wire import (
    explain,
    native_format,
    parse_line,
    speech_body,
    speech_params,
    speech_path,
)
from backend.infrastructure.adapters.tts.speech_errors import Refusal


def body(model: str = "eleven_flash_v2_5", **voice: Any) -> dict[str, object]:
    return speech_body("Hola.", model=model, language="es", voice=VoiceConfig(**voice))


def test_the_language_is_told_to_models_that_take_it() -> None:
    assert body() == {"text": "Hola.", "model_id": "eleven_flash_v2_5", "language_code": "es"}
    assert body("eleven_multilingual_v2") == {"text": "Hola.", "model_id": "eleven_multilingual_v2"}


@pytest.mark.parametrize(("asked", "sent"), [(0.5, 0.7), (0.8, 0.8), (1.15, 1.15), (2.0, 1.2)])
def test_speed_is_kept_within_what_the_service_takes(asked: float, sent: float) -> None:
    assert body(speed=asked)["voice_settings"] == {"speed": sent}


def test_pitch_and_style_are_passed_over() -> None:
    assert body(pitch=3.0, style="cheerful") == body()


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        (MULAW_8K, "ulaw_8000"),
        (AudioFormat(Encoding.ALAW, 8_000), "alaw_8000"),
        (NARROWBAND, "pcm_8000"),
        (WIDEBAND, "pcm_16000"),
        (AudioFormat(Encoding.PCM16, 48_000), "pcm_24000"),
        (AudioFormat(Encoding.MULAW, 16_000), "pcm_24000"),
    ],
)
def test_audio_is_asked_for_as_the_call_needs_it(wanted: AudioFormat, name: str) -> None:
    assert speech_params(native_format(wanted)) == {"output_format": name}


@pytest.mark.parametrize("voice", ["", "../../user", "a/b", "a?b=c", "ñ", "a b", "x" * 101])
def test_what_cannot_be_a_voice_does_not_get_into_a_path(voice: str) -> None:
    with pytest.raises(ProviderError) as caught:
        speech_path(voice)
    assert caught.value.code == "unknown-voice"


@pytest.mark.parametrize(
    ("status", "reason", "code"),
    [
        (401, "invalid_api_key", "auth-failed"),
        (401, "missing_permissions", "auth-failed"),
        (401, "quota_exceeded", "quota-exceeded"),
        (402, "paid_plan_required", "quota-exceeded"),
        (404, "voice_not_found", "unknown-voice"),
        (400, "voice_not_found", "unknown-voice"),
        (400, "invalid_uid", "unknown-voice"),
        (400, "model_not_found", "model-not-found"),
        (400, "max_character_limit_exceeded", "request-rejected"),
        (429, "too_many_concurrent_requests", "rate-limited"),
        (429, "system_busy", "rate-limited"),
    ],
)
def test_refusals_are_told_apart_by_their_reasons(status: int, reason: str, code: str) -> None:
    answer = {"detail": {"status": reason, "message": "Something private."}}
    error = explain(Refusal(status, {}, json.dumps(answer).encode()), "somebody")
    assert error.code == code
    assert error.retryable == (code == "rate-limited")
    assert "private" not in str(error)


def test_a_line_brings_audio_and_times() -> None:
    line = parse_line(
        b'{"audio_base64": "AAEC", "alignment": {"characters": ["a", "b"],'
        b' "character_start_times_seconds": [0.5, 0.75], "character_end_times_seconds": [0.75, 1]}}'
    )
    assert line.audio == b"\0\1\2"
    assert [(character.text, character.at_ms) for character in line.characters] == [("a", 500), ("b", 750)]


@pytest.mark.parametrize(
    "alignment",
    [
        None,
        [],
        {},
        {"characters": "ab", "character_start_times_seconds": [0, 1]},
        {"characters": ["a"], "character_start_times_seconds": None},
        {"characters": [1, None], "character_start_times_seconds": [0, 1]},
        {"characters": ["a", "b"], "character_start_times_seconds": [float("nan"), "1"]},
        {"characters": ["a"], "character_start_times_seconds": []},
    ],
)
def test_times_that_make_no_sense_cost_no_audio(alignment: object) -> None:
    line = parse_line(json.dumps({"audio_base64": "AAEC", "alignment": alignment}).encode())
    assert (line.audio, line.characters) == (b"\0\1\2", ())


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"<html>", "bad-response"),
        (b"[]", "bad-response"),
        (b"7", "bad-response"),
        (b"[" * 100_000, "bad-response"),
        (b'{"audio_base64": "A"}', "bad-response"),
        (b'{"audio_base64": "\xc3\xb1AAA"}', "bad-response"),
        (b'{"audio_base64": 7}', "bad-response"),
        (b'{"detail": {"status": "oops"}}', "answer-failed"),
        (b'{"error": "oops"}', "answer-failed"),
    ],
)
def test_a_line_that_is_none_is_an_error(line: bytes, code: str) -> None:
    with pytest.raises(ProviderError) as caught:
        parse_line(line)
    assert caught.value.code == code


@given(
    st.binary(max_size=60)
    | st.recursive(st.none() | st.integers() | st.text(max_size=5), st.lists).map(
        lambda value: json.dumps({"audio_base64": value, "alignment": value}).encode()
    )
)
def test_no_line_does_harm(line: bytes) -> None:
    try:
        assert isinstance(parse_line(line).audio, bytes)
    except ProviderError as error:
        assert error.code in ("bad-response", "answer-failed")  # noqa: PT017 (both outcomes are right)
