"""Callers who ask, hesitate and dictate, and what an agent makes of it.

One script is one turn of the caller: what they say without a pause, then how long they pause, and so on. The
words are those that a recogniser that punctuates gives for each part on its own. An agent meets all of them
in one call, with engines of set delays (STT 100 ms, LLM 200 ms, TTS 100 ms) and in virtual time, so that the
result is exact and the same every time.
"""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from backend.domain.conversation.effects import CancelReply, ReleaseReply, ReplyKind, StartReply
from backend.domain.entities.agent import Agent, LatencyOptions
from backend.domain.entities.call import EndCause
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language
from backend.domain.value_objects.policies import Endpointing
from tests.support.calls import Stage, agent, manners
from tests.support.scripted import Say, ScriptedLlm, ScriptedStt, ScriptedTts

STT_MS: Final = 100
LLM_MS: Final = 200
TTS_MS: Final = 100
MS_PER_WORD: Final = 300

Part = tuple[str, int]  # words, and the pause in milliseconds behind them; 0 behind the last
Script = tuple[Part, ...]

SCRIPTS: Final[Mapping[Language, tuple[Script, ...]]] = {
    ENGLISH: (
        (("Are you open on Sunday?", 0),),
        (("How much is the small room?", 0),),
        (("I would like to book a table.", 0),),
        (("Can I bring my dog?", 0),),
        (("Yes please.", 0),),
        (("I need a table and", 300), ("two chairs for the children.", 0)),
        (("I called you yesterday and", 900), ("nobody could help me.", 0)),
        (("Well,", 600), ("what does it cost?", 0)),
        (("If it rains,", 800), ("can we sit inside?", 0)),
        (("I want to reserve", 400), ("a room with a view.", 0)),
        (("We are coming with", 700), ("my parents.", 0)),
        (("Could you tell me", 450), ("when you close?", 0)),
        (("My number is six one two", 500), ("five five five", 700), ("one two three four.", 0)),
        (("It is zero four two", 300), ("nine nine one.", 0)),
        (("Where can I park?", 0),),
        (("Do you take cards?", 0),),
    ),
    SPANISH: (
        (("¿Abren los domingos?", 0),),
        (("¿Cuánto cuesta la habitación pequeña?", 0),),
        (("Quisiera reservar una mesa.", 0),),
        (("¿Puedo llevar a mi perro?", 0),),
        (("Sí, por favor.", 0),),
        (("Necesito una mesa y", 300), ("dos sillas para los niños.", 0)),
        (("Ayer les llamé y", 900), ("nadie me pudo ayudar.", 0)),
        (("Bueno,", 600), ("¿cuánto cuesta?", 0)),
        (("Si llueve,", 800), ("¿podemos sentarnos dentro?", 0)),
        (("Quiero reservar", 400), ("una habitación con vistas.", 0)),
        (("Vamos a ir con", 700), ("mis padres.", 0)),
        (("¿Me puede decir", 450), ("a qué hora cierran?", 0)),
        (("Mi número es seis uno dos", 500), ("cinco cinco cinco", 700), ("uno dos tres cuatro.", 0)),
        (("Es el cero cuatro dos", 300), ("nueve nueve uno.", 0)),
        (("¿Dónde puedo aparcar?", 0),),
        (("¿Aceptan tarjetas?", 0),),
    ),
}


@dataclass(frozen=True, slots=True)
class Haste:
    """What of an agent's haste is switched on."""

    adaptive: bool
    speculative: bool

    def agent(self, language: Language) -> Agent:
        """Return the agent, which says nothing until it is asked."""
        return agent(
            language=language,
            first_message="",
            turn_taking=manners(endpointing=replace(Endpointing(), adaptive=self.adaptive)),
            latency=LatencyOptions(speculative_replies=self.speculative),
        )


