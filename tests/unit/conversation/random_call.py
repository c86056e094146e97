"""A call in which anything plausible may happen next.

``hypothesis`` plays everybody at random but plausibly: the recogniser speaks in order but late, twice or
never; replies obey their orders but their last events may still be on their way; anybody may leave.
The referee watches every step.
"""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from backend.domain.conversation.events import (
    CallerLeft,
    ClauseGenerated,
    EndCallRequested,
    Event,
    FillerQueued,
    FinalTranscript,
    FirstAudioReceived,
    FirstTokenReceived,
    HangUpRequested,
    Heard,
    MediaResumed,
    MediaStalled,
    PartialTranscript,
    PlayoutDrained,
    PlayoutFlushed,
    PlayoutStarted,
    ReplyEnded,
    ReplyFailed,
    SpeechStarted,
    SpeechStopped,
    TranscriptionFailed,
    TranscriptSettled,
)
from backend.domain.conversation.machine import step
from backend.domain.conversation.state import Pausing, Speaking
from backend.domain.entities.call import EndCause
from backend.domain.errors import UnexpectedEventError
from backend.domain.value_objects.instant import later, ms
from tests.unit.conversation.running_call import RunningCall

pieces = st.sampled_from(["Of course. ", "One. ", "It is open", " until nine. ", "Goodbye."])
languages = st.sampled_from(["", "", "en", "es-419"])
lags = st.integers(0, 300)  # how late the detector notices, and playout reports


