"""A caller on the telephone goes by ear."""

from __future__ import annotations

import numpy as np

from backend.interfaces.cli.call_script import PATIENCE_MS, HangUp, Utterance
from backend.interfaces.cli.phone_script import GREETING_PATIENCE_MS, QUIET_MS, PhoneScript, PressKeys
from backend.interfaces.cli.speaker import Stretch

RATE = 1_000  # so that samples are milliseconds
LENGTH = 500


def script(*names: str, keys: str = "", barge_in_ms: int | None = None) -> PhoneScript:
    sounds = [Utterance(name, np.full(LENGTH, 9_000, np.int16), RATE) for name in names]
    return PhoneScript(sounds, rate=RATE, keys=keys, barge_in_ms=barge_in_ms)


def does(script: PhoneScript, heard: list[Stretch], now: int) -> str | None:
    match script.next(heard, now=now):
        case None:
            return None
        case HangUp():
            return "hangs up"
        case PressKeys(keys=keys):
            return f"presses {keys}"
        case Utterance(name=name):
            return f"says {name}"


GREETING = Stretch(100, 3_000)


def test_the_caller_lets_the_greeting_end() -> None:
    call = script("hello")
    assert does(call, [GREETING], 2_000) is None
    assert does(call, [GREETING], 3_000 + QUIET_MS - 1) is None
    assert does(call, [GREETING], 3_000 + QUIET_MS) == "says hello"


def test_an_agent_that_says_nothing_lets_the_caller_begin() -> None:
    call = script("hello")
    assert does(call, [], GREETING_PATIENCE_MS - 1) is None
    assert does(call, [], GREETING_PATIENCE_MS) == "says hello"


def test_each_thing_is_said_when_the_one_before_was_answered() -> None:
    call = script("hello", "bye")
    does(call, [GREETING], 5_000)
    assert does(call, [GREETING], 6_000) is None
    answer = Stretch(6_000, 7_000)
    assert does(call, [GREETING, answer], 7_000 + QUIET_MS - 1) is None
    assert does(call, [GREETING, answer], 7_000 + QUIET_MS) == "says bye"
    goodbye = Stretch(9_500, 9_900)
    assert does(call, [GREETING, answer, goodbye], 9_900 + QUIET_MS) == "hangs up"


def test_an_answer_of_two_pieces_is_heard_to_its_end() -> None:
    call = script("hello", "bye")
    does(call, [GREETING], 5_000)
    pieces = [GREETING, Stretch(6_000, 7_000), Stretch(7_600, 9_000)]
    assert does(call, pieces, 9_000 + QUIET_MS - 1) is None


def test_patience_ends() -> None:
    call = script("hello", "anybody there")
    does(call, [GREETING], 5_000)
    said = 5_000 + LENGTH
    assert does(call, [GREETING], said + PATIENCE_MS - 1) is None
    assert does(call, [GREETING], said + PATIENCE_MS) == "says anybody there"


def test_keys_are_pressed_after_the_first_answer() -> None:
    call = script("hello", "bye", keys="12#")
    does(call, [GREETING], 5_000)
    answer = Stretch(6_000, 7_000)
    assert does(call, [GREETING, answer], 8_200) == "presses 12#"
    assert does(call, [GREETING, answer], 9_000) is None
    assert does(call, [GREETING, answer, Stretch(9_000, 9_500)], 9_500 + QUIET_MS) == "says bye"


def test_an_impatient_caller_speaks_into_the_answer() -> None:
    call = script("hello", "wait", barge_in_ms=400)
    assert does(call, [GREETING], 5_000) == "says hello"
    answer = Stretch(6_000, 12_000)
    assert does(call, [GREETING, answer], 6_399) is None
    assert does(call, [GREETING, answer], 6_400) == "says wait"


def test_with_a_single_thing_to_say_it_goes_into_the_greeting() -> None:
    call = script("wait", barge_in_ms=400)
    assert does(call, [GREETING], 499) is None
    assert does(call, [GREETING], 500) == "says wait"
