import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.value_objects.word_timing import WordTiming
from backend.infrastructure.adapters.local.espeak_library import Utterance
from backend.infrastructure.adapters.local.espeak_session import word_samples
from backend.infrastructure.adapters.local.speakable_text import speakable
from backend.infrastructure.adapters.local.speech_messages import SpeechOrder, decode_speech, encode_speech
from backend.infrastructure.adapters.local.speech_pieces import Piece, cut_into_pieces


def piece_of(text: str) -> Piece:
    (piece,) = cut_into_pieces(speakable(text))
    return piece


def spoken(*word_starts: tuple[int, int]) -> Utterance:
    return Utterance(np.zeros(1_000, np.int16), word_starts)


def test_the_first_part_of_a_word_counts() -> None:
    assert word_samples(piece_of("son 3.50 euros"), spoken((0, 0), (4, 300), (4, 500), (9, 700))) == [
        0,
        300,
        700,
    ]


def test_a_word_that_was_not_reported_begins_between_its_neighbours() -> None:
    first, missing, last = word_samples(piece_of("uno dos tres"), spoken((0, 0), (8, 800)))
    assert (first, last) == (0, 800)
    assert 0 < missing < 800


def test_a_report_that_goes_back_in_time_is_not_believed() -> None:
    samples = word_samples(piece_of("uno dos tres"), spoken((0, 0), (4, 600), (8, 300)))
    assert samples == sorted(samples)


words = st.builds(
    WordTiming,
    start=st.integers(0, 2**31),
    end=st.integers(0, 2**31),
    at_ms=st.floats(0, 1e7),
)


@given(audio=st.binary(max_size=200), timings=st.lists(words, max_size=5))
def test_speech_survives_the_pipe(audio: bytes, timings: list[WordTiming]) -> None:
    assert decode_speech(encode_speech(audio, tuple(timings))) == (audio, tuple(timings))


def test_an_order_survives_the_pipe_and_nonsense_is_refused() -> None:
    order = SpeechOrder("¿Qué? \N{GRINNING FACE}", "es", 165, 50, "mulaw", 8_000)
    assert SpeechOrder.decode(order.encode()) == order
    with pytest.raises(TypeError):
        SpeechOrder.decode(b'{"tongue": 1}')
