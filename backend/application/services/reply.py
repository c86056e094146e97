"""One attempt of the agent at a turn: model, clauses, speech, playout.

A reply is one task; cancelling it stops the model and the speech engine and leaves nothing behind. What it
produces goes into its own ``ReplyAudio``: a reply that has been cut writes where nobody reads, and so does a
draft until it is released. Before that it speaks no more than one clause, because all is wasted if the caller
goes on; it runs no tool; and if it fails it says so at once, because there is nothing to be heard first.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Final

from backend.application.processors.clause_splitter import ClauseSplitter
from backend.application.processors.dtmf_tones import dtmf_tones, key_times_ms
from backend.application.processors.reply_audio import ReplyAudio
from backend.application.services.call_clock import CallClock
from backend.application.services.egress import Egress
from backend.application.services.inbox import Inbox
from backend.domain.conversation.effects import ReplyKind, StartReply
from backend.domain.conversation.events import (
    ClauseGenerated,
    EndCallRequested,
    FillerQueued,
    FirstAudioReceived,
    FirstTokenReceived,
    HoldRequested,
    ReplyEvent,
    ReplyFailed,
    TransferFailed,
    TransferRequested,
)
from backend.domain.conversation.keyed import keys_text
from backend.domain.entities.agent import Agent
from backend.domain.entities.conversation import Conversation
from backend.domain.errors import ProviderError
from backend.domain.ports.clip_port import Clip, ClipPort
from backend.domain.ports.tts_port import SpeechRequest, TtsPort
from backend.domain.use_cases.generate_response import Clause, FirstToken, GenerateResponse, ResponsePart
from backend.domain.use_cases.model_tools import (
    EndCall,
    PressKeys,
    PutThrough,
    PutThroughRefused,
    WaitForCaller,
)
from backend.domain.value_objects.audio import AudioFormat, AudioFrame
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.policies import Policy
from backend.domain.value_objects.word_timing import WordTiming

# Speech is made this far ahead of playout: enough to hide an engine's hiccup, little enough to waste
# nothing when the caller interrupts and to keep a call below a megabyte.
MAX_AHEAD_MS: Final = 8_000
# An order to be silent that is on its way to the line when keys begin shall not split the first of them.
BEFORE_KEYS_MS: Final = 100
_CLIPS: Final = {ReplyKind.APOLOGY: Clip.APOLOGY, ReplyKind.FAREWELL: Clip.FAREWELL}
_WORD: Final = re.compile(r"\S+")
# Clauses that the model may be ahead of the speech engine.
MAX_CLAUSES: Final = 16


@dataclass(frozen=True, slots=True)
class Voice:
    """What a reply needs to be heard."""

    agent: Agent
    tts: TtsPort
    clips: ClipPort
    policy: Policy
    format: AudioFormat


@dataclass(frozen=True, slots=True)
class _Pressed:
    """A clause that is not spoken: ``keys`` are heard as tones, and stand as ``text`` in the reply."""

    text: str
    keys: str


_Piece = str | _Pressed | ProviderError  # of a reply, in playing order


class Reply:
    """The work of one ``StartReply``."""

    def __init__(
        self,
        order: StartReply,
        *,
        voice: Voice,
        generate: GenerateResponse,
        conversation: Conversation,
        clock: CallClock,
        inbox: Inbox,
        egress: Egress,
    ) -> None:
        self._order = order
        self._language = Language(order.language) if order.language else voice.agent.language
        self._audio = ReplyAudio(voice.format)
        self._voice = voice
        self._generate = generate
        self._conversation = conversation
        self._clock = clock
        self._inbox = inbox
        self._egress = egress
        self._has_audio = False
        self._released = asyncio.Event()

    def release(self) -> None:
        """Let it be heard, and go on."""
        self._egress.begin(self._order.reply_id, self._audio)
        self._released.set()

    async def run(self) -> None:
        """Speak until the reply has all its audio, or has failed.

        A failure is told when what there is of the reply has been heard: until then it can still be played,
        and nobody can say how much of the reply the caller is going to know.
        """
        failure = ""
        try:
            if (clip := _CLIPS.get(self._order.kind)) is not None:
                self._play_clip(clip, self._order.text)
            else:
                await self._speak()
        except ProviderError as error:
            failure = error.code
        except ExceptionGroup as group:
            provider_errors, bugs = group.split(ProviderError)
            if bugs is not None or provider_errors is None:
                raise
            failure = _first(provider_errors).code
        self._audio.end(failure)
        if self._released.is_set():
            self._egress.wake()
        elif failure:
            self._inbox.put(ReplyFailed(self._clock.now(), self._order.reply_id, failure))

    def play_filler(self) -> None:
        """Play the recorded filler, unless there is something better to hear by now."""
        text = self._voice.policy.phrases_in(self._order.language).filler
        clip = self._voice.clips.find(Clip.FILLER, self._language, self._voice.format)
        if clip is None or self._audio.total > 0:
            return
        self._audio.insert_first_clause(text, clip)
        self._inbox.put(FillerQueued(self._clock.now(), self._order.reply_id, text))
        self._egress.wake()

    async def _speak(self) -> None:
        """Model and speech engine run side by side: one clause is spoken while the next is written."""
        clauses: asyncio.Queue[_Piece | None] = asyncio.Queue(MAX_CLAUSES)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._write(clauses))
            while (clause := await clauses.get()) is not None:
                match clause:
                    case ProviderError():
                        raise clause
                    case _Pressed():
                        self._press(clause)
                    case _:
                        await self._synthesize(clause)
                await self._released.wait()

    async def _write(self, clauses: asyncio.Queue[_Piece | None]) -> None:
        """Put the model's clauses into the queue, then its failure or None: what it wrote before it failed
        is spoken first."""
        before = ""
        try:
            async with aclosing(self._parts()) as parts:
                async for part in parts:
                    match part:
                        case FirstToken():
                            self._inbox.put(FirstTokenReceived(self._clock.now(), self._order.reply_id))
                        case Clause():
                            self._generated(part.text)
                            await clauses.put(part.text)
                            before = part.text
                        case PressKeys():
                            space = " " if before and not before[-1].isspace() else ""
                            pressed = _Pressed(f"{space}{keys_text(part.keys)} ", part.keys)
                            self._generated(pressed.text)
                            await clauses.put(pressed)
                        case _:
                            await self._released.wait()
                            self._inbox.put(self._event_of(part))
        except ProviderError as error:
            await clauses.put(error)
        else:
            await clauses.put(None)

    def _generated(self, text: str) -> None:
        self._inbox.put(ClauseGenerated(self._clock.now(), self._order.reply_id, text))

    def _event_of(
        self, wish: EndCall | PutThrough | PutThroughRefused | WaitForCaller
    ) -> ReplyEvent | TransferFailed:
        now, reply_id = self._clock.now(), self._order.reply_id
        match wish:
            case EndCall():
                return EndCallRequested(now, reply_id)
            case PutThrough():
                return TransferRequested(now, reply_id, wish.destination, wish.summary)
            case PutThroughRefused():
                return TransferFailed(now, wish.code, reply_id)
            case WaitForCaller():
                return HoldRequested(now, reply_id)

    def _parts(self) -> AsyncGenerator[ResponsePart, None]:
        agent = self._voice.agent
        splitter = ClauseSplitter(self._language, is_early=agent.latency.early_first_clause)
        if self._order.kind is ReplyKind.ANSWER:
            return self._generate(self._conversation, self._order.text, splitter, self._language)
        return _given(self._order.text, splitter)

    async def _synthesize(self, text: str) -> None:
        agent = self._voice.agent
        is_fixed = self._order.kind is not ReplyKind.ANSWER
        # The agent's voice was chosen for its own language; in another it takes that language's default.
        is_own = self._language.base == agent.language.base
        voice = agent.voice if is_own else replace(agent.voice, voice="", style="")
        request = SpeechRequest(text, self._language, voice, self._voice.format, is_fixed=is_fixed)
        self._audio.begin_clause(text)
        async with aclosing(self._voice.tts.synthesize(request)) as chunks:
            async for chunk in chunks:
                if not self._has_audio:
                    self._has_audio = True
                    self._inbox.put(FirstAudioReceived(self._clock.now(), self._order.reply_id))
                self._audio.append(chunk.frame, chunk.words)
                await self._hand_over()
        self._audio.end_clause()

    async def _hand_over(self) -> None:
        """Let what there is be heard, and wait while there is a lot of it."""
        if not self._released.is_set():
            if self._audio.duration_ms < MAX_AHEAD_MS:
                return
            await self._released.wait()
        self._egress.wake()
        await self._egress.room(MAX_AHEAD_MS)

    def _press(self, pressed: _Pressed) -> None:
        """Let the other side hear the tones of keys. They are part of what is heard like any clause."""
        format_ = self._voice.format
        if not self._has_audio:
            self._has_audio = True
            self._inbox.put(FirstAudioReceived(self._clock.now(), self._order.reply_id))
        self._audio.begin_clause(pressed.text)
        pause = bytes(format_.bytes_in(BEFORE_KEYS_MS))
        tones = AudioFrame(format_, pause + dtmf_tones(pressed.keys, format_.rate).tobytes())
        self._audio.append(tones, _key_words(pressed))
        self._audio.end_clause()
        if self._released.is_set():
            self._egress.wake()

    def _play_clip(self, clip: Clip, text: str) -> None:
        frame = self._voice.clips.find(clip, self._language, self._voice.format)
        if frame is None:
            raise ProviderError("clips", f"there is no recording of the {clip}", code="clip-missing")
        self._generated(text)
        self._audio.begin_clause(text)
        self._audio.append(frame)
        self._audio.end_clause()


def _key_words(pressed: _Pressed) -> tuple[WordTiming, ...]:
    """Return when which key sounds: a pause is longer than a key, so the place in the text does not tell."""
    times = (0, *(BEFORE_KEYS_MS + at for at in key_times_ms(pressed.keys)))
    words = _WORD.finditer(pressed.text)  # the first is the bracket's
    return tuple(WordTiming(word.start(), word.end(), at) for word, at in zip(words, times, strict=True))


async def _given(text: str, splitter: ClauseSplitter) -> AsyncGenerator[ResponsePart, None]:
    for clause in (*splitter.feed(text), *splitter.flush()):
        yield Clause(clause)


def _first(group: ExceptionGroup[ProviderError]) -> ProviderError:
    """Return the first error in a group of groups."""
    error = group.exceptions[0]
    return _first(error) if isinstance(error, ExceptionGroup) else error
