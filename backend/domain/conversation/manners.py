"""What a language brings to a conversation: phrases, and the words that tell where a turn stands.

Words are compared as ``words`` makes them: lower case, without accents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from backend.domain.conversation.words import words
from backend.domain.entities.agent import Agent
from backend.domain.entities.call import Call, EndCause
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.policies import FirstSpeaker, Phrases, Policy, Speculation


@dataclass(frozen=True, slots=True)
class Manners:
    """One language's manners."""

    phrases: Phrases
    backchannels: frozenset[str]
    connectives: frozenset[str]
    closings: frozenset[str]
    numerals: frozenset[str]


_ENGLISH: Final = Manners(
    phrases=Phrases(
        idle_prompt="Are you still there?",
        reprompt="Sorry, I didn't catch that. Could you say it again?",
        goodbye="Thank you for calling. Goodbye.",
        filler="One moment, please. ",
        apology="I'm sorry, something went wrong on my side. Could you say that again?",
        farewell="I'm sorry, I cannot go on with this call. Please try again later. Goodbye.",
        transferring="I'll put you through to somebody who can help you. One moment, please.",
        transfer_failed="I'm sorry, nobody can take the call right now. What else can I do for you?",
        resumed="Sorry, we were cut off for a moment. Where were we?",
    ),
    backchannels=frozenset(
        "mm mhm hm hmm mm-hm uh-huh uh huh aha ah oh ok okay yeah yep yes right sure good great nice cool "
        "wow really exactly absolutely totally".split()
    )
    | {"mm hm", "uh huh", "i see", "of course", "all right", "got it", "go on", "makes sense"},
    connectives=frozenset(
        "and or but so because if when while then than that which who the a an my your to of for with at "
        "in on from is are was um uh er like about".split()
    ),
    closings=frozenset("please thanks yes goodbye bye".split()) | {"thank you", "that's all", "that's it"},
    numerals=frozenset(
        "zero oh one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred "
        "double triple".split()
    ),
)

_SPANISH: Final = Manners(
    phrases=Phrases(
        idle_prompt="¿Sigue ahí?",
        reprompt="Perdone, no le he entendido. ¿Puede repetirlo?",
        goodbye="Gracias por llamar. Adiós.",
        filler="Un momento, por favor. ",
        apology="Lo siento, algo ha fallado por mi parte. ¿Puede repetirlo?",
        farewell="Lo siento, no puedo continuar con esta llamada. Inténtelo más tarde. Adiós.",
        transferring="Le paso con alguien que puede ayudarle. Un momento, por favor.",
        transfer_failed="Lo siento, ahora mismo nadie puede atender la llamada. ¿En qué más le ayudo?",
        resumed="Perdone, se ha cortado un momento. ¿Por dónde íbamos?",
    ),
    backchannels=frozenset(
        "mm mhm hm hmm aja ah oh eh ok okay vale si ya claro bueno bien exacto perfecto entiendo entendido "
        "estupendo genial cierto".split()
    )
    | {"por supuesto", "de acuerdo", "muy bien", "ya veo", "ah ya", "asi es", "eso es"},
    connectives=frozenset(
        "y e o u pero porque que si cuando mientras como donde el la los las un una unos unas mi tu su "
        "de del a al en con por para sin sobre es son era este pues entonces".split()
    ),
    closings=frozenset("gracias adios".split()) | {"por favor", "eso es", "nada mas", "muchas gracias"},
    numerals=frozenset(
        "cero un uno una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
        "dieciseis diecisiete dieciocho diecinueve veinte veintiuno veintidos veintitres veinticuatro "
        "veinticinco veintiseis veintisiete veintiocho veintinueve treinta cuarenta cincuenta sesenta "
        "setenta ochenta noventa cien ciento".split()
    ),
)

_BY_LANGUAGE: Final[Mapping[str, Manners]] = {"en": _ENGLISH, "es": _SPANISH}


def manners_of(language: Language) -> Manners:
    """Return the manners of ``language``, English where it is not known."""
    return _BY_LANGUAGE.get(language.base, _ENGLISH)


def policy_for(agent: Agent, *, on_telephone: bool = False, can_transfer: bool = False) -> Policy:
    """Return how a conversation with ``agent`` is to be conducted, on a line that is a telephone or not, and
    from which the caller can be put through or not."""
    manner = agent.turn_taking
    by_language = {each.base: manners_of(each) for each in (agent.language, *agent.other_languages)}
    manners = _together(by_language[agent.language.base], *by_language.values())
    own = frozenset(" ".join(words(phrase)) for phrase in manner.barge_in.backchannels)
    return Policy(
        phrases=manners.phrases,
        first_message=agent.first_message,
        first_speaker=manner.first_speaker,
        endpointing=replace(
            manner.endpointing,
            connectives=manner.endpointing.connectives | manners.connectives,
            closings=manner.endpointing.closings | manners.closings,
            numerals=manner.endpointing.numerals | manners.numerals,
        ),
        barge_in=replace(manner.barge_in, backchannels=own | manners.backchannels),
        silence=manner.silence,
        limits=manner.limits,
        speculation=Speculation(enabled=agent.latency.speculative_replies),
        language=agent.language.tag,
        translations={base: manners.phrases for base, manners in by_language.items()},
        announcement=agent.telephone.announcement if on_telephone else "",
        destinations=tuple(each.name for each in agent.telephone.destinations) if can_transfer else (),
        on_machine=agent.telephone.on_machine,
        voicemail=agent.telephone.voicemail,
        keypad=agent.telephone.keypad,
    )


def going_on_with(earlier: Call, policy: Policy) -> Policy:
    """Return how a conversation is to be conducted that goes on with ``earlier``: it begins with a sentence
    that says so, and not with what was said when that began."""
    was_transferred = earlier.end_cause is EndCause.TRANSFERRED
    return replace(
        policy,
        announcement="",
        first_speaker=FirstSpeaker.AGENT,
        first_message=policy.phrases.transfer_failed if was_transferred else policy.phrases.resumed,
    )


def _together(own: Manners, *all_: Manners) -> Manners:
    """Return the manners of a conversation in several languages, with the phrases of ``own``: whoever may
    speak either is understood in both."""
    return Manners(
        phrases=own.phrases,
        backchannels=frozenset().union(*(each.backchannels for each in all_)),
        connectives=frozenset().union(*(each.connectives for each in all_)),
        closings=frozenset().union(*(each.closings for each in all_)),
        numerals=frozenset().union(*(each.numerals for each in all_)),
    )
