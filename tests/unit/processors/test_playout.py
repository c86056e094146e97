"""The playout clock: what is handed over when, and what counts as heard."""

from __future__ import annotations

import pytest

from backend.application.processors.playout import (
    NO_REPORT_MS,
    STANDSTILL_MS,
    Drained,
    Ended,
    HeardAudio,
    HeardText,
    Playout,
    PlayoutFact,
    Started,
)
from backend.application.processors.reply_audio import ReplyAudio
from backend.domain.value_objects.audio import NARROWBAND, AudioFrame
from backend.domain.value_objects.instant import ms
from backend.domain.value_objects.word_timing import WordTiming

MS = 8  # samples
WORDS = (WordTiming(0, 2, 0.0), WordTiming(3, 6, 250.0), WordTiming(7, 11, 600.0))


def playout(*, reports: bool = True) -> Playout:
    return Playout(NARROWBAND, lead_ms=200, packet_ms=40, reports=reports)


def begin(line: Playout) -> ReplyAudio:
    reply = ReplyAudio(NARROWBAND)
    line.begin(reply)
    return reply


def speak(reply: ReplyAudio, milliseconds: int, text: str = "We are open", *, ends: bool = True) -> None:
    reply.begin_clause(text)
    reply.append(AudioFrame(NARROWBAND, b"\x01\x00" * (milliseconds * MS)), WORDS)
    if ends:
        reply.end_clause()


def send(line: Playout, at_ms: float) -> int:
    """Take all that may be sent; return how many milliseconds that was."""
    sent = 0
    while (frame := line.take(ms(at_ms))) is not None:
        sent += frame.samples // MS
    return sent


def kinds(facts: list[PlayoutFact]) -> list[type]:
    return [type(fact) for fact in facts]


def test_no_more_is_handed_over_than_the_lead() -> None:
    line = playout()
    speak(begin(line), 1_000)
    assert send(line, 0) == 200
    assert send(line, 39) == 0
    assert send(line, 40) == 40


def test_what_was_prepared_out_of_hearing_is_heard_from_its_beginning() -> None:
    line, draft = playout(), ReplyAudio(NARROWBAND)
    speak(draft, 1_000)
    assert send(line, 0) == 0
    line.begin(draft)
    assert send(line, 100) == 200
    line.played(40 * MS, ms(150))
    assert kinds(line.advance(ms(150))) == [Started, HeardAudio]


def test_a_line_that_plays_nothing_is_not_filled_up() -> None:
    line = playout()
    speak(begin(line), 60_000)
    assert sum(send(line, at) for at in range(0, NO_REPORT_MS, 20)) <= 200 + 1_000


def test_a_reply_is_heard_from_its_first_reported_sample_to_its_last() -> None:
    line = playout()
    reply = begin(line)
    speak(reply, 200)
    reply.end()
    send(line, 0)
    assert line.advance(ms(100)) == []
    line.played(8, ms(101))
    started, audio = line.advance(ms(101))
    assert started == Started(ms(100))
    assert audio == HeardAudio(ms(100), b"\x01\x00" * 8)
    line.played(200 * MS, ms(300))
    assert kinds(line.advance(ms(300))) == [HeardAudio, HeardText, Ended]
    assert line.advance(ms(301)) == []


def test_a_line_without_reports_is_believed_to_play_what_it_gets() -> None:
    line = playout(reports=False)
    reply = begin(line)
    speak(reply, 200)
    reply.end()
    send(line, 0)
    assert kinds(line.advance(ms(199))) == [Started, HeardAudio]
    assert kinds(line.advance(ms(200))) == [HeardAudio, HeardText, Ended]


def test_when_audio_runs_out_the_reply_is_drained_and_starts_again() -> None:
    line = playout(reports=False)
    reply = begin(line)
    speak(reply, 80, ends=False)
    send(line, 0)
    assert kinds(line.advance(ms(80))) == [Started, HeardAudio, Drained]
    reply.append(AudioFrame(NARROWBAND, b"\x01\x00" * 100 * MS))
    send(line, 500)
    assert line.advance(ms(520))[0] == Started(ms(500))


