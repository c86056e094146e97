"""G.711 against the standard's own tables, rebuilt here from their decision values."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from backend.application.processors.g711 import alaw_decode, alaw_encode, mulaw_decode, mulaw_encode

ALL_CODES = bytes(range(256))


def decision_values(ends: list[int], intervals: list[int]) -> list[int]:
    """Return all decision values, given each segment's end points and number of intervals."""
    values = [ends[0]]
    for (start, end), count in zip(pairwise(ends), intervals, strict=True):
        values.extend(start + (end - start) * step // count for step in range(1, count + 1))
    return values


# G.711 table 2a, columns 1 to 3, from zero outwards: 1 interval of 1, 15 of 2, 16 of 4 … 16 of 256.
MULAW_DECISIONS = decision_values([0, 1, 31, 95, 223, 479, 991, 2015, 4063, 8159], [1, 15, *[16] * 7])
# G.711 table 1a: 32 intervals of 2, 16 of 4 … 16 of 128.
ALAW_DECISIONS = decision_values([0, 64, 128, 256, 512, 1024, 2048, 4096], [32, *[16] * 6])


def test_mulaw_decodes_to_the_values_of_table_2a() -> None:
    # Decoder output y0 = 0, yn = (xn + xn+1) / 2; character signals run down from 11111111.
    wanted = [0, *((low + high) // 2 for low, high in pairwise(MULAW_DECISIONS[1:]))]
    decoded = mulaw_decode(ALL_CODES).tolist()
    assert [decoded[0xFF - n] for n in range(128)] == [4 * y for y in wanted]
    assert [decoded[0x7F - n] for n in range(128)] == [-4 * y for y in wanted]


def test_alaw_decodes_to_the_values_of_table_1a() -> None:
    # Decoder output yn = (xn-1 + xn) / 2; character signals run up from 10000000, even bits inverted.
    wanted = [(low + high) // 2 for low, high in pairwise(ALAW_DECISIONS)]
    decoded = alaw_decode(ALL_CODES).tolist()
    assert [decoded[(0x80 + n) ^ 0x55] for n in range(128)] == [8 * y for y in wanted]
    assert [decoded[n ^ 0x55] for n in range(128)] == [-8 * y for y in wanted]


def test_known_codes() -> None:
    silence_and_extremes = np.array([0, 32_767, -32_768, 1_000, -1_000], np.int16)
    assert mulaw_encode(silence_and_extremes).hex() == "ff8000ce4e"
    assert alaw_encode(silence_and_extremes).hex() == "d5aa2afa7a"


@pytest.mark.parametrize(
    ("encode", "decisions", "scale", "code_of"),
    [
        (mulaw_encode, MULAW_DECISIONS, 4, lambda n: 0xFF - n),
        (alaw_encode, ALAW_DECISIONS, 8, lambda n: (0x80 + n) ^ 0x55),
    ],
    ids=["mulaw", "alaw"],
)
def test_every_sample_takes_the_interval_it_lies_in(
    encode: Callable[[NDArray[np.int16]], bytes],
    decisions: list[int],
    scale: int,
    code_of: Callable[[int], int],
) -> None:
    samples = np.arange(32_768).astype(np.int16)
    interval = np.minimum(np.searchsorted(np.array(decisions) * scale, samples, side="right") - 1, 127)
    assert list(encode(samples)) == [code_of(int(n)) for n in interval]
    # The other sign differs in the sign bit alone (in one's complement, see the module).
    assert list(encode(~samples)) == [code_of(int(n)) ^ 0x80 for n in interval]


def test_what_was_decoded_encodes_to_the_same_code() -> None:
    assert alaw_encode(alaw_decode(ALL_CODES)) == ALL_CODES
    # µ-law's negative zero is the one code that 16-bit samples cannot tell from another.
    assert mulaw_encode(mulaw_decode(ALL_CODES)) == ALL_CODES.replace(b"\x7f", b"\xff")


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.integers(-32_768, 32_767), max_size=400))
def test_a_trip_over_the_network_changes_a_sample_by_little(values: list[int]) -> None:
    samples = np.array(values, np.int16)
    for encode, decode in ((mulaw_encode, mulaw_decode), (alaw_encode, alaw_decode)):
        error = np.abs(decode(encode(samples)).astype(np.int32) - samples)
        # Half a step: 1/32 of the magnitude at most, and never less than the smallest step's half.
        assert np.all(error <= np.abs(samples.astype(np.int32)) / 32 + 8)


def test_a_part_of_a_larger_array_can_be_encoded() -> None:
    samples = np.arange(-400, 400, dtype=np.int16)
    assert mulaw_encode(samples[100::2]) == mulaw_encode(samples[100::2].copy())
