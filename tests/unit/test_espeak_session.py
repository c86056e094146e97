"""The session with a synthesiser of our own: every character lasts 100 ms, with silence around the text."""

from __future__ import annotations

import numpy as np
import pytest

from backend.domain.value_objects.word_timing import WordTiming
from backend.infrastructure.adapters.local.espeak_library import Utterance
from backend.infrastructure.adapters.local.espeak_session import EspeakSession
from backend.infrastructure.adapters.local.framing import Kind, Message
from backend.infrastructure.adapters.local.speech_messages import SpeechOrder, decode_speech

SILENCE_MS = 300
CHARACTER_MS = 100


class ToneSynthesizer:
    """Speaks at 16 kHz, so that times are exact, and notes what it is asked for."""

    rate = 16_000

    def __init__(self) -> None:
        self.texts: list[str] = []

    def synthesize(
        self, text: str, *, voice: str, words_per_minute: int, pitch: int, pause_at_end: bool
    ) -> Utterance:
        self.texts.append(text)
        silence = np.zeros(SILENCE_MS * 16, np.int16)
        tone = np.full(len(text) * CHARACTER_MS * 16, 5_000, np.int16)
        words = [at for at in range(len(text)) if text[at] != " " and (at == 0 or text[at - 1] == " ")]
        starts = tuple((at, (SILENCE_MS + at * CHARACTER_MS) * 16) for at in words)
        return Utterance(np.concatenate((silence, tone, silence)), starts)


class Listener:
    """Collects what a session sends."""

    def __init__(self, text: str) -> None:
        self.kinds: list[Kind] = []
        self.audio = b""
        self.words: list[WordTiming] = []
        self.synthesizer = ToneSynthesizer()
        order = SpeechOrder(text, "es", 165, 50, "pcm16", 16_000)
        self.session = EspeakSession(self.synthesizer, order, self._take)

    def _take(self, kind: Kind, payload: bytes) -> None:
        self.kinds.append(kind)
        if kind is Kind.SPEECH:
            audio, words = decode_speech(payload)
            self.audio += audio
            self.words += words

    def run(self) -> None:
        """Let the session work until it has nothing to do."""
        while self.session.advance():
            pass

    @property
    def audio_ms(self) -> float:
        return len(self.audio) / 32


def test_silence_is_cut_around_the_speech_and_times_follow() -> None:
    listener = Listener("uno dos")
    listener.run()
    assert listener.audio_ms == pytest.approx(10 + 7 * CHARACTER_MS + 120, abs=1)
    assert [(word.start, word.end) for word in listener.words] == [(0, 3), (4, 7)]
    assert [word.at_ms for word in listener.words] == pytest.approx([10, 410], abs=1)
    assert listener.kinds[-1] is Kind.DONE


def test_silence_between_pieces_stays_and_times_go_on() -> None:
    sentence = f"{'palabra ' * 14}fin. "
    listener = Listener(sentence * 2)
    listener.run()
    first, second = (len(text) * CHARACTER_MS for text in listener.synthesizer.texts)
    assert listener.audio_ms == pytest.approx(10 + first + 2 * SILENCE_MS + second + 120, abs=1)
    # The second piece begins with the space that the first left.
    word = listener.words[15]
    assert word.at_ms == pytest.approx(10 + first + 2 * SILENCE_MS + CHARACTER_MS, abs=1)
    assert sentence[word.start - len(sentence) : word.end - len(sentence)] == "palabra"


def test_no_more_is_made_than_was_asked_for() -> None:
    listener = Listener("Una frase que es larga y no se acaba. " * 40)
    listener.run()
    assert len(listener.synthesizer.texts) == 2
    assert not listener.session.advance()
    listener.session.accept(Message(1, Kind.MORE))
    listener.run()
    assert len(listener.synthesizer.texts) == 3
    assert Kind.DONE not in listener.kinds


def test_the_first_chunk_is_sent_before_the_rest_is_ready() -> None:
    listener = Listener("una frase de cierta longitud")
    while Kind.SPEECH not in listener.kinds:
        assert listener.session.advance()
    assert 0 < listener.audio_ms <= 200


def test_nothing_to_pronounce_is_done_at_once() -> None:
    listener = Listener("...")
    listener.run()
    assert listener.kinds == [Kind.DONE]
    assert listener.synthesizer.texts == []
