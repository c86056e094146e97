"""Decides what to answer: a pure function of the conversation and the agent's texts.

A goodbye ends the call; a question that the facts answer is answered, whatever small talk is around it;
then comes small talk; then an honest "I don't know" with an offer. What was offered or asked is not
remembered but read back from the agent's own last words, so that what the caller did not hear was never
offered.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from backend.domain.conversation.keyed import without_keys
from backend.domain.entities.conversation import Message, MessageRole
from backend.infrastructure.adapters.llm.responder.facts import Fact, facts_of_knowledge, facts_of_prompt
from backend.infrastructure.adapters.llm.responder.identity import identity_of
from backend.infrastructure.adapters.llm.responder.index import FactIndex, Question, question_of
from backend.infrastructure.adapters.llm.responder.phrases import PHRASES
from backend.infrastructure.adapters.llm.responder.small_talk import Move, Turn, read_turn

_TOPICS_NAMED = 3
_SMALL_TALK_STRAYS = 3  # words around small talk that match nothing: "thanks, that was really helpful"


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say, and whether the conversation is over with it."""

    text: str
    ends_call: bool = False


class Persona:
    """One agent, read once: its facts and its identity. Immutable."""

    def __init__(self, prompt: str, knowledge: str, language: str) -> None:
        self._language = language
        self._phrases = PHRASES[language]
        facts = [*facts_of_knowledge(knowledge), *facts_of_prompt(prompt, language)]
        self._index = FactIndex(facts, language)
        self._identity = identity_of(prompt, language)
        self._offer = re.compile(re.escape(self._phrases.offer).replace(r"\{topic\}", "(.+)"))

    def answer(self, messages: Sequence[Message]) -> Answer:
        """Continue the conversation. The first answer says, once, who is answering."""
        caller = [without_keys(message.content) for message in messages if message.role is MessageRole.USER]
        agent = [message.content for message in messages if message.role is MessageRole.ASSISTANT]
        said = caller[-1] if caller else ""
        last = agent[-1].replace(self._phrases.demo_note, "").strip() if agent else ""
        turn = read_turn(said, self._language)
        if turn.says(Move.GOODBYE) or (turn.says(Move.NO) and not turn.rest and self._asked_for_more(last)):
            return Answer(self._phrases.goodbye, ends_call=True)
        question = question_of(turn.rest, self._language, before=caller[-2] if len(caller) > 1 else "")
        text = (
            self._from_facts(question)
            or self._small_talk(turn, question, last)
            or (self._unknown(last) if question.content or question.concepts else self._phrases.say_again)
        )
        if len(caller) == 1 and not turn.says(Move.IDENTITY):
            text = f"{text} {self._phrases.demo_note}"
        return Answer(text)

    def _from_facts(self, question: Question) -> str:
        if not question.content and not question.concepts:
            return ""
        return _told(self._index.answers(question))

    def _small_talk(self, turn: Turn, question: Question, last: str) -> str:
        if not turn.moves or len(question.content) > _SMALL_TALK_STRAYS:
            return ""
        phrases = self._phrases
        match turn.moves[0]:
            case Move.PERSON:
                return f"{phrases.no_person} {self._from_facts(question_of(_REACH, self._language))}".strip()
            case Move.IDENTITY:
                return self._introduction()
            case Move.ABILITY:
                return self._abilities() or phrases.knows_nothing
            case Move.REPEAT:
                return last or phrases.nothing_to_repeat
            case Move.YES:
                return self._offered(last) or (phrases.ask_away if last.endswith("?") else phrases.go_on)
            case Move.NO:
                return phrases.anything_else
            case Move.HOW_ARE_YOU:
                return phrases.well
            case Move.THANKS:
                return phrases.welcome
            case Move.GREETING:
                return phrases.greeting
            case _:
                return phrases.go_on

    def _unknown(self, last: str) -> str:
        if self._phrases.unknown in last:
            return self._phrases.still_unknown
        topics = self._index.topics()
        offer = self._phrases.offer.format(topic=_in_a_sentence(topics[0])) if topics else ""
        return " ".join(filter(None, [self._phrases.unknown, self._abilities(), offer]))

    def _abilities(self) -> str:
        topics = [_in_a_sentence(topic) for topic in self._index.topics()[:_TOPICS_NAMED]]
        if not topics:
            return ""
        *most, final = topics
        named = f"{', '.join(most)} {self._phrases.and_} {final}" if most else final
        return self._phrases.can_tell.format(topics=named)

    def _offered(self, last: str) -> str:
        offer = self._offer.search(last)
        return _told(self._index.on_topic(offer[1])) if offer else ""

    def _introduction(self) -> str:
        name, place = self._identity.name, self._identity.place
        if name and place:
            who = self._phrases.i_am_of.format(name=name, place=place)
        else:
            who = self._phrases.i_am.format(name=name) if name else ""
        return f"{who}{self._phrases.identity}"

    def _asked_for_more(self, last: str) -> bool:
        asked = (self._phrases.welcome, self._phrases.anything_else, self._phrases.go_on)
        return any(sentence.rpartition(". ")[2] in last for sentence in asked)


_REACH = "telefono phone"  # how to reach a person, in either language


def _told(facts: Sequence[Fact]) -> str:
    return " ".join(_as_sentence(fact.spoken) for fact in facts)


def _as_sentence(text: str) -> str:
    text = text.strip().rstrip(";,")
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _in_a_sentence(topic: str) -> str:
    """Lower the first letter of a heading, but not of a name or an abbreviation."""
    first = topic.split(maxsplit=1)[0]
    return topic if any(map(str.isupper, first[1:])) else topic[0].lower() + topic[1:]