def test_a_broken_reply_is_played_and_then_told_as_broken() -> None:
    line = playout(reports=False)
    reply = begin(line)
    speak(reply, 200, ends=False)
    reply.end("tts-broke")
    send(line, 0)
    assert kinds(line.advance(ms(100))) == [Started, HeardAudio]
    assert line.advance(ms(200))[1:] == [Drained(), Ended("tts-broke")]


def test_a_broken_reply_without_a_sound_is_told_at_once() -> None:
    line = playout()
    begin(line).end("llm-broke")
    assert line.advance(ms(0)) == [Ended("llm-broke")]


def test_holding_goes_back_to_the_word_and_cutting_keeps_what_was_heard() -> None:
    line = playout(reports=False)
    speak(begin(line), 1_000)
    for at in range(0, 440, 40):
        send(line, at)
    line.hold(ms(400))
    assert send(line, 400) == 0
    line.resume()
    send(line, 2_000)
    audio = next(fact for fact in line.advance(ms(2_100)) if isinstance(fact, HeardAudio))
    assert audio.at == ms(2_000)
    line.hold(ms(2_100))
    heard, _ = line.flush(ms(2_100))
    assert heard == "We"


def test_a_word_that_is_said_again_has_still_been_heard_up_to_there() -> None:
    """Timings between two samples must not cost the word before it."""
    line = playout(reports=False)
    reply = begin(line)
    reply.begin_clause("We are open")
    words = (WordTiming(0, 2, 0.0), WordTiming(3, 6, 250.05), WordTiming(7, 11, 600.0))
    reply.append(AudioFrame(NARROWBAND, b"\x01\x00" * 1_000 * MS), words)
    for at in range(0, 300, 20):
        send(line, at)
    line.hold(ms(300))
    line.resume()
    send(line, 1_000)
    heard, _ = line.flush(ms(1_000))
    assert heard == "We"


@pytest.mark.parametrize("position", [0, -5, 10_000_000])
def test_a_report_that_cannot_be_true_proves_nothing(position: int) -> None:
    line = playout()
    speak(begin(line), 1_000)
    send(line, 0)
    line.played(position, ms(50))
    assert line.advance(ms(60)) == []


def test_a_late_report_about_what_was_flushed_proves_nothing() -> None:
    line = playout()
    speak(begin(line), 1_000)
    send(line, 0)
    line.flush(ms(50))
    speak(begin(line), 1_000)
    send(line, 60)
    line.played(200 * MS, ms(70))
    assert line.advance(ms(80)) == []
    line.played(201 * MS, ms(90))
    assert kinds(line.advance(ms(90))) == [Started, HeardAudio]


def test_a_speaker_that_stands_still_is_silence_until_it_goes_on() -> None:
    line = playout()
    speak(begin(line), 1_000)
    send(line, 0)
    line.played(100 * MS, ms(100))
    line.advance(ms(100))
    seen = [fact for at in range(120, 120 + 2 * STANDSTILL_MS, 20) for fact in _repeat(line, 100 * MS, at)]
    assert seen.count(Drained()) == 1
    line.played(120 * MS, ms(9_000))
    assert kinds(line.advance(ms(9_000)))[0] is Started
    assert Drained() not in line.advance(ms(9_001))


def _repeat(line: Playout, position: int, at_ms: int) -> list[PlayoutFact]:
    line.played(position, ms(at_ms))
    return line.advance(ms(at_ms))


def test_a_lead_shorter_than_a_packet_still_sends() -> None:
    line = Playout(NARROWBAND, lead_ms=20, packet_ms=40, reports=False)
    speak(begin(line), 200)
    assert send(line, 0) == 40
    line.advance(ms(40))
    assert send(line, 40) == 40
