"""What somebody sees who watches a call: who has the floor, and what is being said."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from backend.application.services.live_call import MAX_TEXT, LiveCall, LiveCallFold, LiveState
from backend.domain.conversation.effects import (
    CancelReply,
    CommitTurn,
    Effect,
    FlushPlayout,
    HoldPlayout,
    PublishLatency,
    ReleaseReply,
    ReplyKind,
    ResumePlayout,
    StartReply,
)
from backend.domain.conversation.events import (
    ClauseGenerated,
    DeadlineReached,
    Event,
    FinalTranscript,
    FirstTokenReceived,
    Heard,
    KeyPressed,
    PartialTranscript,
    PlayoutDrained,
    PlayoutFlushed,
    PlayoutStarted,
    ReplyEnded,
    SpeechStarted,
    SpeechStopped,
    TextTyped,
)
from backend.domain.conversation.state import Phase, Speaking
from backend.domain.entities.call import Call, Direction
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.conversation_turn import ConversationTurn, Role
from backend.domain.value_objects.instant import ms
from backend.domain.value_objects.latency import TurnLatency
from tests.support.calls import AGENT
from tests.unit.conversation.random_telephone import RandomTelephone

CALL = Call(CallId("e" * 32), AGENT, Direction.BROWSER, started_at=1_700_000_000_000)
NOW = ms(0)


def seen_after(*entries: Event | tuple[Event, *tuple[Effect, ...]]) -> LiveCall:
    """Return what there is to see after these events, each with its effects if it had any."""
    fold = LiveCallFold(CALL)
    for seq, given in enumerate(entries, 1):
        event, *effects = given if isinstance(given, tuple) else (given,)
        fold.take(TimelineEntry(seq, event, tuple(effects)))
    return fold.view()


def turn(role: Role, content: str, heard: str | None = None, reply_id: int | None = None) -> CommitTurn:
    heard = content if heard is None else heard
    return CommitTurn(ConversationTurn(1, role, content, heard, NOW, NOW, reply_id=reply_id))


def asks(reply_id: int, *, speculative: bool = False) -> StartReply:
    return StartReply(reply_id, ReplyKind.ANSWER, "Are you open?", speculative)


DECIDED = DeadlineReached(NOW)
QUESTION = (
    SpeechStarted(NOW, since=NOW),
    PartialTranscript(NOW, "Are you"),
    SpeechStopped(NOW, since=NOW, voiced_ms=800),
    FinalTranscript(NOW, "Are you open?"),
)
ANSWERED = (
    *QUESTION,
    (DECIDED, asks(1)),
    (PlayoutStarted(NOW, 1, audible_at=NOW), turn(Role.CALLER, "Are you open?")),
    Heard(NOW, 1, "From nine"),
)


def test_a_new_call_listens_and_nothing_was_said() -> None:
    assert seen_after() == LiveCall(CALL, LiveState.LISTENING, "", "", 0, None)


def test_the_caller_speaks_then_pauses_then_waits_and_then_hears() -> None:
    states = [seen_after(*ANSWERED[:count]).state for count in range(1, len(ANSWERED) + 1)]

    assert states == [
        *[LiveState.CALLER_SPEAKING] * 2,
        *[LiveState.LISTENING] * 2,
        LiveState.THINKING,
        *[LiveState.SPEAKING] * 2,
    ]


def test_words_are_seen_while_they_are_spoken() -> None:
    assert seen_after(*QUESTION[:2]).caller_text == "Are you"
    assert seen_after(*QUESTION, PartialTranscript(NOW, "on")).caller_text == "Are you open? on"


def test_a_draft_is_no_thought_until_it_is_released() -> None:
    draft = (
        (DECIDED, asks(1, speculative=True)),
        FirstTokenReceived(NOW, 1),
        ClauseGenerated(NOW, 1, "Yes."),
    )

    assert seen_after(*QUESTION, *draft).state is LiveState.LISTENING
    assert seen_after(*QUESTION, *draft, (DECIDED, ReleaseReply(1))).state is LiveState.THINKING


def test_a_draft_that_is_withdrawn_leaves_no_trace() -> None:
    goes_on = (SpeechStarted(NOW, since=NOW), CancelReply(1))

    withdrawn = seen_after(*QUESTION, (DECIDED, asks(1, speculative=True)), goes_on)

    assert withdrawn == seen_after(*QUESTION, SpeechStarted(NOW, since=NOW))


def test_only_what_was_heard_is_seen_of_the_agent() -> None:
    seen = seen_after(*ANSWERED, ClauseGenerated(NOW, 1, " From nine to five."))

    assert seen.agent_text == "From nine"


def test_an_answer_stays_in_sight_until_the_next_one_is_thought_of() -> None:
    ended = (ReplyEnded(NOW, 1), turn(Role.AGENT, "From nine to five.", reply_id=1))

    assert seen_after(*ANSWERED, ended).agent_text == "From nine to five."
    assert seen_after(*ANSWERED, ended).state is LiveState.LISTENING
    assert seen_after(*ANSWERED, ended, (DECIDED, asks(2))).agent_text == ""


def test_what_is_said_next_stands_alone() -> None:
    assert seen_after(*ANSWERED).caller_text == "Are you open?"
    assert seen_after(*ANSWERED, PartialTranscript(NOW, "And on")).caller_text == "And on"


def test_an_agent_that_is_held_is_silent_and_goes_on_when_nobody_interrupts() -> None:
    held = (*ANSWERED, (SpeechStarted(NOW, since=NOW), HoldPlayout(1)), FinalTranscript(NOW, "mm-hm"))
    silent = (*held, SpeechStopped(NOW, since=NOW, voiced_ms=300))
    resumed = (*silent, (DECIDED, ResumePlayout(1)))

    assert seen_after(*held).state is LiveState.CALLER_SPEAKING
    assert seen_after(*silent).state is LiveState.LISTENING
    assert seen_after(*resumed).state is LiveState.SPEAKING
    assert seen_after(*resumed, FinalTranscript(NOW, "And on Sundays?")).caller_text == "And on Sundays?"


def test_an_agent_that_is_interrupted_leaves_the_floor() -> None:
    cut = (PartialTranscript(NOW, "Wait"), FlushPlayout(1), CancelReply(1))
    committed = turn(Role.AGENT, "From nine to five.", "From nine to", reply_id=1)
    flushed = (PlayoutFlushed(NOW, 1, "From nine to"), committed)

    seen = seen_after(*ANSWERED, SpeechStarted(NOW, since=NOW), cut, flushed)

    assert (seen.state, seen.caller_text) == (LiveState.CALLER_SPEAKING, "Wait")
    assert (seen.agent_text, seen.turns) == ("From nine to", 2)


def test_what_becomes_known_late_of_a_cut_reply_does_not_hide_its_successor() -> None:
    cut = (PartialTranscript(NOW, "Wait"), FlushPlayout(1), CancelReply(1), asks(2))

    flushed = (PlayoutFlushed(NOW, 1, "From"), turn(Role.AGENT, "From nine", "From", reply_id=1))

    seen = seen_after(*ANSWERED, cut, flushed)

    assert (seen.state, seen.agent_text) == (LiveState.THINKING, "")


def test_late_news_of_a_reply_that_was_cut_is_no_news() -> None:
    cut = (*ANSWERED, (PartialTranscript(NOW, "Wait"), FlushPlayout(1), CancelReply(1), asks(2)))
    heard = (*cut, PlayoutStarted(NOW, 2, audible_at=NOW), Heard(NOW, 2, "Sure"))

    late = (Heard(NOW, 1, "From nine to"), PlayoutDrained(NOW, 1), ReplyEnded(NOW, 1))

    assert seen_after(*heard, *late) == seen_after(*heard)
    assert seen_after(*cut, PlayoutStarted(NOW, 1, audible_at=NOW)).state is LiveState.THINKING


def test_an_agent_that_runs_out_of_words_keeps_the_caller_waiting() -> None:
    assert seen_after(*ANSWERED, PlayoutDrained(NOW, 1)).state is LiveState.THINKING


def test_how_long_the_caller_waited_last_is_told() -> None:
    latency = TurnLatency(500, 0, 200, 50, 100, 30)

    assert seen_after((DECIDED, PublishLatency(1, latency))).last_voice_to_voice_ms == 880


def test_of_endless_talk_the_end_is_seen() -> None:
    talk = [FinalTranscript(NOW, f"word{number}") for number in range(10_000)]

    seen = seen_after(*talk, PartialTranscript(NOW, "now")).caller_text

    assert len(seen) == MAX_TEXT
    assert seen.startswith("…")
    assert seen.endswith(" word9998 word9999 now")


class WatchedCall(RandomTelephone):
    """A random call; what is seen of it is compared with what the machine knows."""

    def send(self, event: Event) -> None:
        if not hasattr(self, "fold"):
            self.fold = LiveCallFold(CALL)
        super().send(event)
        self.fold.take(TimelineEntry(len(self.recorded), *self.recorded[-1]))
        seen, reply = self.fold.view(), self.state.reply
        is_agents_turn = reply is not None and not reply.is_held
        if seen.state in (LiveState.SPEAKING, LiveState.THINKING):
            assert is_agents_turn
        elif is_agents_turn:
            assert seen.state is LiveState.CALLER_SPEAKING
        if reply is not None:
            assert seen.agent_text == reply.heard
            assert (seen.state is LiveState.SPEAKING) >= (is_agents_turn and reply.silent_since is None)
        elif self.state.phase is Phase.ACTIVE and isinstance(self.state.caller, Speaking):
            assert seen.state is LiveState.CALLER_SPEAKING
        assert seen.turns == self.state.turns


TestWatchedCalls = WatchedCall.TestCase
TestWatchedCalls.settings = settings(
    max_examples=100,
    stateful_step_count=60,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


def test_written_words_are_what_the_caller_says() -> None:
    assert seen_after(TextTyped(NOW, " On Sundays? ")).caller_text == "On Sundays?"
    assert seen_after(FinalTranscript(NOW, "Hello."), TextTyped(NOW, "Hi.")).caller_text == "Hello. Hi."


def test_keys_are_shown_one_by_one_and_in_the_turn_once() -> None:
    pressed = (FinalTranscript(NOW, "It is"), KeyPressed(NOW, "4"), KeyPressed(NOW, "2"))
    assert seen_after(*pressed).caller_text == "It is [keys 4 2]"
    committed = (DeadlineReached(NOW), turn(Role.CALLER, "It is [keys 4 2]"))
    assert seen_after(*pressed, committed).caller_text == "It is [keys 4 2]"
    assert seen_after(*pressed, committed, KeyPressed(NOW, "1")).caller_text == "[keys 1]"
