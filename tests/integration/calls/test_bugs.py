"""A bug ends its own call, loudly, and no other; a cancelled call keeps what was said and heard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from backend.domain.entities.call import CallStatus, EndCause
from backend.domain.errors import ProviderError
from backend.domain.ports.llm_port import LlmEvent, LlmRequest
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.conversation_turn import Role
from tests.support.calls import Stage, agent
from tests.support.scripted import FOR_EVER_S, Say, ScriptedLlm, ScriptedStt
from tests.support.virtual_time import run_virtual

STORY = "Once upon a time there was a telephone, and it rang. Nobody answered it."


async def one_question(stage: Stage) -> None:
    await stage.until_answered()
    await stage.say(1_000)
    await stage.until_answered()
    stage.hang_up()


async def outcome(stage: Stage) -> BaseException | None:
    """Conduct a call and return what it raised."""
    running = asyncio.ensure_future(stage.run(one_question))
    await asyncio.wait({running})
    return running.exception()


def test_a_bug_ends_its_own_call_and_no_other() -> None:
    buggy = Stage(
        stt=ScriptedStt(["Are you open?"]),
        llm=ScriptedLlm([Say("Well, let me see.", error=RuntimeError("a bug"))]),
        call_id=CallId("b" * 32),
    )
    healthy = Stage(stt=ScriptedStt(["Are you open?"]))

    async def both() -> tuple[BaseException | None, BaseException | None]:
        return await asyncio.gather(outcome(buggy), outcome(healthy))

    raised, nothing = run_virtual(both())

    assert isinstance(raised, ExceptionGroup)
    assert raised.subgroup(RuntimeError) is not None
    call = buggy.log.calls[buggy.call_id]
    assert (call.status, call.end_cause) == (CallStatus.FAILED, EndCause.INTERNAL_ERROR)
    assert (buggy.line.closed, buggy.line.times_closed) == (EndCause.INTERNAL_ERROR, 1)
    assert buggy.dialogue[:2] == [(Role.AGENT, "Hello, this is Ana."), (Role.CALLER, "Are you open?")]
    assert buggy.still_running == 0
    assert nothing is None
    assert healthy.dialogue[-1] == (Role.AGENT, "All right.")


@pytest.mark.parametrize("after_ms", range(0, 6_000, 370))
def test_a_drained_call_keeps_what_was_said_and_heard(after_ms: int) -> None:
    stage = Stage(
        agent=agent(first_message="Yes?"),
        stt=ScriptedStt(["Tell me a story."]),
        llm=ScriptedLlm([Say(STORY)]),
    )

    async def main() -> asyncio.Task[object]:
        running: asyncio.Task[object] = asyncio.ensure_future(stage.run(one_question))
        await asyncio.sleep(after_ms / 1_000)
        running.cancel()
        await asyncio.wait({running})
        return running

    assert run_virtual(main()).cancelled()

    call = stage.log.calls[stage.call_id]
    assert call.end_cause is EndCause.DRAINED
    assert stage.line.closed is EndCause.DRAINED
    assert stage.still_running == 0
    assert stage.ended_at - after_ms / 1_000 < 0.1
    cuts = sum(turn.interrupted for turn in stage.turns)
    assert 0 <= len(stage.words_played) - len(stage.words_kept) <= max(1, cuts)
    if after_ms > 2_500:
        assert (Role.CALLER, "Tell me a story.") in stage.dialogue


def test_a_second_cancellation_does_not_wait_for_a_closing_that_hangs() -> None:
    stage = Stage()

    async def main() -> float:
        running = asyncio.ensure_future(stage.run(one_question))
        await asyncio.sleep(1)
        stage.line.reading.clear()
        running.cancel()
        await asyncio.sleep(0.5)
        running.cancel()
        await asyncio.wait({running})
        return asyncio.get_running_loop().time()

    assert run_virtual(main()) == pytest.approx(1.5, abs=0.1)
    assert stage.log.open_calls == []
    assert stage.line.closed is EndCause.DRAINED


class GroupedLlm(ScriptedLlm):
    """Works in a task group of its own, of which one child fails whenever the group is cancelled."""

    async def stream(self, request: LlmRequest) -> AsyncGenerator[LlmEvent, None]:
        self.requests.append(request)
        async with asyncio.TaskGroup() as group:
            group.create_task(_fails_when_cancelled())
            await asyncio.sleep(FOR_EVER_S)
        yield  # type: ignore[misc]


async def _fails_when_cancelled() -> None:
    try:
        await asyncio.sleep(FOR_EVER_S)
    except asyncio.CancelledError:
        raise ProviderError("scripted", "cancelled in the middle", code="broke") from None


@pytest.mark.parametrize("by", ["caller", "drain"])
def test_a_cancellation_is_not_lost_in_a_group_that_fails_meanwhile(by: str) -> None:
    """Before CPython 3.13, a cancelled task whose inner group fails goes on as if it had not been
    cancelled (gh-116720): the call has to end all the same."""
    stage = Stage(stt=ScriptedStt(["Are you open?"]), llm=GroupedLlm([]))

    async def caller(stage: Stage) -> None:
        await stage.until_answered()
        await stage.say(1_000)
        await asyncio.sleep(1)
        if by == "caller":
            stage.hang_up()
        else:
            running[0].cancel()

    async def main() -> None:
        running.append(asyncio.ensure_future(stage.run(caller)))
        await asyncio.wait(running)

    running: list[asyncio.Future[object]] = []
    run_virtual(main())

    assert stage.ended_at < 5
    assert running[0].cancelled() is (by == "drain")
    assert stage.log.open_calls == []
    assert stage.still_running == 0


def test_a_group_that_fails_while_its_reply_is_interrupted_does_not_stop_the_next() -> None:
    stage = Stage(stt=ScriptedStt(["Are you open?", "Are you there?"]), llm=GroupedLlm([]))

    async def caller(stage: Stage) -> None:
        await stage.until_answered()
        await stage.say(1_000)
        await asyncio.sleep(1)
        await stage.say(1_000)
        await stage.until_answered(quiet_s=4.5)
        stage.hang_up()

    call = stage.play(caller)

    assert call.end_cause is EndCause.CALLER_HUNG_UP
    assert len(stage.llm.requests) == 2
    assert not any(entry.event.type == "reply_failed" for entry in stage.entries)
    assert (Role.CALLER, "Are you open? Are you there?") in stage.dialogue
