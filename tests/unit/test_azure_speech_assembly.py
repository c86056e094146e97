"""Words find their places in the text, and come no later than their audio."""

from __future__ import annotations

import asyncio

from backend.domain.ports.tts_port import SpeechChunk
from backend.domain.value_objects.audio import WIDEBAND, AudioFormat, Encoding
from backend.domain.value_objects.word_timing import WordTiming
from backend.infrastructure.adapters.azure.handover import Handover
from backend.infrastructure.adapters.azure.speech_assembly import SpeechAssembly, SpokenWord


def speech(text: str) -> SpeechAssembly:
    return SpeechAssembly(text, WIDEBAND, WIDEBAND)


def audio(milliseconds: int) -> bytes:
    return bytes(WIDEBAND.bytes_in(milliseconds))


def taken(assembly: SpeechAssembly) -> SpeechChunk:
    chunk = assembly.take()
    assert chunk is not None
    return chunk


def places(text: str, *told: str) -> list[str]:
    """Return what of ``text`` the words that were ``told`` are taken for."""
    assembly = speech(text)
    for at_ms, word in enumerate(told):
        assembly.add_word(SpokenWord(word, at_ms))
    assembly.add_audio(audio(100))
    return [text[word.start : word.end] for word in taken(assembly).words]


def test_each_word_is_found_behind_the_one_before() -> None:
    text = "No, no, la casa no."
    assembly = speech(text)
    for at_ms, word in enumerate(["No", "no", "la", "casa", "no"]):
        assembly.add_word(SpokenWord(word, at_ms))
    assembly.add_audio(audio(100))
    assert [word.start for word in taken(assembly).words] == [0, 4, 8, 11, 16]


def test_a_word_is_not_found_within_another() -> None:
    assert places("Mañana a las dos", "a") == ["a"]
    assert places("casa", "as") == []


def test_words_with_marks_in_them_are_found_escaped_or_not() -> None:
    assert places("AT&T isn't C++", "AT&amp;T", "isn't", "C++") == ["AT&T", "isn't", "C++"]


def test_a_word_that_is_not_in_the_text_does_no_harm() -> None:
    assert places("Son 5 euros", "cinco", "euros") == ["euros"]


def test_a_word_that_comes_after_its_audio_gets_the_next() -> None:
    assembly = speech("uno dos")
    assembly.add_audio(audio(200))
    assert taken(assembly).words == ()
    assembly.add_word(SpokenWord("uno", 0.0))
    assembly.add_audio(audio(200))
    assert taken(assembly).words == (WordTiming(0, 3, 200.0),)


def test_words_are_lacking_until_one_lies_behind_the_audio_or_none_is_left() -> None:
    assembly = speech("uno dos.")
    lacking = [assembly.lacks_words]
    assembly.add_audio(audio(200))
    lacking.append(assembly.lacks_words)
    for word in (SpokenWord("uno", 0.0), SpokenWord("dos", 150.0)):
        assembly.add_word(word)
        lacking.append(assembly.lacks_words)
    assert lacking == [False, True, True, False]


def test_a_sample_that_comes_in_two_pieces_is_put_together() -> None:
    assembly = speech("uno")
    assembly.add_audio(b"\x01")
    assert assembly.take() is None
    assembly.add_audio(b"\x02\x03")
    assert taken(assembly).frame.payload == b"\x01\x02"


def test_resampled_speech_is_as_long_as_it_was() -> None:
    source = AudioFormat(Encoding.PCM16, 48_000)
    assembly = SpeechAssembly("uno", source, AudioFormat(Encoding.PCM16, 11_025))
    assembly.add_audio(bytes(source.bytes_in(1_000)))
    last = assembly.take(is_last=True)
    assert last is not None
    assert last.frame.samples == 11_025


def bring_nine(handover: Handover[int]) -> None:
    for number in range(9):
        handover.put(number)


async def test_whoever_brings_more_than_is_taken_has_to_wait() -> None:
    handover: Handover[int] = Handover(limit=2)
    bringing = asyncio.create_task(asyncio.to_thread(bring_nine, handover))
    done, _ = await asyncio.wait([bringing], timeout=0.05)
    assert not done
    assert [await handover.get() for _ in range(9)] == list(range(9))
    await bringing


async def test_nobody_waits_at_the_door_of_a_closed_handover() -> None:
    handover: Handover[int] = Handover(limit=1)
    bringing = asyncio.create_task(asyncio.to_thread(bring_nine, handover))
    await asyncio.wait([bringing], timeout=0.02)
    handover.close()
    async with asyncio.timeout(10):
        await bringing
