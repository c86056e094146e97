"""The microphone never stops: silence, and what is said between."""

from __future__ import annotations

import numpy as np

from backend.interfaces.cli.microphone import Microphone


def test_what_is_said_lies_where_it_was_said_with_silence_around_it() -> None:
    microphone = Microphone(4)
    microphone.frame()
    assert microphone.say(np.array([1, 2, 3, 4, 5, 6], np.int16)) == 4
    frames = [microphone.frame().tolist() for _ in range(3)]
    assert frames == [[1, 2, 3, 4], [5, 6, 0, 0], [0, 0, 0, 0]]
    assert microphone.said().tolist() == [0, 0, 0, 0, *(1, 2, 3, 4), *(5, 6, 0, 0), 0, 0, 0, 0]


def test_a_second_sentence_waits_for_the_end_of_the_first() -> None:
    microphone = Microphone(2)
    assert microphone.say(np.array([1, 1, 1], np.int16)) == 0
    assert microphone.say(np.array([2], np.int16)) == 4
    assert [microphone.frame().tolist() for _ in range(3)] == [[1, 1], [1, 0], [2, 0]]
