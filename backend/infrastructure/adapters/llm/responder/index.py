"""Finds the facts that answer a question.

Okapi BM25 (Robertson and Zaragoza, 2009) over stems and concepts, with k1 = 1.2 as there and b = 0.4,
because the texts are single sentences. A word of the question that is not in the vocabulary stands for the
word that it sounds or looks most like. What decides whether a fact is an answer at all is not the score,
which has no scale, but its coverage: the share of the question's weight that the fact accounts for.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from backend.infrastructure.adapters.llm.responder.concepts import (
    WHOLE_QUESTIONS,
    Concept,
    asked_about,
    naming_words,
    told_about,
)
from backend.infrastructure.adapters.llm.responder.facts import Fact
from backend.infrastructure.adapters.llm.responder.words import content_stems, fold, likeness, sound

_K1: Final = 1.2
_B: Final = 0.4
_ABOUT_COUNTS: Final = 2  # a heading, key or question tells more about a fact than its text
_SAME_SOUND: Final = 0.9
_MIN_COVERAGE: Final = 0.45
_FACTS_TOLD: Final = 2
_STRAY_WORDS: Final = 2  # words that match nothing and are forgiven when the concept is the whole question


@dataclass(frozen=True, slots=True)
class Question:
    """``content`` must be accounted for; ``hints`` (words that name a concept, the turn before) only help."""

    content: tuple[str, ...]
    concepts: frozenset[Concept] = frozenset()
    hints: tuple[str, ...] = ()


def question_of(text: str, language: str, *, before: str = "") -> Question:
    """Read a question; ``before`` is the caller's last one, which "and how much is it?" refers to."""
    folded = fold(text)
    concepts = asked_about(folded, language)
    naming = naming_words(folded, language)
    content: list[str] = []
    hints: list[str] = []
    for position, word in enumerate(folded.split()):
        (hints if position in naming else content).extend(content_stems(word, language))
    if concepts == {Concept.PRICE} and not content and not hints:
        hints.extend(content_stems(before, language))
    return Question(tuple(dict.fromkeys(content)), concepts, tuple(dict.fromkeys(hints)))


@dataclass(slots=True)
class _Candidate:
    """A fact on its way to being an answer."""

    score: float = 0.0
    weight: float = 0.0
    words: set[str] = field(default_factory=set)
    concepts: set[str] = field(default_factory=set)


class FactIndex:
    """The facts of one agent in one language. Immutable once built."""

    def __init__(self, facts: Iterable[Fact], language: str) -> None:
        self.facts = tuple(dict.fromkeys(facts))
        self._language = language
        self._postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._lengths: list[float] = []
        for number, fact in enumerate(self.facts):
            counts = Counter(content_stems(fact.spoken, language))
            for term in content_stems(fact.about, language):
                counts[term] += _ABOUT_COUNTS
            counts.update(told_about(fold(fact.spoken), language))
            for concept in told_about(fold(fact.about), language):
                counts[concept] += _ABOUT_COUNTS
            self._lengths.append(counts.total())
            for term, count in counts.items():
                self._postings[term].append((number, count))
        self._mean_length = sum(self._lengths) / len(self._lengths) if self._lengths else 1.0
        for number, fact in enumerate(self.facts):
            if fact.is_list:  # it is as long as it is because it sums up; that must not count against it
                self._lengths[number] = self._mean_length
        self._by_sound: dict[str, str] = {}
        self._by_initial: dict[str, list[str]] = defaultdict(list)
        for term in self._postings:
            heard = sound(term, language)
            self._by_sound.setdefault(heard, term)
            self._by_initial[heard[:1]].append(term)

    def answers(self, question: Question) -> list[Fact]:
        """Return one fact, or two when the second accounts for words that the first does not; or none."""
        candidates: dict[int, _Candidate] = defaultdict(_Candidate)
        total = sum(self._collect(word, candidates) for word in question.content)
        total += sum(self._collect(concept, candidates) for concept in question.concepts)
        for hint in question.hints:
            self._collect(hint, candidates, hint=True)
        ranked = sorted(candidates.items(), key=lambda item: (-item[1].score, item[0]))
        good = [(n, c) for n, c in ranked if self._is_answer(c, question, total)]
        if not good:
            return []
        first, best = good[0]
        chosen = [self.facts[first]]
        for number, other in good[1:]:
            adds = (other.words - best.words) | (other.concepts - best.concepts)
            if adds and other.score > best.score / 2 and not _is_contained(self.facts[number], chosen[0]):
                return [*chosen, self.facts[number]]
        return chosen

    def on_topic(self, topic: str) -> list[Fact]:
        """Return what to tell when the caller wants to hear about ``topic``: its list, or its first facts."""
        wanted = fold(topic)
        found = [fact for fact in self.facts if fold(fact.topic) == wanted]
        return [fact for fact in found if fact.is_list] or found[:_FACTS_TOLD]

    def topics(self) -> list[str]:
        """Return what callers can be offered, in the order in which the owner wrote it."""
        return list(dict.fromkeys(fact.topic for fact in self.facts if fact.topic))

    def _is_answer(self, candidate: _Candidate, question: Question, total: float) -> bool:
        if not question.content:
            return bool(candidate.concepts)
        if candidate.weight < _MIN_COVERAGE * total:
            whole = candidate.concepts & WHOLE_QUESTIONS
            return bool(whole) and len(question.content) - len(candidate.words) <= _STRAY_WORDS
        # A price alone is no answer to "how much is an implant?".
        return bool(candidate.words or candidate.concepts & WHOLE_QUESTIONS)

    def _collect(self, word: str, candidates: dict[int, _Candidate], *, hint: bool = False) -> float:
        """Add what ``word`` contributes to each fact; return its weight in the question."""
        term, similarity = self._resolve(word)
        postings = self._postings.get(term, ())
        rarity = self._rarity(len(postings))
        for number, count in postings:
            length = 1 - _B + _B * self._lengths[number] / self._mean_length
            candidate = candidates[number]
            candidate.score += (
                similarity * rarity * count * (_K1 + 1) / (count + _K1 * length) * (0.5 if hint else 1)
            )
            if not hint:
                candidate.weight += similarity * rarity
            (candidate.concepts if word.startswith("@") else candidate.words).add(word)
        return rarity

    def _resolve(self, word: str) -> tuple[str, float]:
        """Return the word of the vocabulary that ``word`` stands for, and how sure that is."""
        if word in self._postings or word.startswith("@"):
            return word, 1.0
        heard = sound(word, self._language)
        if same := self._by_sound.get(heard):
            return same, _SAME_SOUND
        near: Sequence[str] = self._by_initial.get(heard[:1], ())
        best = max(near, key=lambda term: (likeness(word, term), term), default=word)
        return best, likeness(word, best)

    def _rarity(self, facts_with_it: int) -> float:
        return math.log(1 + (len(self.facts) - facts_with_it + 0.5) / (facts_with_it + 0.5))


def _is_contained(inner: Fact, outer: Fact) -> bool:
    return inner.spoken.rstrip(".") in outer.spoken or outer.spoken.rstrip(".") in inner.spoken
