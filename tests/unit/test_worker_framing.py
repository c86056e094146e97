import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.infrastructure.adapters.local.framing import (
    MAX_PAYLOAD_BYTES,
    FramingError,
    Kind,
    Message,
    MessageReader,
    decode_number,
    encode,
    encode_number,
)

messages = st.builds(
    Message,
    stream=st.integers(min_value=0, max_value=2**32 - 1),
    kind=st.sampled_from(Kind),
    payload=st.binary(max_size=300),
)


@given(sent=st.lists(messages, max_size=6), data=st.data())
def test_messages_arrive_whole_however_the_pipe_cuts_them(sent: list[Message], data: st.DataObject) -> None:
    wire = b"".join(encode(message) for message in sent)
    reader = MessageReader()
    received = []
    while wire:
        cut = data.draw(st.integers(min_value=1, max_value=len(wire)))
        received += reader.feed(wire[:cut])
        wire = wire[cut:]
    assert received == sent


def test_a_message_is_kept_back_until_its_last_byte() -> None:
    wire = encode(Message(7, Kind.AUDIO, b"abc"))
    reader = MessageReader()
    assert reader.feed(wire[:-1]) == []
    assert reader.feed(wire[-1:]) == [Message(7, Kind.AUDIO, b"abc")]


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(FramingError, match="unknown kind"):
        MessageReader().feed(b"\0\0\0\0\0\0\0\1\xff")


def test_an_absurd_length_is_refused_before_its_payload_arrives() -> None:
    with pytest.raises(FramingError, match="too large"):
        MessageReader().feed((MAX_PAYLOAD_BYTES + 1).to_bytes(4, "big") + b"\0\0\0\1\1")


def test_a_payload_that_is_too_large_is_not_sent() -> None:
    with pytest.raises(FramingError, match="too large"):
        encode(Message(1, Kind.AUDIO, bytes(MAX_PAYLOAD_BYTES + 1)))


def test_numbers_survive_and_other_payloads_are_refused() -> None:
    assert decode_number(encode_number(4_000_000_000)) == 4_000_000_000
    with pytest.raises(FramingError):
        decode_number(b"\0\0\1")
