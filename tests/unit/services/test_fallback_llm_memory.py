"""What is remembered of a model from one turn, draft or call to the next."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from backend.application.services.circuit_breaker import CircuitBreaker
from backend.application.services.engine_failures import EngineFailure, EngineFailures
from backend.application.services.fallback.chain import REST_MS, Link
from backend.application.services.fallback.fallback_llm import FallbackLlm
from backend.domain.ports.llm_port import LlmPort
from tests.support.fallback_models import BROKEN, HOUR_MS, REFUSED, ask, draft, models
from tests.support.scripted import Say, ScriptedLlm
from tests.support.virtual_time import run_virtual


def test_a_model_that_failed_is_not_waited_for_again_in_the_next_turn() -> None:
    llm, engines = models(Say("Never.", ttft_ms=HOUR_MS), Say("Yes."))

    async def main() -> list[float]:
        return [(await ask(llm)).began_after_s for _ in range(3)]

    first, second, third = run_virtual(main())
    assert first > 2.5
    assert second == third == pytest.approx(0.2)
    assert len(engines[0].requests) == 1


def test_a_model_that_is_back_is_used_again() -> None:
    llm, engines = models([Say("", ttft_ms=1_000, error=BROKEN), Say("I am back.")], Say("Yes."))

    async def main() -> list[str]:
        texts = [(await ask(llm)).text]
        await asyncio.sleep(REST_MS / 1_000)
        return [*texts, (await ask(llm)).text, (await ask(llm)).text]

    assert run_virtual(main()) == ["Yes. ", "I am back. ", "I am back. "]
    assert len(engines[1].requests) == 1


def test_other_calls_do_not_ask_an_engine_that_has_failed_five_times() -> None:
    broken, breaker, second = (
        ScriptedLlm([Say("", error=BROKEN)]),
        CircuitBreaker(),
        ScriptedLlm([Say("Yes.")]),
    )

    async def main() -> None:
        for _ in range(30):  # calls, each with a chain of its own
            links: list[Link[LlmPort]] = [Link("broken", broken, breaker), Link("second", second)]
            assert (await ask(FallbackLlm(links))).text == "Yes. "

    run_virtual(main())
    assert 5 <= len(broken.requests) <= 8  # five, and the probes since


def test_drafts_that_are_discarded_are_neither_failures_nor_successes() -> None:
    first = ScriptedLlm([Say("word " * 50, ttft_ms=1_000)])
    breaker, told = CircuitBreaker(failures=2), list[EngineFailure]()
    failures = EngineFailures()
    failures.listen(told.append)
    links: list[Link[LlmPort]] = [Link("first", first, breaker), Link("b", ScriptedLlm([Say("Yes.")]))]
    llm = FallbackLlm(links, failures=failures)

    async def main() -> None:
        breaker.failed(0)
        for for_s in (0.01, 0.5, 1.2, 1.9) * 5:
            await draft(llm, for_s)
        assert len(first.requests) == 20
        assert told == []
        breaker.failed(0)
        assert not breaker.admits(0), "the failure before the drafts was forgotten"

    run_virtual(main())


@pytest.mark.parametrize("for_s", [0.1, 0.3], ids=["before it answers", "while it answers"])
def test_a_draft_that_is_discarded_does_not_use_up_the_probe(for_s: float) -> None:
    first = ScriptedLlm([Say("", ttft_ms=500, error=BROKEN), Say("I am back, am I not?")])
    links: list[Link[LlmPort]] = [
        Link("first", first, CircuitBreaker(failures=1)),
        Link("b", ScriptedLlm([Say("Yes.")])),
    ]
    llm = FallbackLlm(links)

    async def main() -> None:
        assert (await ask(llm)).text == "Yes. "
        await asyncio.sleep(REST_MS / 1_000)
        for _ in range(3):
            await draft(llm, for_s)
        assert (await ask(llm)).text == "I am back, am I not? "
        assert len(first.requests) == 5

    run_virtual(main())


async def in_a_group(work: Coroutine[Any, Any, object]) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(work)


def test_an_answer_need_not_wait_until_its_discarded_draft_has_noticed() -> None:
    first = ScriptedLlm([Say("", ttft_ms=500, error=BROKEN), Say("I am back, am I not?")])
    breaker = CircuitBreaker(failures=1)
    links: list[Link[LlmPort]] = [Link("first", first, breaker), Link("b", ScriptedLlm([Say("Yes.")]))]
    llm = FallbackLlm(links)

    async def main() -> None:
        assert (await ask(llm)).text == "Yes. "
        await asyncio.sleep(REST_MS / 1_000)
        drafting = asyncio.create_task(in_a_group(ask(llm)))
        await asyncio.sleep(0.1)
        drafting.cancel()  # which reaches the task within the group some turns of the loop later
        answering = asyncio.create_task(ask(llm))
        await asyncio.sleep(0.1)
        assert not breaker.admits(round(asyncio.get_running_loop().time() * 1e9)), "others probe it as well"
        assert (await answering).text == "I am back, am I not? "
        assert drafting.cancelled()

    run_virtual(main())


@pytest.mark.parametrize(
    ("answer", "after_s", "codes"),
    [
        (Say("", ttft_ms=HOUR_MS), 2.9, []),
        (Say("", ttft_ms=HOUR_MS), 3.1, ["delivery-timeout"]),
        (Say("Well,", ttft_ms=1_000, stalls=True), 3.9, []),
        (Say("Well,", ttft_ms=1_000, stalls=True), 4.2, ["delivery-timeout"]),
        (Say("word " * 500), 4.2, []),
    ],
    ids=["early", "nothing came", "early in a gap", "nothing more came", "it is answering"],
)
def test_an_answer_that_is_given_up_after_a_long_wait_is_a_failure(
    answer: Say, after_s: float, codes: list[str]
) -> None:
    told: list[EngineFailure] = []
    failures = EngineFailures()
    failures.listen(told.append)
    links: list[Link[LlmPort]] = [Link("slow", ScriptedLlm([answer]), CircuitBreaker(failures=1))]
    run_virtual(draft(FallbackLlm(links, failures=failures), after_s))
    assert told == [EngineFailure("llm", "slow", code, "") for code in codes]
    assert links[0].breaker.admits(0) == (not codes)


def test_a_model_that_was_given_up_in_its_answer_is_not_asked_in_the_next_turn() -> None:
    llm, engines = models(Say("Well,", stalls=True), Say("Yes."))

    async def main() -> str:
        await draft(llm, 4)
        return (await ask(llm)).text

    assert run_virtual(main()) == "Yes. "
    assert len(engines[0].requests) == 1


def test_what_is_wrong_with_one_request_does_not_count_for_other_calls() -> None:
    picky, breaker = ScriptedLlm([Say("", error=REFUSED)]), CircuitBreaker()

    async def main() -> None:
        for _ in range(10):
            links: list[Link[LlmPort]] = [
                Link("picky", picky, breaker),
                Link("b", ScriptedLlm([Say("Yes.")])),
            ]
            await ask(FallbackLlm(links))

    run_virtual(main())
    assert len(picky.requests) == 10
