"""What a browser's messages say, as values."""

from __future__ import annotations

import orjson
import pytest

from backend.domain.ports.channel_port import Played, Typed
from backend.interfaces.websocket.browser_protocol import MAX_TYPED_CHARS, HungUp, WireError, parse_text


def text(words: object) -> str:
    return orjson.dumps({"type": "text", "text": words}).decode()


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (text("What are your opening hours?"), Typed("What are your opening hours?")),
        (text("  ¿Abren hoy?\n"), Typed("¿Abren hoy?")),
        (text("one\ntwo\x00three\x9ffour"), Typed("one two three four")),
        (text("x" * MAX_TYPED_CHARS + "   "), Typed("x" * MAX_TYPED_CHARS)),
        (text("\N{GRINNING FACE}" * MAX_TYPED_CHARS), Typed("\N{GRINNING FACE}" * MAX_TYPED_CHARS)),
        ('{"type":"text","text":"' + "x\\u0001" * 1_000 + '"}', Typed(("x " * 1_000).strip())),
        ('{"type":"played","position":320}', Played(320)),
        ('{"type":"hangup"}', HungUp()),
    ],
)
def test_a_message_is_read(message: str, said: Played | Typed | HungUp) -> None:
    assert parse_text(message) == said


@pytest.mark.parametrize(
    ("message", "close_code", "code"),
    [
        (text(""), 1003, "bad-text"),
        (text(" \t\r\n\x00"), 1003, "bad-text"),
        (text("x" * (MAX_TYPED_CHARS + 1)), 1003, "bad-text"),
        (text(7), 1003, "unexpected-message"),
        (text(None), 1003, "unexpected-message"),
        ('{"type":"text"}', 1003, "unexpected-message"),
        ('{"type":"text","text":"x","to":"y"}', 1003, "unexpected-message"),
        ('{"type":"text","text":"\\ud83d"}', 1007, "bad-json"),
        (text("\N{GRINNING FACE}" * 5_000), 1009, "too-large"),
    ],
)
def test_a_text_that_cannot_be_said_is_refused(message: str, close_code: int, code: str) -> None:
    with pytest.raises(WireError) as raised:
        parse_text(message)
    assert (raised.value.close_code, raised.value.code) == (close_code, code)
