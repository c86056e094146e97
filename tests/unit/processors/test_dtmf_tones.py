"""The tones of keys, heard as a receiver hears them."""

from __future__ import annotations

import numpy as np
import pytest

from backend.application.processors.dtmf_tones import GAP_MS, KEY_MS, dtmf_tones, key_times_ms
from backend.domain.value_objects.keypad import KEYS, PAUSE_MS
from tests.support.tones import keys_heard, power, presses_heard


@pytest.mark.parametrize("rate", [8_000, 16_000])
def test_every_key_is_heard_as_itself(rate: int) -> None:
    assert keys_heard(dtmf_tones(KEYS, rate), rate) == KEYS


def test_a_key_pressed_twice_is_heard_twice() -> None:
    assert keys_heard(dtmf_tones("4422", 8_000), 8_000) == "4422"


def test_between_two_keys_is_silence() -> None:
    sound = dtmf_tones("55", 8_000)
    on, off = 8 * KEY_MS, 8 * GAP_MS
    assert len(sound) == 2 * (on + off)
    assert not sound[on : on + off].any()
    assert not sound[-off:].any()


def test_a_pause_is_half_a_second_of_silence_more() -> None:
    sound = dtmf_tones("1ww2", 8_000)
    assert len(sound) == 8 * (2 * (KEY_MS + GAP_MS) + 2 * PAUSE_MS)
    assert not sound[8 * KEY_MS : -8 * (KEY_MS + GAP_MS)].any()
    assert keys_heard(sound, 8_000) == "12"


def test_it_is_known_when_which_key_sounds() -> None:
    keys = "w1w2"
    times = dict(zip(keys, key_times_ms(keys), strict=True))
    first, second = presses_heard(dtmf_tones(keys, 8_000), 8_000)
    assert abs(first.begins_ms - times["1"]) <= 10
    assert abs(second.begins_ms - times["2"]) <= 10
    assert key_times_ms("") == []


def test_tones_are_loud_but_do_not_overdrive_and_do_not_click() -> None:
    sound = dtmf_tones("D", 8_000)[: 8 * KEY_MS].astype(int)
    assert 8_000 < np.abs(sound).max() < 16_000
    assert abs(sound[0]) < 100
    assert abs(sound[-1]) < 100


def test_the_two_tones_are_of_like_strength_the_high_one_louder() -> None:
    sound = dtmf_tones("1", 8_000)[: 8 * KEY_MS]
    twist_db = 10 * np.log10(power(sound, 1_209, 8_000) / power(sound, 697, 8_000))
    assert 1 < twist_db < 3  # Q.24 lets receivers rely on less than 4 dB of it


def test_nothing_pressed_is_nothing_heard() -> None:
    assert len(dtmf_tones("", 8_000)) == 0


@pytest.mark.parametrize("keys", ["E", "1 2", "W", "٣"])
def test_a_key_that_no_telephone_has_is_refused(keys: str) -> None:
    with pytest.raises(ValueError, match="no telephone has"):
        dtmf_tones(keys, 8_000)
