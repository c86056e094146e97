"""What receipts say."""

from __future__ import annotations

import pytest

from backend.application.services.telephony.marks import MARK_EVERY_MS, OVERDUE_MS, Marks
from backend.domain.value_objects.audio import NARROWBAND
from backend.domain.value_objects.instant import NS_PER_MS

PACKET = NARROWBAND.samples_in(40)


def ns(milliseconds: float) -> int:
    return round(milliseconds * NS_PER_MS)


def sent_at_once(marks: Marks, packets: int, now: int = 0) -> list[str]:
    """Send packets in one go; return the marks that go with them."""
    names = [marks.sent(PACKET, now) for _ in range(packets)]
    return [name for name in names if name is not None]


def test_a_mark_follows_the_first_packet_and_then_every_200_ms() -> None:
    per_mark = MARK_EVERY_MS // 40
    expected = [str(PACKET), *(str(PACKET * (1 + per_mark * n)) for n in (1, 2))]
    assert sent_at_once(Marks(NARROWBAND), 1 + 2 * per_mark) == expected


def test_what_follows_a_silence_is_marked_at_once() -> None:
    marks = Marks(NARROWBAND)
    sent_at_once(marks, 2)
    assert marks.sent(PACKET, ns(80)) == str(3 * PACKET)


def test_a_receipt_stands_for_those_before_it() -> None:
    marks = Marks(NARROWBAND)
    sent_at_once(marks, 11)
    assert marks.returned(str(6 * PACKET)) == 6 * PACKET
    assert marks.overdue_at == ns(11 * 40 + OVERDUE_MS)
    assert marks.returned(str(11 * PACKET)) == 11 * PACKET
    assert marks.overdue_at is None


@pytest.mark.parametrize("name", ["", "x", "-320", "²", "1e3", "99999999", "9" * 40])
def test_other_peoples_marks_mean_nothing(name: str) -> None:
    marks = Marks(NARROWBAND)
    sent_at_once(marks, 11)
    assert marks.returned(name) is None
    assert marks.overdue_at is not None


def test_when_a_receipt_is_overdue_the_clock_is_believed() -> None:
    marks = Marks(NARROWBAND)
    sent_at_once(marks, 1)
    assert marks.overdue(ns(40 + OVERDUE_MS) - 1) is None
    assert marks.overdue(ns(40 + OVERDUE_MS)) == PACKET
    sent_at_once(marks, 1, now=ns(2_000))
    assert marks.overdue_at == ns(2_040)  # no patience is left
    assert marks.overdue(ns(2_040)) == 2 * PACKET


def test_a_receipt_that_comes_restores_the_trust() -> None:
    marks = Marks(NARROWBAND)
    sent_at_once(marks, 1)
    marks.overdue(ns(40 + OVERDUE_MS))
    sent_at_once(marks, 1, now=ns(2_000))
    marks.returned(str(2 * PACKET))
    sent_at_once(marks, 1, now=ns(3_000))
    assert marks.overdue_at == ns(3_040 + OVERDUE_MS)


def test_receipts_of_cleared_audio_are_not_waited_for() -> None:
    marks = Marks(NARROWBAND)
    sent_at_once(marks, 11)
    marks.cleared(ns(100))
    assert marks.overdue_at is None
    assert marks.sent(PACKET, ns(100)) == str(12 * PACKET)  # the line is silent again
    assert marks.returned(str(6 * PACKET)) == 6 * PACKET  # skipped
    assert marks.overdue_at == ns(140 + OVERDUE_MS)