PLAIN: Final = Haste(adaptive=False, speculative=False)
HASTES: Final[Mapping[str, Haste]] = {
    "plain": PLAIN,
    "adaptive endpointing": Haste(adaptive=True, speculative=False),
    "speculative replies": Haste(adaptive=False, speculative=True),
    "both": Haste(adaptive=True, speculative=True),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of all turns.

    ``waits_ms`` is the time from the end of each to the first sound of its answer. A *cut-off* is a pause
    that the agent took for the end of a turn. ``begun`` counts answers, drafts included; ``withdrawn`` the
    drafts among them that were not released.
    """

    waits_ms: tuple[float, ...]
    cut_offs: int
    withdrawn: int
    begun: int

    @property
    def median_ms(self) -> float:
        return statistics.median(self.waits_ms)

    @property
    def longest_ms(self) -> float:
        return max(self.waits_ms)

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(
            self.waits_ms + other.waits_ms,
            self.cut_offs + other.cut_offs,
            self.withdrawn + other.withdrawn,
            self.begun + other.begun,
        )


def as_sentences(script: Script) -> Script:
    """Return what a recogniser makes of ``script`` that takes every pause for the end of a sentence."""
    return tuple((f"{words.rstrip(',.')}." if words[-1] != "?" else words, pause) for words, pause in script)


def without_marks(script: Script) -> Script:
    """Return what a recogniser makes of ``script`` that writes words only."""
    return tuple((words.strip("¿?.,").replace(",", ""), pause) for words, pause in script)


def hear_all(haste: Haste, heard_as: Callable[[Script], Script] = lambda script: script) -> Outcome:
    """Conduct one call in each language, in virtual time; the recogniser takes the scripts ``heard_as``."""
    calls = (hear(haste, language, tuple(map(heard_as, scripts))) for language, scripts in SCRIPTS.items())
    return sum(calls, start=Outcome((), 0, 0, 0))


def hear(haste: Haste, language: Language, scripts: tuple[Script, ...]) -> Outcome:
    """Conduct one call in which all ``scripts`` are said, each after the agent has answered."""
    stage = Stage(
        agent=haste.agent(language),
        stt=ScriptedStt(
            [words for words, _ in chain.from_iterable(scripts)], final_ms=STT_MS, ms_per_word=MS_PER_WORD
        ),
        llm=ScriptedLlm([Say("Of course.", ttft_ms=LLM_MS, ms_per_word=0)]),
        tts=ScriptedTts(ttfb_ms=TTS_MS),
    )
    turns: list[tuple[float, float]] = []

    async def caller(stage: Stage) -> None:
        await asyncio.sleep(0.5)
        for script in scripts:
            began = _now()
            for words, pause_ms in script:
                await stage.say(MS_PER_WORD * len(words.split()))
                await asyncio.sleep(pause_ms / 1_000)
            turns.append((began, stage.spoken[-1][1]))
            await stage.until_answered(quiet_s=2.0)
        stage.hang_up()

    call = stage.play(caller)
    assert call.end_cause is EndCause.CALLER_HUNG_UP
    return _outcome(stage, turns)


def _outcome(stage: Stage, turns: list[tuple[float, float]]) -> Outcome:
    effects = [(entry.event.at / 1e9, effect) for entry in stage.entries for effect in entry.effects]
    answers = {
        effect.reply_id: effect.speculative
        for _, effect in effects
        if isinstance(effect, StartReply) and effect.kind is ReplyKind.ANSWER
    }
    decided = [
        at
        for at, effect in effects
        if isinstance(effect, ReleaseReply)
        or (isinstance(effect, StartReply) and effect.kind is ReplyKind.ANSWER and not effect.speculative)
    ]
    released = {effect.reply_id for _, effect in effects if isinstance(effect, ReleaseReply)}
    drafts = {number for number, is_draft in answers.items() if is_draft} - released
    return Outcome(
        waits_ms=tuple(
            1_000 * (next(began for began, _ in stage.line.played if began > end) - end) for _, end in turns
        ),
        cut_offs=sum(began < at < end for at in decided for began, end in turns),
        withdrawn=sum(isinstance(effect, CancelReply) and effect.reply_id in drafts for _, effect in effects),
        begun=len(answers),
    )


def _now() -> float:
    return asyncio.get_running_loop().time()
