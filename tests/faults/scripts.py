"""What the caller does in a call in which something fails."""

from __future__ import annotations

from typing import Final

from backend.domain.conversation.manners import manners_of
from backend.domain.entities.call import EndCause
from backend.domain.value_objects.conversation_turn import Role
from backend.domain.value_objects.language import ENGLISH
from tests.faults.trial import Trial
from tests.faults.verdict import Verdict
from tests.support.answering_engines import ANSWERS, QUESTIONS
from tests.support.calls import Caller, Stage
from tests.support.faulty_engines import FaultyTts
from tests.support.faulty_ways import MIDWAY, PASSING, Way

PHRASES: Final = manners_of(ENGLISH).phrases


def caller_for(way: Way, *, has_stand_in: bool, cap_s: float) -> Caller:
    """Return what to do: with a stand-in, or if the trouble passes, two questions; else one after the other
    until the agent gives up. A session is left alone until it is older than ``cap_s``."""

    async def caller(stage: Stage) -> None:
        assert isinstance(stage, Trial)
        await stage.until_attended()
        for number in range(2 if has_stand_in or way in PASSING else len(QUESTIONS)):
            if number == 1 and way is Way.SESSION_CAP:
                await stage.be_away(cap_s)
            await stage.ask(number)
            await stage.until_attended()
        stage.hang_up()

    return caller


def expect_outcome(trial: Trial, way: Way, verdict: Verdict) -> None:
    """With a stand-in the call goes on; without, it ends with a farewell, unless the trouble passed."""
    dialogue = trial.dialogue
    if trial.has_stand_in or way in PASSING:
        verdict.expect(verdict.end_cause is EndCause.CALLER_HUNG_UP, f"the call ended: {verdict.end_cause}")
        verdict.expect(_plain(dialogue[-2:]) == _pair(1), f"question 2 was not answered: {dialogue}")
        if trial.port == "stt" or not (way in MIDWAY | PASSING or _is_heard_dripping(trial, way)):
            verdict.expect(not trial.apologies, "the agent apologised though there was a stand-in")
            verdict.expect(_plain(dialogue[-4:-2]) == _pair(0), f"question 1 was not answered: {dialogue}")
    elif trial.port != "stt" or way not in MIDWAY:  # a word or two of each question is something to answer
        verdict.expect(verdict.end_cause is EndCause.ENGINES_FAILED, f"the call ended: {verdict.end_cause}")
        verdict.expect(dialogue[-1] == (Role.AGENT, PHRASES.farewell), f"last words: {dialogue[-1]}")
    else:
        verdict.expect(verdict.end_cause is not EndCause.IDLE, f"the call ended: {verdict.end_cause}")


def _is_heard_dripping(trial: Trial, way: Way) -> bool:
    """Whether the first samples got through, as they do where no adapter waits for more."""
    return trial.port == "tts" and way is Way.DRIP and isinstance(trial.engine, FaultyTts)


def _pair(number: int) -> list[tuple[Role, str]]:
    return [(Role.CALLER, QUESTIONS[number]), (Role.AGENT, ANSWERS[QUESTIONS[number]])]


def _plain(turns: list[tuple[Role, str]]) -> list[tuple[Role, str]]:
    return [(role, text.removeprefix(PHRASES.filler)) for role, text in turns]
