"""Metrics say what the timelines say."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry

from backend.domain.conversation.effects import (
    CancelReply,
    CommitTurn,
    Effect,
    FlushPlayout,
    PublishLatency,
    ReleaseReply,
    ReplyKind,
    StartReply,
)
from backend.domain.conversation.events import (
    CallerLeft,
    DeadlineReached,
    EngineFailed,
    Event,
    FinalTranscript,
    KeyPressed,
    PartialTranscript,
    PlayoutFlushed,
    ReplyFailed,
    TextTyped,
)
from backend.domain.entities.agent import Agent
from backend.domain.entities.call import Call, Direction, EndCause
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.conversation_turn import ConversationTurn, Role
from backend.domain.value_objects.instant import ms
from backend.domain.value_objects.latency import TurnLatency
from backend.infrastructure.monitoring.call_counter import CallCounter
from backend.infrastructure.monitoring.metrics import CallMetrics, exposition

CALL = Call(CallId("0" * 32), Agent("a", "main", "Ana", "You are Ana."), Direction.BROWSER, 0)
ENDED = CALL.end(EndCause.CALLER_HUNG_UP, at=90_000, duration_ms=90_000)


class Counts:
    """A registry that is asked by name."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.metrics = CallMetrics(self.registry)

    def __call__(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(name, labels) or 0.0

    def observe(self, *entries: tuple[Event, tuple[Effect, ...]]) -> None:
        observer = CallCounter(self.metrics, CALL)
        for seq, (event, effects) in enumerate(entries, start=1):
            observer.observe(TimelineEntry(seq, event, effects))
        observer.end(ENDED)


def cut_turn(reply_id: int) -> ConversationTurn:
    return ConversationTurn(
        number=1,
        role=Role.AGENT,
        content="Good morning to you.",
        heard="Good morning",
        started_at=ms(0),
        ended_at=ms(900),
        interrupted=True,
        reply_id=reply_id,
    )


def test_live_calls_go_up_and_down_and_ends_have_causes() -> None:
    counts = Counts()
    first, second = (CallCounter(counts.metrics, CALL) for _ in range(2))
    assert counts("victoria_calls_live") == 2
    first.end(ENDED)
    first.end(ENDED)
    assert counts("victoria_calls_live") == 1
    second.end()
    assert counts("victoria_calls_live") == 0
    assert counts("victoria_calls_ended_total", cause="caller-hung-up", direction="browser") == 1
    assert counts("victoria_calls_ended_total", cause="unknown", direction="browser") == 1
    assert counts("victoria_call_duration_seconds_sum", direction="browser") == 90


def test_latency_is_in_seconds_and_its_segments_sum_to_it() -> None:
    counts = Counts()
    latency = TurnLatency(480, 20, 250, 100, 120, 5)
    counts.observe((FinalTranscript(ms(1), "hi"), (PublishLatency(1, latency),)))
    assert counts("victoria_turn_voice_to_voice_seconds_sum") == 0.975
    segments = ("pause", "transcript", "first_token", "first_clause", "first_audio", "playout")
    total = sum(counts("victoria_turn_segment_seconds_sum", segment=segment) for segment in segments)
    assert abs(total - 0.975) < 1e-9


def test_turns_and_replies_are_counted_by_what_they_are() -> None:
    counts = Counts()
    caller = ConversationTurn(1, Role.CALLER, "Hello.", "Hello.", ms(0), ms(500))
    counts.observe(
        (FinalTranscript(ms(1), "Hello."), (StartReply(1, ReplyKind.ANSWER, "Hello."), CommitTurn(caller))),
    )
    assert counts("victoria_turns_total", role="caller") == 1
    assert counts("victoria_replies_total", kind="answer") == 1


def test_a_draft_is_a_reply_once_it_is_released() -> None:
    counts = Counts()
    draft = StartReply(1, ReplyKind.ANSWER, "Are you open?", speculative=True)
    counts.observe((DeadlineReached(ms(700)), (draft,)))
    assert counts("victoria_replies_total", kind="answer") == 0
    counts.observe((DeadlineReached(ms(900)), (ReleaseReply(1),)))
    assert counts("victoria_replies_total", kind="answer") == 1
    assert counts("victoria_drafts_total", outcome="released") == 1


def test_a_draft_that_is_withdrawn_is_no_reply_and_no_failure() -> None:
    counts = Counts()
    draft = StartReply(1, ReplyKind.ANSWER, "Are you open?", speculative=True)
    counts.observe(
        (DeadlineReached(ms(700)), (draft,)), (ReplyFailed(ms(800), 1, "rate-limited"), (CancelReply(1),))
    )
    assert counts("victoria_replies_total", kind="answer") == 0
    assert counts("victoria_drafts_total", outcome="withdrawn") == 1
    assert counts("victoria_replies_failed_total", code="rate-limited") == 0


@pytest.mark.parametrize(
    "event",
    [PartialTranscript(ms(800), "wait"), TextTyped(ms(800), "wait"), KeyPressed(ms(800), "1")],
    ids=lambda event: event.type,
)
def test_a_caller_who_speaks_writes_or_keys_into_a_reply_interrupts_it(event: Event) -> None:
    counts = Counts()
    counts.observe(
        (event, (FlushPlayout(1),)),
        (PlayoutFlushed(ms(810), 1, "Good morning"), (CommitTurn(cut_turn(1)),)),
    )
    assert counts("victoria_barge_ins_total") == 1


def test_a_caller_who_leaves_or_a_reply_that_is_replaced_is_no_barge_in() -> None:
    counts = Counts()
    flushed = (PlayoutFlushed(ms(810), 1, "Good morning"), (CommitTurn(cut_turn(1)),))
    apology = StartReply(2, ReplyKind.APOLOGY, "")
    counts.observe((CallerLeft(ms(800), EndCause.CALLER_HUNG_UP), (FlushPlayout(1),)), flushed)
    counts.observe((DeadlineReached(ms(800)), (FlushPlayout(1), apology)), flushed)
    assert counts("victoria_turns_total", role="agent") == 2
    assert counts("victoria_barge_ins_total") == 0


def test_a_reply_that_nobody_heard_is_no_barge_in() -> None:
    counts = Counts()
    counts.observe((PartialTranscript(ms(800), "wait"), (FlushPlayout(1),)))
    assert counts("victoria_barge_ins_total") == 0


def test_failures_have_their_code_and_the_codes_are_bounded() -> None:
    counts = Counts()
    odd = ["+34600111222", "Error: connection to db:5432", "x" * 50, ""]
    codes = ["provider-timeout", "provider-timeout", *odd, *(f"code-{n}" for n in range(10_000))]
    counts.observe(*((ReplyFailed(ms(n), 1, code), ()) for n, code in enumerate(codes)))
    assert counts("victoria_replies_failed_total", code="provider-timeout") == 2
    text = exposition(counts.registry)[0].decode()
    assert text.count("victoria_replies_failed_total{") == 41
    assert "600111222" not in text
    assert sum(float(line.split()[-1]) for line in text.splitlines() if "failed_total{" in line) == len(codes)


def test_failures_of_engines_are_counted_and_who_stood_in() -> None:
    counts = Counts()
    counts.observe(
        (EngineFailed(ms(1), "llm", "groq", "rate-limited", "groq"), ()),
        (EngineFailed(ms(2), "llm", "groq", "rate-limited", "openai"), ()),
        (EngineFailed(ms(3), "llm", "openai", "auth-failed"), ()),
    )
    failures, fallbacks = "victoria_engine_failures_total", "victoria_engine_fallbacks_total"
    assert counts(failures, port="llm", engine="groq", code="rate-limited") == 2
    assert counts(failures, port="llm", engine="openai", code="auth-failed") == 1
    assert counts(fallbacks, port="llm", **{"from": "groq", "to": "openai"}) == 1
    assert exposition(counts.registry)[0].decode().count(f"{fallbacks}{{") == 1, "a second try is no fallback"


def test_owners_who_name_many_engines_do_not_grow_the_metrics() -> None:
    counts = Counts()
    names = ["Ana's key", *(f"engine-{n}" for n in range(1_000))]
    counts.observe(
        *((EngineFailed(ms(n), "tts", name, "closed", f"{name}-b"), ()) for n, name in enumerate(names)),
    )
    text = exposition(counts.registry)[0].decode()
    assert text.count("victoria_engine_failures_total{") <= 21
    assert text.count("victoria_engine_fallbacks_total{") <= 21 * 21
    assert "Ana" not in text
