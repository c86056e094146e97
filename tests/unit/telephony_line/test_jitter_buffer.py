"""Packets in, audio in order out."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.application.processors.jitter_buffer import MAX_CONCEALED_MS, REORDER_MS, JitterBuffer, Piece

RATE = 8_000
PACKET_MS = 20
LOUDNESS = 40  # so that invented audio fades visibly
MODES = ("sequence", "timestamp_ms")


def packet(number: int, milliseconds: int = PACKET_MS) -> bytes:
    """Return audio that says which packet it is."""
    return np.full(milliseconds * RATE // 1_000, number * LOUDNESS % 32_000, np.int16).tobytes()


def put(buffer: JitterBuffer, number: int, mode: str, *, first: int = 0) -> list[bytes]:
    """Deliver packet ``number``, numbered from ``first`` on."""
    place = first + (number if mode == "sequence" else number * PACKET_MS)
    return heard(buffer.put(packet(number), **{mode: place}))


def heard(pieces: Iterable[Piece]) -> list[bytes]:
    return [piece.pcm for piece in pieces]


def delivered(order: list[int], mode: str, buffer: JitterBuffer | None = None, first: int = 0) -> list[int]:
    """Return which packets come out, in order; -1 for audio that was invented."""
    buffer = buffer or JitterBuffer(RATE)
    return named([piece for number in order for piece in put(buffer, number, mode, first=first)])


def named(pieces: list[bytes]) -> list[int]:
    """Return the numbers of packets; into their first samples others may be blended."""
    names = []
    for piece in pieces:
        samples = np.frombuffer(piece, np.int16)
        is_one = len(np.unique(samples[40:])) == 1 and len(samples) == len(packet(0)) // 2
        names.append(int(samples[-1]) // LOUDNESS if is_one and samples[-1] else -1)
    return names


@pytest.mark.parametrize("mode", MODES)
def test_in_order_each_packet_comes_out_at_once_and_untouched(mode: str) -> None:
    buffer = JitterBuffer(RATE)
    for number in range(1, 500):
        assert put(buffer, number, mode) == [packet(number)]
    assert (buffer.dropped, buffer.concealed_ms) == (0, 0)


def test_unnumbered_packets_are_believed_to_be_in_order() -> None:
    buffer = JitterBuffer(RATE)
    assert [heard(buffer.put(packet(number))) for number in (3, 1, 2)] == [[packet(n)] for n in (3, 1, 2)]


@pytest.mark.parametrize("mode", MODES)
@given(data=st.data())
def test_whatever_is_reordered_within_the_window_comes_out_in_order(mode: str, data: st.DataObject) -> None:
    """Every packet but the first is late by up to two others."""
    delays = data.draw(st.lists(st.integers(0, REORDER_MS // PACKET_MS - 1), min_size=1, max_size=60))
    numbers = range(2, len(delays) + 2)
    order = sorted(numbers, key=lambda number: (number + delays[number - 2], -number))
    assert delivered([1, *order, len(delays) + 2], mode) == list(range(1, len(delays) + 3))


@pytest.mark.parametrize("mode", MODES)
@given(copies=st.lists(st.integers(1, 3), min_size=2, max_size=60))
def test_doubled_packets_are_heard_once(mode: str, copies: list[int]) -> None:
    order = [number for number, count in enumerate(copies, start=1) for _ in range(count)]
    buffer = JitterBuffer(RATE)
    assert delivered(order, mode, buffer) == list(range(1, len(copies) + 1))
    assert buffer.dropped == sum(copies[:-1]) - len(copies) + 1


@pytest.mark.parametrize("mode", MODES)
def test_a_lost_packet_is_concealed_once_the_reordering_window_has_passed(mode: str) -> None:
    buffer = JitterBuffer(RATE)
    assert delivered([1, 2, 4, 5], mode, buffer) == [1, 2]
    assert delivered([6], mode, buffer) == [-1, 4, 5, 6]
    assert buffer.concealed_ms == PACKET_MS
    assert delivered([3, 7], mode, buffer) == [7]  # too late
    assert buffer.dropped == 1


@pytest.mark.parametrize("mode", MODES)
def test_two_losses_in_a_window_are_both_concealed(mode: str) -> None:
    assert delivered([1, 2, 4, 6, 7, 8, 9], mode) == [1, 2, -1, 4, -1, 6, 7, 8, 9]


@pytest.mark.parametrize("mode", MODES)
def test_a_long_gap_is_not_filled_with_silence(mode: str) -> None:
    """A caller whom we did not hear for 800 ms has not paused for 800 ms."""
    buffer = JitterBuffer(RATE)
    delivered([1, 2, 43, 44, 45], mode, buffer)
    assert buffer.concealed_ms == MAX_CONCEALED_MS


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("again", [-100_000, -40, 1_000_000])
def test_a_count_that_starts_again_loses_nothing(mode: str, again: int) -> None:
    """A wrap, a restart, a jump: the new count is taken up, the packets that announced it included."""
    buffer = JitterBuffer(RATE)
    before, after = list(range(1, 101)), list(range(101, 131))
    assert delivered(before, mode, buffer, first=65_400) == before
    step = 1 if mode == "sequence" else PACKET_MS
    assert delivered(after, mode, buffer, first=65_400 + again * step) == after


@pytest.mark.parametrize("mode", MODES)
def test_many_late_packets_are_no_new_count(mode: str) -> None:
    """On a very bad network more of them come than a new count has to show, while the old one goes on."""
    order = [1, *(n for at in range(5, 101, 5) for n in (at, at + 1, at + 2, at - 2, at - 1))]
    heard = [number for number in delivered(order, mode) if number > 0]
    assert heard == [1, *(n for at in range(5, 101, 5) for n in (at, at + 1, at + 2))]


def test_numbers_that_never_change_make_nobody_deaf() -> None:
    buffer = JitterBuffer(RATE)
    pieces = [piece for number in range(1, 33) for piece in buffer.put(packet(number), timestamp_ms=0)]
    assert named(heard(pieces))[:25] == list(range(1, 26))


def test_one_strange_number_is_passed_over() -> None:
    buffer = JitterBuffer(RATE)
    buffer.put(packet(1), sequence=1)
    assert buffer.put(packet(9), sequence=4_000_000_000) == ()
    assert heard(buffer.put(packet(2), sequence=2)) == [packet(2)]
    assert buffer.dropped == 1


def test_a_carriers_clock_may_be_some_milliseconds_off() -> None:
    buffer = JitterBuffer(RATE)
    for number, timestamp_ms in enumerate([5, 26, 44, 66, 85, 107, 124], start=1):
        assert heard(buffer.put(packet(number), timestamp_ms=timestamp_ms)) == [packet(number)]


def test_packets_may_be_longer() -> None:
    buffer = JitterBuffer(RATE)
    for number in range(1, 10):
        assert heard(buffer.put(packet(number, 40), timestamp_ms=40 * number)) == [packet(number, 40)]


def test_an_empty_packet_is_a_lost_one() -> None:
    buffer = JitterBuffer(RATE)
    pieces = [*buffer.put(packet(1), sequence=1), *buffer.put(b"", sequence=2)]
    for number in (3, 4, 5):
        pieces += buffer.put(packet(number), sequence=number)
    assert named(heard(pieces)) == [1, -1, 3, 4, 5]


def test_each_piece_says_where_its_sender_puts_it() -> None:
    """Also where packets were lost, doubled or out of order; only what was invented has no place."""
    buffer, pieces = JitterBuffer(RATE), list[Piece]()
    for number in (1, 2, 2, 4, 3, 5, 7, 8, 9):
        pieces += buffer.put(packet(number), sequence=number, timestamp_ms=number * PACKET_MS + 5)
    assert [piece.stamp_ms for piece in pieces] == [25, 45, 65, 85, 105, None, 145, 165, 185]


def test_after_a_stall_the_burst_is_whole() -> None:
    assert delivered(list(range(1, 301)), "sequence") == list(range(1, 301))


@pytest.mark.parametrize("loss", [0.01, 0.05, 0.10])
@pytest.mark.parametrize("mode", MODES)
def test_as_much_comes_out_as_was_said(mode: str, loss: float) -> None:
    """Two minutes with random loss, and order and number of the rest disturbed by up to 40 ms."""
    dice = np.random.default_rng(1)
    numbers = range(1, 6_001)
    arrivals: list[tuple[float, int]] = []
    arrivals += [(n + dice.uniform(0, 2), n) for n in numbers if dice.random() > loss]
    arrivals += [(n + 1, n) for n in numbers if dice.random() < 0.02]
    buffer = JitterBuffer(RATE)
    samples = sum(
        len(piece.pcm) // 2
        for _, number in sorted(arrivals)
        for piece in buffer.put(packet(number), **{mode: number * (1 if mode == "sequence" else PACKET_MS)})
    )
    assert samples / (len(numbers) * PACKET_MS * RATE / 1_000) == pytest.approx(1, abs=0.005)
