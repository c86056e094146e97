"""Every millisecond of a turn has one owner."""

from __future__ import annotations

from dataclasses import astuple

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.value_objects.instant import Instant, elapsed_ms, ms
from backend.domain.value_objects.latency import TurnLatency, turn_latency

instants = st.integers(0, 60 * 10**9).map(Instant)
perhaps = st.none() | instants


@given(instants, instants, instants, perhaps, perhaps, perhaps, instants)
def test_the_segments_sum_to_what_the_caller_felt(
    speech_ended: Instant,
    entitled_until: Instant,
    decided: Instant,
    first_token: Instant | None,
    first_clause: Instant | None,
    first_audio: Instant | None,
    audible: Instant,
) -> None:
    latency = turn_latency(
        speech_ended=speech_ended,
        entitled_until=entitled_until,
        decided=decided,
        first_token=first_token,
        first_clause=first_clause,
        first_audio=first_audio,
        audible=audible,
    )
    felt = max(0, audible - speech_ended)
    assert sum(round(segment * 1e6) for segment in astuple(latency)) == felt  # to the nanosecond
    assert round(latency.voice_to_voice_ms * 1e6) == felt
    assert min(astuple(latency)) >= 0


def stages(**changed: Instant | None) -> TurnLatency:
    usual: dict[str, Instant | None] = {
        "first_token": ms(1_000),
        "first_clause": ms(1_200),
        "first_audio": ms(1_300),
    }
    return turn_latency(
        speech_ended=ms(0), entitled_until=ms(480), decided=ms(600), audible=ms(1_350), **(usual | changed)
    )


def test_each_stage_is_charged_to_its_owner() -> None:
    assert stages() == TurnLatency(480, 120, 400, 200, 100, 50)


def test_a_filler_that_is_heard_first_takes_the_blame_for_what_was_not_reached() -> None:
    nothing_yet = stages(first_token=None, first_clause=None, first_audio=None)
    assert nothing_yet == TurnLatency(480, 120, 750, 0, 0, 0)


def test_what_came_after_the_first_sound_did_not_delay_it() -> None:
    assert stages(first_clause=ms(2_000), first_audio=ms(2_100)) == TurnLatency(480, 120, 400, 350, 0, 0)


def test_an_answer_decided_before_the_pause_was_over_was_not_waited_for() -> None:
    latency = turn_latency(
        speech_ended=ms(0),
        entitled_until=ms(480),
        decided=ms(300),
        first_token=ms(400),
        first_clause=ms(500),
        first_audio=ms(600),
        audible=ms(650),
    )
    assert (latency.pause_ms, latency.transcript_ms) == (300, 0)
    assert latency.voice_to_voice_ms == elapsed_ms(ms(0), ms(650))
