"""How much sooner an agent answers that listens for the end and does not wait for it, and what that costs.

The numbers are exact, because the calls are held in virtual time; ``make bench`` prints the whole table.
"""

from __future__ import annotations

from typing import Final

from tests.support.haste import HASTES, PLAIN, SCRIPTS, as_sentences, hear_all, without_marks

LESS: Final = 0.25


def test_both_together_take_a_quarter_off_the_wait_and_cut_nobody_off_more_often() -> None:
    plain, both = hear_all(PLAIN), hear_all(HASTES["both"])
    assert len(plain.waits_ms) == len(both.waits_ms) == sum(map(len, SCRIPTS.values()))
    assert both.median_ms <= (1 - LESS) * plain.median_ms
    assert both.cut_offs <= plain.cut_offs


def test_each_of_them_helps() -> None:
    plain = hear_all(PLAIN)
    adaptive, speculative = hear_all(HASTES["adaptive endpointing"]), hear_all(HASTES["speculative replies"])
    assert adaptive.median_ms < plain.median_ms
    assert adaptive.cut_offs < plain.cut_offs
    assert speculative.median_ms < plain.median_ms
    assert speculative.cut_offs == plain.cut_offs


def test_most_drafts_are_of_use() -> None:
    both = hear_all(HASTES["both"])
    assert 0 < both.withdrawn <= 0.25 * both.begun


def test_a_recogniser_that_writes_no_full_stops_helps_less_against_cut_offs_and_no_less_against_waits() -> (
    None
):
    plain, both = hear_all(PLAIN, without_marks), hear_all(HASTES["both"], without_marks)
    assert both.median_ms <= (1 - LESS) * plain.median_ms
    assert both.cut_offs <= plain.cut_offs


def test_a_recogniser_that_ends_a_sentence_at_every_pause_makes_callers_wait_rather_than_cuts_them_off() -> (
    None
):
    plain, both = hear_all(PLAIN, as_sentences), hear_all(HASTES["both"], as_sentences)
    assert both.cut_offs <= 0.5 * plain.cut_offs
    assert both.median_ms < plain.median_ms
