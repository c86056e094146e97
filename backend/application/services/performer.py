"""Carrying out what the conversation machine orders: starts, flushes or cancels; nothing here waits.

At most one reply, or one draft of a reply, is being worked on at any time. A reply is a task of the call's
group, cancelled by ``CancelReply``; whatever its clean-up takes, the next one need not wait for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, assert_never

from backend.application.services.call_clock import CallClock
from backend.application.services.call_transfer import CallTransfer
from backend.application.services.egress import Egress
from backend.application.services.inbox import Inbox
from backend.application.services.reply import Reply, Voice
from backend.application.services.transcription import Transcription
from backend.domain.conversation.effects import (
    CancelReply,
    CommitTurn,
    Effect,
    FinalizeTranscript,
    FlushPlayout,
    HangUp,
    HoldPlayout,
    PlayFiller,
    PublishLatency,
    ReleaseReply,
    ResumePlayout,
    StartReply,
    TransferCall,
)
from backend.domain.entities.conversation import Conversation
from backend.domain.use_cases.generate_response import GenerateResponse
from backend.domain.value_objects.conversation_turn import ConversationTurn


class Performer:
    """The hands of one call. ``earlier`` turns are those of the call that this one goes on with, if any: the
    model is told them, and then the turns committed so far."""

    def __init__(
        self,
        *,
        voice: Voice,
        generate: GenerateResponse,
        transcription: Transcription,
        transfer: CallTransfer,
        clock: CallClock,
        inbox: Inbox,
        egress: Egress,
        earlier: Sequence[ConversationTurn] = (),
    ) -> None:
        self._voice = voice
        self._generate = generate
        self._transcription = transcription
        self._transfer = transfer
        self._clock = clock
        self._inbox = inbox
        self._egress = egress
        self._conversation = Conversation(earlier=earlier)
        self._group: asyncio.TaskGroup | None = None
        self._reply: Reply | None = None
        self._task: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def tasks(self) -> list[asyncio.Task[None]]:
        """The replies and transfers that are being worked on or cleaned up after."""
        return [task for task in self._tasks if not task.done()]

    def work_in(self, group: asyncio.TaskGroup) -> None:
        """Replies and transfers are tasks of ``group``; before this, none can be started."""
        self._group = group

    def perform(self, effect: Effect) -> None:  # noqa: PLR0912 - one line for each kind
        """Carry out one order."""
        match effect:
            case StartReply():
                self._start_reply(effect)
            case ReleaseReply():
                if self._reply is not None:
                    self._reply.release()
            case HoldPlayout():
                self._egress.hold()
            case ResumePlayout():
                self._egress.resume()
            case FlushPlayout():
                self._egress.flush(effect.reply_id)
            case CancelReply():
                if self._task is not None:
                    self._task.cancel()
                self._reply = self._task = None
            case PlayFiller():
                if self._reply is not None:
                    self._reply.play_filler()
            case FinalizeTranscript():
                self._transcription.finalize(effect.utterance)
            case CommitTurn():
                self._conversation.append(effect.turn)
            case TransferCall():
                self._start(self._transfer.attempt(effect))
            case PublishLatency() | HangUp():
                pass  # they are for whoever reads the timeline; the end is ``state.ended``
            case _:
                assert_never(effect)

    def _start_reply(self, order: StartReply) -> None:
        self._reply = Reply(
            order,
            voice=self._voice,
            generate=self._generate,
            conversation=self._conversation,
            clock=self._clock,
            inbox=self._inbox,
            egress=self._egress,
        )
        if not order.speculative:
            self._reply.release()
        self._task = self._start(self._reply.run())

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        assert self._group is not None
        task = self._group.create_task(work)
        self._tasks = [*self.tasks, task]
        return task
