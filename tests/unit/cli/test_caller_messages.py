"""The caller's side of the protocol: strict where it must be, tolerant of what is new."""

from __future__ import annotations

import orjson
import pytest

from backend.domain.conversation.effects import FlushPlayout
from backend.domain.conversation.events import PlayoutStarted
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.errors import VictoriaError
from backend.domain.value_objects.instant import Instant
from backend.interfaces.cli import caller_messages as wire


def entry(event: dict[str, object], effects: list[dict[str, object]]) -> str:
    message = {"type": "timeline", "entry": {"seq": 3, "event": event, "effects": effects}}
    return orjson.dumps(message).decode()


def test_a_timeline_entry_is_decoded_and_unknown_effects_are_left_out() -> None:
    message = entry(
        {"type": "playout_started", "at": 9, "reply_id": 2, "audible_at": 7},
        [{"type": "from_the_future", "at": 1}, {"type": "flush_playout", "reply_id": 2}],
    )
    expected = TimelineEntry(3, PlayoutStarted(Instant(9), 2, Instant(7)), (FlushPlayout(2),))
    assert wire.parse(message) == expected


@pytest.mark.parametrize(
    "message", ['{"type": "from_the_future"}', entry({"type": "from_the_future", "at": 1}, [])]
)
def test_what_is_new_is_ignored(message: str) -> None:
    assert wire.parse(message) is None


@pytest.mark.parametrize(
    "message", ["", "[]", "{}", '{"type": "ready"}', '{"type": "committed", "seq": "x"}']
)
def test_what_no_version_can_mean_is_refused(message: str) -> None:
    with pytest.raises(VictoriaError) as caught:
        wire.parse(message)
    assert caught.value.code == "bad-server"


def test_what_the_caller_says_is_as_documented() -> None:
    assert orjson.loads(wire.hello("t")) == {"type": "hello", "version": 1, "ticket": "t"}
    assert orjson.loads(wire.played(7)) == {"type": "played", "position": 7}
    assert orjson.loads(wire.hangup()) == {"type": "hangup"}
