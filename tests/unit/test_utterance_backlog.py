from backend.infrastructure.adapters.local.framing import Kind, Message, encode_number
from backend.infrastructure.adapters.local.utterance_backlog import UtteranceBacklog

FRAME = bytes(640)  # 20 ms


def backlog_of(*items: bytes | int) -> UtteranceBacklog:
    backlog = UtteranceBacklog()
    for item in items:
        is_audio = isinstance(item, bytes)
        payload = item if isinstance(item, bytes) else encode_number(item)
        backlog.accept(Message(1, Kind.AUDIO if is_audio else Kind.FINALIZE, payload))
    return backlog


def test_audio_is_taken_in_slices() -> None:
    backlog = backlog_of(*[FRAME] * 7)
    assert [len(backlog.take_audio(100)) for _ in range(3)] == [5 * 640, 2 * 640, 0]


def test_a_slice_ends_where_the_utterance_does() -> None:
    backlog = backlog_of(FRAME, FRAME, 1, FRAME)
    assert len(backlog.take_audio(1_000)) == 2 * 640
    assert len(backlog.take_audio(1_000)) == 0
    assert [backlog.take_end(), backlog.take_end()] == [1, None]
    assert len(backlog.take_audio(1_000)) == 640


def test_it_says_what_comes_next() -> None:
    assert [backlog_of(*items).has_audio for items in ((FRAME, 1), (1, FRAME), ())] == [True, False, False]


def test_utterances_can_end_without_audio() -> None:
    backlog = backlog_of(1, 2)
    assert [backlog.take_end(), backlog.take_end(), backlog.take_end()] == [1, 2, None]
