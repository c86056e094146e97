"""What an agent's texts are filled with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.entities.agent import Agent
from backend.domain.entities.call import Call, Direction
from backend.domain.entities.telephone import Telephone
from backend.domain.errors import CallerError
from backend.domain.use_cases.start_call import StartCall
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.language import SPANISH, Language
from backend.domain.value_objects.variables import check_variables, filled, moment_variables
from tests.support.memory import ManualClock
from tests.unit.domain.test_use_cases import MemoryAgents

# Sunday, 22 November 2026, 23:30 in London, and already Monday in Madrid.
NIGHT_MS = int(datetime(2026, 11, 22, 23, 30, tzinfo=UTC).timestamp() * 1_000)
MADRID = timezone(timedelta(hours=1))
AGENT = Agent(
    id="a" * 32,
    tenant="bakery",
    name="Ada",
    prompt="You talk to {{name}} ({{caller_number}}) on {{weekday}}.",
    first_message="Good morning, {{ name }}!",
    knowledge="We open at {{opening hours}}. Today is {{date}}, {{time}}.",
    telephone=Telephone(
        announcement="{{called_number}} records calls.", voicemail="{{name}}, call us. ({{call_direction}})"
    ),
)


async def started(agent: Agent = AGENT, **told: object) -> Call:
    start = StartCall(MemoryAgents(agent), ManualClock(NIGHT_MS), lambda: CallId("c" * 32), zone=MADRID)
    return await start("bakery", agent.id, Direction.OUTBOUND, **told)  # type: ignore[arg-type]


async def test_a_call_fills_all_texts_of_its_agent() -> None:
    call = await started(variables={"name": "Eva"}, caller="+15550100", called="+15550199")
    agent = call.agent
    assert agent.prompt == "You talk to Eva (+15550100) on Monday."
    assert agent.first_message == "Good morning, Eva!"
    assert agent.knowledge == "We open at {{opening hours}}. Today is November 23, 2026, 00:30."
    assert agent.telephone.announcement == "+15550199 records calls."
    assert agent.telephone.voicemail == "Eva, call us. (outbound)"
    assert (call.variables, call.caller, call.called) == ({"name": "Eva"}, "+15550100", "+15550199")


async def test_the_time_is_told_in_the_agents_language() -> None:
    agent = (await started(replace(AGENT, language=SPANISH), variables={"name": "Eva"})).agent
    assert agent.prompt.endswith("on lunes.")
    assert "23 de noviembre de 2026, 00:30" in agent.knowledge


async def test_what_a_call_is_given_counts_more_than_what_it_knows() -> None:
    agent = (await started(variables={"date": "tomorrow"})).agent
    assert "Today is tomorrow" in agent.knowledge


async def test_a_text_that_grows_too_long_refuses_the_call() -> None:
    agent = replace(AGENT, first_message="{{name}}" * 9)
    with pytest.raises(CallerError) as raised:
        await started(agent, variables={"name": "x" * 900})
    assert raised.value.code == "bad-variables"


async def test_what_is_personal_is_not_shown() -> None:
    call = await started(variables={"name": "Eva"}, caller="+15550100", called="+15550199")
    shown = repr(replace(call, agent=Agent(id="a", tenant="t", name="Ada", prompt="")))
    assert "Eva" not in shown
    assert "5550" not in shown


def test_a_language_without_words_for_it_is_told_the_time_in_english() -> None:
    assert moment_variables(datetime(2026, 1, 5, 9, 5, tzinfo=UTC), Language("fr")) == {
        "date": "January 5, 2026",
        "time": "09:05",
        "weekday": "Monday",
    }


def test_what_looks_like_a_variable_in_a_value_is_not_filled() -> None:
    assert filled("{{a}} {{b}}", {"a": "{{b}}", "b": "x"}) == "{{b}} x"


@pytest.mark.parametrize("text", ["{{c}}", "{a}", "{{ }}", "{{a", "{{A}}", "{{a\n}}", "{{{c}}}"])
def test_what_is_no_variable_stays_as_it_is(text: str) -> None:
    assert filled(text, {"a": "x"}) == text


@given(st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,39}", fullmatch=True), st.text(), max_size=5))
def test_every_value_comes_through_untouched(values: dict[str, str]) -> None:
    text = "|".join(f"{{{{{name}}}}}" for name in values)
    assert filled(text, values) == "|".join(values.values())


@pytest.mark.parametrize(
    "variables",
    [
        {f"v{number}": "" for number in range(51)},
        {"": "x"},
        {"Name": "x"},
        {"9lives": "x"},
        {"opening hours": "x"},
        {"a" * 41: "x"},
        {"a": "x" * 1_001},
    ],
)
def test_variables_out_of_bounds_are_refused(variables: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="variable"):
        check_variables(variables)


def test_variables_at_their_bounds_are_good() -> None:
    check_variables({f"v{number}": "x" * 1_000 for number in range(50)})
