"""The smallest things the domain is made of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.value_objects.audio import (
    MULAW_8K,
    NARROWBAND,
    WIDEBAND,
    AudioFormat,
    AudioFrame,
    Encoding,
)
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.conversation_turn import ConversationTurn, Role
from backend.domain.value_objects.instant import elapsed_ms, later, ms
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.phone_number import PhoneNumber
from backend.domain.value_objects.policies import BargeIn, Endpointing, Limits, Silence
from backend.domain.value_objects.readiness import READY, Readiness, ReadinessState
from backend.domain.value_objects.voice_config import VoiceConfig

# --- identities -----------------------------------------------------------------------------------


def test_a_call_id_is_its_text() -> None:
    assert str(CallId("0123456789abcdef" * 2)) == "0123456789abcdef" * 2


@pytest.mark.parametrize(
    "text", ["", "abc", "0123456789ABCDEF" * 2, "../" + "a" * 29, "a" * 32 + "\n", "g" * 32, "a" * 33]
)
def test_nothing_else_becomes_a_call_id(text: str) -> None:
    with pytest.raises(ValueError, match="32 lower-case"):
        CallId(text)


@pytest.mark.parametrize("number", ["+34911234567", "+1234567", "+123456789012345"])
def test_a_telephone_number_is_its_text(number: str) -> None:
    assert str(PhoneNumber(number)) == number


@pytest.mark.parametrize(
    "number",
    ["", "911234567", "+0911234567", "+123456", "+1234567890123456", "+34 911", "anonymous", "+٣٤٩١١٢٣٤٥٦٧"],
)
def test_nothing_else_becomes_a_telephone_number(number: str) -> None:
    with pytest.raises(ValueError, match=r"E\.164"):
        PhoneNumber(number)


def test_a_telephone_number_does_not_show_in_logs() -> None:
    assert repr(PhoneNumber("+34911234567")) == "PhoneNumber(…67)"


@pytest.mark.parametrize(("tag", "base"), [("es", "es"), ("es-419", "es"), ("en-GB", "en"), ("fil", "fil")])
def test_a_language_has_a_base(tag: str, base: str) -> None:
    assert Language(tag).base == base
    assert str(Language(tag)) == tag


@pytest.mark.parametrize("tag", ["", "e", "ES", "en_GB", "en-gb", "english", "en-GB-x"])
def test_nothing_else_is_a_language(tag: str) -> None:
    with pytest.raises(ValueError, match="language tag"):
        Language(tag)


# --- time -----------------------------------------------------------------------------------------


@given(st.integers(0, 10**9), st.integers(-(10**6), 10**6))
def test_milliseconds_survive_as_whole_nanoseconds(start: int, wait: int) -> None:
    assert elapsed_ms(ms(start), later(ms(start), wait)) == wait


def test_a_fraction_of_a_millisecond_is_kept() -> None:
    assert ms(0.25) == 250_000


# --- audio ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("format_", "size"), [(WIDEBAND, 640), (NARROWBAND, 320), (MULAW_8K, 160)])
def test_twenty_milliseconds_of_audio(format_: AudioFormat, size: int) -> None:
    frame = AudioFrame(format_, bytes(size))
    assert format_.bytes_in(20) == size
    assert frame.samples == format_.samples_in(20)
    assert frame.duration_ns == 20_000_000


@given(st.floats(0, 10_000), st.sampled_from(list(Encoding)), st.integers(8_000, 48_000))
def test_a_length_of_audio_is_a_whole_number_of_samples(
    milliseconds: float, encoding: Encoding, rate: int
) -> None:
    format_ = AudioFormat(encoding, rate)
    assert format_.bytes_in(milliseconds) % format_.sample_bytes == 0
    assert format_.duration_ns(format_.samples_in(milliseconds)) <= milliseconds * 1e6 + 1


def test_half_a_sample_is_no_audio() -> None:
    with pytest.raises(ValueError, match="whole number"):
        AudioFrame(WIDEBAND, bytes(3))


@pytest.mark.parametrize("rate", [0, 7_999, 48_001])
def test_a_rate_must_be_one_of_speech(rate: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        AudioFormat(Encoding.PCM16, rate)


# --- turns ----------------------------------------------------------------------------------------


def turn(content: str, heard: str, *, start: float = 0, end: float = 1) -> ConversationTurn:
    return ConversationTurn(1, Role.AGENT, content, heard, ms(start), ms(end))


def test_what_was_not_heard_is_the_rest() -> None:
    assert turn("We open at nine.", "We open").unheard == " at nine."


def test_nobody_hears_what_was_not_said() -> None:
    with pytest.raises(ValueError, match="prefix"):
        turn("We open at nine.", "We open at ten")


def test_no_turn_ends_before_it_starts() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        turn("Hello.", "Hello.", start=2, end=1)


# --- settings that contradict themselves ----------------------------------------------------------


@pytest.mark.parametrize("field", ["min_pause_ms", "final_transcript_timeout_ms", "max_utterance_ms"])
def test_endpointing_knows_no_negative_waits(field: str) -> None:
    with pytest.raises(ValueError, match=field):
        Endpointing(**{field: -1})  # type: ignore[arg-type]  # the field's name is the parameter


def test_an_unfinished_sentence_is_not_granted_less_time() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Endpointing(min_pause_ms=500, max_pause_ms=499)


@pytest.mark.parametrize("field", ["min_words", "max_hold_ms"])
def test_barge_in_knows_no_negative_numbers(field: str) -> None:
    with pytest.raises(ValueError, match=field):
        BargeIn(**{field: -1})  # type: ignore[arg-type]  # the field's name is the parameter


@pytest.mark.parametrize(
    "field", ["idle_prompt_after_ms", "max_idle_prompts", "filler_after_ms", "give_up_after_ms"]
)
def test_silence_knows_no_negative_numbers(field: str) -> None:
    with pytest.raises(ValueError, match=field):
        Silence(**{field: -1})


def test_at_least_one_failure_is_forgiven() -> None:
    with pytest.raises(ValueError, match="max_failures"):
        Silence(max_failures=0)


@pytest.mark.parametrize("field", ["max_call_ms", "goodbye_ms", "settle_ms"])
def test_limits_are_positive(field: str) -> None:
    with pytest.raises(ValueError, match="positive"):
        Limits(**{field: 0})


@pytest.mark.parametrize("voice", [{"speed": 0.4}, {"speed": 2.1}, {"pitch": -13.0}, {"pitch": 13.0}])
def test_a_voice_stays_human(voice: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be between"):
        VoiceConfig(**voice)  # type: ignore[arg-type]  # only its numbers


def test_only_a_ready_engine_is_ready() -> None:
    assert READY.is_ready
    assert not Readiness(ReadinessState.PREPARING, progress=0.99).is_ready
