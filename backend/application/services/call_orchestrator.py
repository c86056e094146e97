"""One call at run time.

    ingress    line -> hearing -> inbox;  audio -> recogniser, recording
    transcribe recogniser                -> inbox
    converse   inbox -> step(state, event) -> effects -> timeline     (the single writer; never waits on I/O)
    egress     playout -> line;  heard   -> inbox
    record     timeline and audio -> storage
    reply[id]  0..1, or the draft of one: model -> clauses -> speech -> playout

One ``TaskGroup`` holds them all; none outlives ``run``. The conversation machine decides, the ``Performer``
carries out. A reply is a task of its own that may be cancelled; all others live as long as the call, except
that the engines' warm-up ends by itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

from backend.application.processors.playout import Playout
from backend.application.services.call_clock import CallClock
from backend.application.services.call_services import Earlier, Engines, Keeping
from backend.application.services.call_transfer import CallTransfer
from backend.application.services.egress import Egress
from backend.application.services.ending import CLOSE_TIMEOUT_S, despite_cancellation, stop, within
from backend.application.services.engine_failures import EngineFailure
from backend.application.services.hearing import Hearing
from backend.application.services.inbox import Inbox
from backend.application.services.ingress import Ingress
from backend.application.services.line_watch import LineWatch
from backend.application.services.performer import Performer
from backend.application.services.record import Record, Tell
from backend.application.services.reply import Voice
from backend.application.services.transcription import Transcription
from backend.application.services.warm_up import warm_up
from backend.domain.conversation.deadlines import next_deadline
from backend.domain.conversation.events import (
    CallerLeft,
    CallStarted,
    DeadlineReached,
    EngineFailed,
    Event,
    HangUpRequested,
)
from backend.domain.conversation.machine import step
from backend.domain.conversation.manners import going_on_with, policy_for
from backend.domain.conversation.state import State
from backend.domain.entities.call import Call, Direction, EndCause
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.ports.channel_port import CallerChannel, CallReady, TimelineAppended
from backend.domain.ports.clip_port import ClipPort
from backend.domain.ports.clock_port import ClockPort
from backend.domain.ports.stt_port import SttRequest
from backend.domain.use_cases.end_call import EndCall
from backend.domain.use_cases.generate_response import GenerateResponse
from backend.domain.value_objects.audio import Encoding
from backend.domain.value_objects.instant import NS_PER_MS

_log = logging.getLogger(__name__)


class CallOrchestrator:
    """The owner of one call. ``run`` it once; it is over when that returns. With ``earlier`` the conversation
    goes on with what was said in another call."""

    def __init__(
        self,
        call: Call,
        channel: CallerChannel,
        *,
        engines: Engines,
        clips: ClipPort,
        keeping: Keeping,
        clock: ClockPort,
        earlier: Earlier | None = None,
    ) -> None:
        capabilities = channel.capabilities
        if capabilities.input_format != capabilities.output_format:
            raise ValueError("a line has one format in both directions")
        if capabilities.input_format.encoding is not Encoding.PCM16:
            raise ValueError("a line carries PCM16")
        self.call = call
        self._channel = channel
        self._wall = clock
        self._keeping = keeping
        self._end_call = EndCall(keeping.log)
        self._policy = policy_for(
            call.agent,
            on_telephone=call.direction is not Direction.BROWSER,
            can_transfer=capabilities.can_transfer,
        )
        if earlier is not None:
            self._policy = going_on_with(earlier.call, self._policy)
        self._state = State()
        self._entries = 0
        self._clock = CallClock(clock)
        self._inbox = Inbox(self._clock)
        self._watch = LineWatch(self._clock, self._inbox)
        self._record = Record(
            call,
            log=keeping.log,
            recordings=keeping.recordings,
            rate=capabilities.input_format.rate,
            clock=self._clock,
            engines=engines.names,
        )
        self._egress = Egress(
            channel,
            Playout.on(capabilities),
            clock=self._clock,
            inbox=self._inbox,
            record=self._record.agent_audio,
        )
        self._transcription = Transcription(
            engines.stt,
            SttRequest(call.agent.language, alternatives=call.agent.other_languages),
            clock=self._clock,
            inbox=self._inbox,
            tell=self._egress.notify,
        )
        self._hearing = Hearing(
            capabilities.input_format.rate,
            vad=engines.vad,
            transcription=self._transcription,
            clock=self._clock,
            inbox=self._inbox,
        )
        self._ingress = Ingress(
            channel,
            hearing=self._hearing,
            egress=self._egress,
            watch=self._watch,
            record=self._record.caller_audio,
            clock=self._clock,
            inbox=self._inbox,
        )
        self._performer = Performer(
            voice=Voice(call.agent, engines.tts, clips, self._policy, capabilities.output_format),
            generate=GenerateResponse(
                engines.llm,
                call.agent,
                can_transfer=capabilities.can_transfer,
                has_keys=call.direction is not Direction.BROWSER,
            ),
            transcription=self._transcription,
            transfer=CallTransfer(
                channel, call.agent.telephone.destinations, clock=self._clock, inbox=self._inbox
            ),
            clock=self._clock,
            inbox=self._inbox,
            egress=self._egress,
            earlier=() if earlier is None else earlier.turns,
        )
        self._warm_up = partial(warm_up, engines, call.agent.language)
        engines.failures.listen(self._engine_failed)

    # --- from outside -----------------------------------------------------------------------------

    def hang_up(self, cause: EndCause) -> None:
        """Ask for a polite end: a goodbye, then the line is closed. Returns at once."""
        self._inbox.put(HangUpRequested(self._clock.now(), cause))

    async def run(self) -> Call:
        """Conduct the call to its end and return it, ended.

        Cancelling it ends the call as ``drained``. A bug ends it as ``internal-error`` and is raised (a
        task's in an ``ExceptionGroup``). On every way out the record is closed and the line hung up: at once
        if all goes well, each step within ``CLOSE_TIMEOUT_S`` if not; what is not stored by then ``LateEnds``
        goes on to store. Cancelling again breaks the rest off.
        """
        cause = EndCause.INTERNAL_ERROR
        try:
            for observer in self._keeping.observers:
                observer.call_started(self.call)
            cause = await self._conduct()
        except asyncio.CancelledError:
            cause = EndCause.DRAINED
            raise
        finally:
            await despite_cancellation(self._close(cause))
        return self.call

    def _engine_failed(self, failure: EngineFailure) -> None:
        self._inbox.put(
            EngineFailed(
                self._clock.now(), failure.port, failure.engine, failure.code, successor=failure.successor
            )
        )

    # --- the tasks --------------------------------------------------------------------------------

    async def _conduct(self) -> EndCause:
        pumps: list[Callable[[], Coroutine[Any, Any, None]]] = [
            self._ingress.run,
            self._watch.run,
            self._transcription.run,
            self._egress.run,
            partial(self._record.keep_entries, self._egress.notify),
            partial(self._record.keep_audio, self._egress.notify),
        ]
        if self.call.agent.latency.warm_up:
            pumps.append(self._warm_up)
        async with asyncio.TaskGroup() as group:
            self._performer.work_in(group)
            tasks = [group.create_task(pump()) for pump in pumps]
            self._egress.notify(CallReady(self.call))
            self._inbox.put(CallStarted(self._clock.now()))
            try:
                return await self._converse()
            finally:
                await despite_cancellation(stop([*tasks, *self._performer.tasks]))

    async def _converse(self) -> EndCause:
        while not self._state.ended:
            self._take(await self._inbox.next(until=next_deadline(self._state, self._policy)))
        return self._state.end_cause or EndCause.INTERNAL_ERROR

    def _take(self, event: Event) -> None:
        """One step: decide, write down, carry out."""
        self._state, effects = step(self._state, event, self._policy)
        self._entries += 1
        entry = TimelineEntry(self._entries, event, effects)
        self._record.entry(entry)
        self._egress.notify(TimelineAppended(entry))
        for observer in self._keeping.observers:
            observer.entry_appended(self.call, entry)
        for effect in effects:
            self._performer.perform(effect)

    # --- the end ----------------------------------------------------------------------------------

    async def _close(self, cause: EndCause) -> None:
        """Free everything, whatever happened: a step that fails does not keep the others from being done."""
        async with AsyncExitStack() as ending:  # done from the last to the first
            ending.push_async_callback(within, CLOSE_TIMEOUT_S, partial(self._channel.close, cause))
            ending.push_async_callback(within, CLOSE_TIMEOUT_S, self._egress.drain)
            ending.push_async_callback(self._end_record, cause)
            ending.callback(self._wind_up, cause)
            ending.callback(self._hearing.close)

    async def _end_record(self, cause: EndCause) -> None:
        duration_ms, tell = self._clock.now() // NS_PER_MS, self._egress.notify
        self.call = self.call.end(cause, at=self._wall.wall_ms(), duration_ms=duration_ms)  # stored or not
        try:
            await self._keeping.ends.store(
                partial(self._end_rows, tell), partial(self._record.finish_audio, duration_ms, tell)
            )
        finally:
            for observer in self._keeping.observers:
                observer.call_ended(self.call)

    async def _end_rows(self, tell: Tell) -> None:
        """Store the rest of the rows; what was stored before is passed over.

        Raises ``StorageError`` while storage is away.
        """
        await self._record.finish_entries(tell)
        await self._end_call(self.call)

    def _wind_up(self, cause: EndCause) -> None:
        """Bring a conversation that was broken off (a bug, a drain) to its end without waiting, so that what
        was said and heard is committed."""
        try:
            if not self._state.ended:
                self._take(CallerLeft(self._clock.now(), cause))
            while not self._state.ended:
                deadline = next_deadline(self._state, self._policy)
                self._take(self._inbox.next_now() or DeadlineReached(deadline or self._clock.now()))
        except Exception:
            # The bug that broke the call off may be in the very rules that would end it: the call must be
            # closed all the same.
            _log.exception("the conversation could not be brought to its end")
