"""Nonsense on the media sockets is passed over or refused, and nothing worse."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.errors import CallerError
from backend.domain.ports.carrier_media_port import (
    MediaProtocol,
)
from backend.infrastructure.adapters.telephony.telnyx.telnyx_media import TelnyxMedia
from tests.unit.telephony.media_messages import (
    PROTOCOLS,
)


@pytest.mark.parametrize("make", PROTOCOLS)
@pytest.mark.parametrize("key", ["w", "12", "é", "e"])
def test_a_key_that_no_telephone_has_is_of_no_interest(make: type[TelnyxMedia], key: str) -> None:
    assert make().parse(json.dumps({"event": "dtmf", "dtmf": {"digit": key}})) is None


@pytest.mark.parametrize("make", PROTOCOLS)
@pytest.mark.parametrize(
    "message", ["", "nonsense", "[]", "1", "{}", '{"event": 1}', b"\xff\xfe", "{" * 50_000]
)
def test_what_is_no_message_is_refused(make: type[TelnyxMedia], message: str | bytes) -> None:
    with pytest.raises(CallerError) as caught:
        make().parse(message)
    assert caught.value.code == "bad-media"


@pytest.mark.parametrize("make", PROTOCOLS)
def test_a_message_that_is_too_long_is_refused_unread(make: type[TelnyxMedia]) -> None:
    with pytest.raises(CallerError):
        make().parse(json.dumps({"event": "other", "padding": "x" * 70_000}))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
events = st.sampled_from(["connected", "start", "media", "mark", "dtmf", "stop", "error", "clear"])


@pytest.mark.parametrize("make", PROTOCOLS)
@given(event=events, content=json_values)
def test_nothing_makes_it_fail_otherwise(make: type[TelnyxMedia], event: str, content: object) -> None:
    message = json.dumps({"event": event, event: content})

    assert outcome_of(make(), message) in {"nothing", "event", "bad-media"}


def outcome_of(protocol: MediaProtocol, message: str) -> str:
    try:
        return "nothing" if protocol.parse(message) is None else "event"
    except CallerError as error:
        return error.code
