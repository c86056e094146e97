"""The sessions share their decoders, also when the library fails; the decoders are the library's own."""

from __future__ import annotations

import pytest

from backend.infrastructure.adapters.local.framing import Kind, Message, encode_number
from backend.infrastructure.adapters.local.pocketsphinx_worker import PocketsphinxEngine, PocketsphinxSession

HALF_A_SECOND = Message(1, Kind.AUDIO, bytes(16_000))
END = Message(1, Kind.FINALIZE, encode_number(7))


@pytest.fixture
def engine() -> PocketsphinxEngine:
    engine = PocketsphinxEngine(1)
    engine.load()
    return engine


def whose_decoder_will_fail(engine: PocketsphinxEngine) -> PocketsphinxSession:
    """Return a session in the midst of an utterance that its decoder has already ended."""
    decoder = engine.lease()
    assert decoder is not None
    engine.release(decoder)
    session = engine.open(b"", lambda _kind, _payload: None)
    session.accept(HALF_A_SECOND)
    assert session.advance()
    decoder.end_utt()
    return session


def is_heard(engine: PocketsphinxEngine) -> bool:
    """Whether the next caller gets a decoder, and one that works."""
    heard: list[tuple[Kind, bytes]] = []
    session = engine.open(b"", lambda kind, payload: heard.append((kind, payload)))
    session.accept(HALF_A_SECOND)
    session.accept(END)
    while session.advance():
        pass
    return (Kind.SETTLED, encode_number(7)) in heard


def test_a_decoder_that_fails_at_the_end_of_an_utterance_is_not_lost(engine: PocketsphinxEngine) -> None:
    session = whose_decoder_will_fail(engine)
    session.accept(END)
    with pytest.raises(RuntimeError, match="utterance"):
        session.advance()
    session.close()
    assert is_heard(engine)


def test_a_decoder_that_fails_when_its_caller_leaves_is_not_lost(engine: PocketsphinxEngine) -> None:
    whose_decoder_will_fail(engine).close()
    assert is_heard(engine)