class RandomCall(RunningCall):
    """One call in which anything plausible may happen next."""

    # --- the caller -------------------------------------------------------------------------------

    @precondition(lambda self: not isinstance(self.state.caller, Speaking))
    @rule(lag=lags)
    def speech_starts(self, lag: int) -> None:
        last = self.state.caller.since if isinstance(self.state.caller, Pausing) else ms(0)
        self.send(SpeechStarted(self.now, since=max(last, later(self.now, -lag))))

    @precondition(lambda self: isinstance(self.state.caller, Speaking))
    @rule(lag=lags, voiced_ms=st.sampled_from([100.0, 900.0]))
    def speech_stops(self, lag: int, voiced_ms: float) -> None:
        assert isinstance(self.state.caller, Speaking)
        since = max(self.state.caller.since, later(self.now, -lag))
        self.send(SpeechStopped(self.now, since=since, voiced_ms=voiced_ms))

    @precondition(lambda self: not isinstance(self.state.caller, Speaking))
    @rule(spoken_ms=st.sampled_from([300, 1_000]), wait_ms=st.sampled_from([0, 500, 1_300]))
    def something_is_said(self, spoken_ms: int, wait_ms: int) -> None:
        """The usual case, so that random calls get beyond their beginnings."""
        self.speech_starts(lag=0)
        self.words_are_guessed()
        self.wake(later(self.now, spoken_ms))
        if isinstance(self.state.caller, Speaking):
            self.speech_stops(lag=0, voiced_ms=float(spoken_ms))
        self.words_are_recognised(more=True, language="")
        if self.finalized > self.state.settled:
            self.an_utterance_is_settled()
        self.wake(later(self.now, wait_ms))

    @rule(stalls=st.booleans())
    def line_stalls_or_resumes(self, stalls: bool) -> None:
        self.send(MediaStalled(self.now) if stalls else MediaResumed(self.now))

    # --- the recogniser: in order, but as late as it likes ------------------------------------------

    @precondition(lambda self: self.finalized > self.state.settled or isinstance(self.state.caller, Speaking))
    @rule()
    def words_are_guessed(self) -> None:
        self.word += 1
        self.said.append(f"word{self.word}")
        self.send(PartialTranscript(self.now, " ".join(self.said)))

    @precondition(lambda self: self.said)
    @rule(more=st.booleans(), language=languages)
    def words_are_recognised(self, more: bool, language: str) -> None:
        if more:
            self.word += 1
            self.said.append(f"word{self.word}")
        text, self.said = " ".join(self.said), []
        self.final(text, language)

    def final(self, text: str, language: str = "") -> None:
        self.finals.update(text.split())
        if self.is_due(text):
            self.due_in_transcript.update(text.split())
        self.send(FinalTranscript(self.now, text, language))

    def is_due(self, text: str) -> bool:
        """Whether ``text``, recognised now, has to be in the transcript in the end."""
        is_late = self.state.settled < self.state.answered
        return not (is_late or self.state.ended or self.is_leaving)

    @property
    def is_leaving(self) -> bool:
        return self.state.phase.name == "LEAVING"

    @rule()
    def the_detector_missed_a_word(self) -> None:
        self.word += 1
        self.final(f"word{self.word}")

    @rule(text=st.sampled_from(["", "  ", "mhm", "Of course.", "..."]), language=languages)
    def nothing_of_weight_is_recognised(self, text: str, language: str) -> None:
        self.send(FinalTranscript(self.now, text, language))

    @precondition(lambda self: self.finalized > self.state.settled)
    @rule()
    def an_utterance_is_settled(self) -> None:
        self.said = []
        self.send(TranscriptSettled(self.now, self.state.settled + 1))

    @rule()
    def an_utterance_is_settled_twice(self) -> None:
        self.send(TranscriptSettled(self.now, self.state.settled))

    @rule()
    def recognition_fails(self) -> None:
        self.said = []
        self.send(TranscriptionFailed(self.now, "stt-lost"))

    # --- the reply --------------------------------------------------------------------------------

    @precondition(lambda self: self.live)
    @rule(text=pieces)
    def a_clause_is_generated(self, text: str) -> None:
        self.send(FirstTokenReceived(self.now, self.live_id))
        self.send(ClauseGenerated(self.now, self.live_id, text))
        self.send(FirstAudioReceived(self.now, self.live_id))

    @precondition(lambda self: self.live and not self.live.is_held)
    @rule(text=pieces, takes_ms=st.sampled_from([0, 200, 2_000]))
    def the_reply_is_heard_so_far(self, text: str, takes_ms: int) -> None:
        """The usual case."""
        number = self.live_id
        self.a_clause_is_generated(text)
        self.wake(later(self.now, takes_ms))
        if self.referee.current_id == number:
            self.the_reply_becomes_audible(lag=0)

    @precondition(lambda self: self.live and self.live_id in self.fillers and not self.live.was_audible)
    @rule()
    def the_filler_is_queued(self) -> None:
        self.fillers.discard(self.live_id)
        self.send(FillerQueued(self.now, self.live_id, "One moment. "))

    @precondition(lambda self: self.live and self.live.generated and not self.live.is_held)
    @rule(lag=lags)
    def the_reply_becomes_audible(self, lag: int) -> None:
        reply = self.state.reply
        assert reply is not None
        begun_at = reply.started_at if reply.decision is None else reply.decision.decided
        audible_at = max(begun_at, later(self.now, -lag))
        self.send(PlayoutStarted(self.now, self.live_id, audible_at=audible_at))

    @precondition(lambda self: self.live and self.live.was_audible)
    @rule(data=st.data())
    def some_of_it_is_heard(self, data: st.DataObject) -> None:
        assert self.live is not None
        text = self.live.generated
        self.send(Heard(self.now, self.live_id, text[: data.draw(st.integers(0, len(text)))]))

    @precondition(lambda self: self.live and self.live.was_audible)
    @rule()
    def all_there_was_is_heard(self) -> None:
        self.send(PlayoutDrained(self.now, self.live_id))

    @precondition(lambda self: self.live and (self.live.was_audible or not self.live.generated))
    @rule()
    def the_reply_ends(self) -> None:
        self.send(ReplyEnded(self.now, self.live_id))

    @precondition(lambda self: self.live)
    @rule()
    def the_reply_fails(self) -> None:
        self.send(ReplyFailed(self.now, self.live_id, "tts-failed"))

    @precondition(lambda self: self.live)
    @rule()
    def the_model_ends_the_call(self) -> None:
        self.send(EndCallRequested(self.now, self.live_id))

    # --- the draft --------------------------------------------------------------------------------

    @property
    def draft_id(self) -> int:
        number = self.referee.draft_id
        assert number is not None
        return number

    @precondition(lambda self: self.referee.draft_id)
    @rule(text=pieces, has_sound=st.booleans())
    def the_draft_gets_on(self, text: str, has_sound: bool) -> None:
        self.send(FirstTokenReceived(self.now, self.draft_id))
        self.send(ClauseGenerated(self.now, self.draft_id, text))
        if has_sound:
            self.send(FirstAudioReceived(self.now, self.draft_id))

    @precondition(lambda self: self.referee.draft_id)
    @rule()
    def the_draft_fails(self) -> None:
        self.send(ReplyFailed(self.now, self.draft_id, "llm-failed"))
        assert self.referee.draft_id is None

    @precondition(lambda self: self.referee.draft_id)
    @rule()
    def the_draft_ends_the_call(self) -> None:
        """The runner would not tell before the draft is released; the rules do not rely on that."""
        self.send(EndCallRequested(self.now, self.draft_id))

    @precondition(lambda self: self.referee.draft_id)
    @rule(data=st.data())
    def a_draft_is_not_heard(self, data: st.DataObject) -> None:
        heard: list[Event] = [
            FillerQueued(self.now, self.draft_id, "One moment. "),
            PlayoutStarted(self.now, self.draft_id, audible_at=self.now),
            Heard(self.now, self.draft_id, ""),
            PlayoutDrained(self.now, self.draft_id),
            ReplyEnded(self.now, self.draft_id),
        ]
        with pytest.raises(UnexpectedEventError):
            step(self.state, data.draw(st.sampled_from(heard)), self.policy)

    @precondition(lambda self: self.flushes)
    @rule(data=st.data())
    def the_flush_is_reported(self, data: st.DataObject) -> None:
        number = self.flushes.pop(0)
        text = self.referee.replies[number].generated
        heard = text[: data.draw(st.integers(0, len(text)))]
        self.send(PlayoutFlushed(self.now, number, heard))

    @precondition(lambda self: any(not reply.is_live for reply in self.referee.replies.values()))
    @rule(data=st.data())
    def a_retired_reply_still_speaks_up(self, data: st.DataObject) -> None:
        retired = [number for number, reply in self.referee.replies.items() if not reply.is_live]
        number = data.draw(st.sampled_from(retired))
        too_late: list[Event] = [
            ClauseGenerated(self.now, number, "Never to be heard."),
            PlayoutStarted(self.now, number, audible_at=self.now),
            Heard(self.now, number, "Never heard."),
            ReplyEnded(self.now, number),
            ReplyFailed(self.now, number, "cancelled"),
            EndCallRequested(self.now, number),
        ]
        before = self.state
        self.send(data.draw(st.sampled_from(too_late)))
        assert self.state == before
        assert self.recorded[-1][1] == ()

    # --- the end ----------------------------------------------------------------------------------

    @rule(chance=st.integers(0, 9))
    def someone_ends_the_call(self, chance: int) -> None:
        if chance == 0:
            self.send(CallerLeft(self.now, EndCause.CALLER_HUNG_UP))
        elif chance == 1:
            self.send(HangUpRequested(self.now, EndCause.REQUESTED))
