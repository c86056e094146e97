"""Another model takes over until the first word is out, and never after."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.application.services.circuit_breaker import CircuitBreaker
from backend.application.services.engine_failures import EngineFailure, EngineFailures
from backend.application.services.fallback.chain import Link
from backend.application.services.fallback.chosen_model import ChosenModel
from backend.application.services.fallback.fallback_llm import FIRST_TOKEN_MS, FallbackLlm
from backend.domain.entities.agent import ModelChoice
from backend.domain.errors import ProviderError
from backend.domain.ports.llm_port import LlmPort
from backend.domain.value_objects.language import ENGLISH, Language
from tests.support.fallback_models import BROKEN, HOUR_MS, QUESTION, REFUSED, ask, models
from tests.support.scripted import Say, ScriptedLlm
from tests.support.virtual_time import run_virtual


def busy_for(milliseconds: int) -> ProviderError:
    return ProviderError("scripted", "not now", code="rate-limited", retry_after_ms=milliseconds)


@pytest.mark.parametrize(
    ("first", "detected_after_s"),
    [
        pytest.param(Say("", ttft_ms=1_000, error=BROKEN), 1, id="fails late"),
        pytest.param(Say("", ttft_ms=0, error=REFUSED), 0, id="refuses"),
        pytest.param(Say("", ttft_ms=0), 0, id="answers nothing"),
        pytest.param(Say("Never.", ttft_ms=HOUR_MS), FIRST_TOKEN_MS / 1_000, id="hangs"),
        pytest.param(Say("Too late.", ttft_ms=FIRST_TOKEN_MS + 1), FIRST_TOKEN_MS / 1_000, id="is slow"),
    ],
)
def test_the_next_model_answers_if_one_says_nothing(first: Say, detected_after_s: float) -> None:
    llm, engines = models(first, Say("We are open.", ttft_ms=200))
    answer = run_virtual(ask(llm))
    assert (answer.text, answer.error) == ("We are open. ", "")
    assert answer.began_after_s == pytest.approx(detected_after_s + 0.2)
    assert [engine.running for engine in engines] == [0, 0]


@pytest.mark.parametrize("alone", [True, False])
def test_a_model_that_fails_at_once_is_asked_once_more(alone: bool) -> None:
    first: list[Say] = [Say("", ttft_ms=100, error=BROKEN), Say("We are open.", ttft_ms=100)]
    llm, engines = models(first) if alone else models(first, Say("Never."))
    answer = run_virtual(ask(llm))
    assert (answer.text, answer.error) == ("We are open. ", "")
    assert 0.25 <= answer.began_after_s <= 0.4
    assert [len(engine.requests) for engine in engines] == [2, 0][: len(engines)]


def test_a_model_that_fails_at_once_twice_is_not_asked_a_third_time() -> None:
    llm, engines = models(Say("", ttft_ms=0, error=BROKEN), Say("We are open.", ttft_ms=0))
    answer = run_virtual(ask(llm))
    assert (answer.text, len(engines[0].requests)) == ("We are open. ", 2)
    assert 0.05 <= answer.began_after_s <= 0.2
    alone, (only,) = models(Say("", ttft_ms=0, error=BROKEN))
    assert run_virtual(ask(alone)).error == "llm-broke"
    assert len(only.requests) == 2


def test_a_second_try_does_not_begin_the_models_time_anew() -> None:
    llm, _ = models([Say("", ttft_ms=300, error=BROKEN), Say("", ttft_ms=HOUR_MS)], Say("Yes.", ttft_ms=0))
    assert run_virtual(ask(llm)).began_after_s == pytest.approx(FIRST_TOKEN_MS / 1_000)


@pytest.mark.parametrize(
    ("failure", "asked"),
    [
        (Say("", ttft_ms=0, error=busy_for(100)), 2),
        (Say("", ttft_ms=0, error=busy_for(10_000)), 1),
        (Say("", ttft_ms=500, error=BROKEN), 1),
        (Say("", ttft_ms=0, error=REFUSED), 1),
        (Say("word", ttft_ms=0, error=BROKEN), 1),
    ],
    ids=["wants a short pause", "wants a long pause", "is slow", "refuses", "has begun"],
)
def test_a_second_try_is_for_what_may_be_gone_in_a_moment(failure: Say, asked: int) -> None:
    llm, engines = models(failure, Say("Yes."))
    run_virtual(ask(llm))
    assert len(engines[0].requests) == asked


def test_an_engine_is_not_asked_again_when_its_breaker_has_opened() -> None:
    broken = ScriptedLlm([Say("", ttft_ms=0, error=BROKEN)])
    links: list[Link[LlmPort]] = [
        Link("broken", broken, CircuitBreaker(failures=1)),
        Link("b", ScriptedLlm([Say("Yes.")])),
    ]
    assert run_virtual(ask(FallbackLlm(links))).text == "Yes. "
    assert len(broken.requests) == 1


def test_every_failure_is_told_with_who_is_asked_next() -> None:
    told: list[EngineFailure] = []
    failures = EngineFailures()
    failures.listen(told.append)
    links: list[Link[LlmPort]] = [
        Link("first", ScriptedLlm([Say("", ttft_ms=0, error=BROKEN)])),
        Link("second", ScriptedLlm([Say("", ttft_ms=HOUR_MS)])),
        Link("third", ScriptedLlm([Say("Well,", error=REFUSED)])),
    ]
    run_virtual(ask(FallbackLlm(links, failures=failures)))
    assert told == [
        EngineFailure("llm", "first", "llm-broke", "first"),
        EngineFailure("llm", "first", "llm-broke", "second"),
        EngineFailure("llm", "second", "delivery-timeout", "third"),
        EngineFailure("llm", "third", "too-long", ""),
    ]


@dataclass
class WarmLlm(ScriptedLlm):
    """Can be warmed up."""

    warmed: list[Language] = field(default_factory=list)

    async def warm_up(self, language: Language) -> None:
        self.warmed.append(language)


def test_only_the_engine_that_would_be_asked_is_warmed_up() -> None:
    engines = [WarmLlm([Say("", ttft_ms=1_000, error=BROKEN)]), WarmLlm([Say("Yes.")])]
    chosen = ChosenModel(engines[1], ModelChoice("b", "large"))
    links: list[Link[LlmPort]] = [Link("a", engines[0]), Link("b", chosen), Link("c", ScriptedLlm([]))]
    llm = FallbackLlm(links)

    async def main() -> list[list[Language]]:
        await llm.warm_up(ENGLISH)
        cold = [list(engine.warmed) for engine in engines]
        await ask(llm)  # the first one fails and rests
        await llm.warm_up(ENGLISH)
        return [*cold, *(engine.warmed for engine in engines)]

    assert run_virtual(main()) == [[ENGLISH], [], [ENGLISH], [ENGLISH]]


def test_an_engine_that_cannot_be_warmed_up_stays_cold() -> None:
    run_virtual(models(Say("Yes."))[0].warm_up(ENGLISH))
    run_virtual(ChosenModel(ScriptedLlm([]), ModelChoice("a", "b")).warm_up(ENGLISH))


def test_a_model_that_answers_with_a_tool_only_has_answered() -> None:
    llm, engines = models(Say("", tool="end_call"), Say("Hello?"))
    answer = run_virtual(ask(llm))
    assert (answer.text, answer.tools) == ("", ["end_call"])
    assert engines[1].requests == []


def test_a_model_that_answers_nothing_has_failed_even_if_nobody_stands_in() -> None:
    told: list[EngineFailure] = []
    failures = EngineFailures()
    failures.listen(told.append)
    llm = FallbackLlm([Link("only", ScriptedLlm([Say("")]))], failures=failures)
    assert run_virtual(ask(llm)).error == "nothing-delivered"
    assert told == [EngineFailure("llm", "only", "nothing-delivered", "")]


def test_the_last_model_may_take_its_time_and_its_error_is_told() -> None:
    llm, _ = models(Say("", error=BROKEN), Say("Well.", ttft_ms=60_000, error=BROKEN))
    answer = run_virtual(ask(llm))
    assert (answer.text, answer.error) == ("Well. ", "llm-broke")


@settings(max_examples=100, deadline=None)
@given(
    chain=st.lists(
        st.builds(
            Say,
            text=st.sampled_from(["", "one", "one two three"]),
            ttft_ms=st.sampled_from([0, 200, HOUR_MS]),
            error=st.sampled_from([None, BROKEN, REFUSED]),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_what_is_said_is_one_models_answer_and_never_two(chain: list[Say]) -> None:
    llm, engines = models(*chain, Say("last", ttft_ms=10))
    answer = run_virtual(ask(llm))
    speaker = next((say for say in chain if say.text and say.ttft_ms < HOUR_MS), Say("last"))
    assert answer.text.split() == speaker.text.split()
    assert answer.error == (speaker.error.code if isinstance(speaker.error, ProviderError) else "")
    assert all(engine.running == 0 for engine in engines)


@pytest.mark.parametrize("at_s", [0.1, 2.6, 2.8])
@pytest.mark.parametrize("by_cancelling", [True, False])
def test_leaving_an_answer_stops_the_model_that_is_at_it(at_s: float, by_cancelling: bool) -> None:
    """At 2.6 s the second model has been asked, at 2.8 s it is answering."""
    llm, engines = models(Say("Never.", ttft_ms=HOUR_MS), Say("word " * 500, ttft_ms=200))

    async def main() -> None:
        if by_cancelling:
            asking = asyncio.ensure_future(ask(llm))
            await asyncio.sleep(at_s)
            asking.cancel()
            await asyncio.wait({asking})
        else:
            async with aclosing(llm.stream(QUESTION)) as events:
                async for _ in events:
                    break
        assert [engine.running for engine in engines] == [0, 0]

    run_virtual(main())
