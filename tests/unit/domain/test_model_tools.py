"""What a model may have done, whatever its caller talks it into."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.entities.telephone import Destination
from backend.domain.ports.llm_port import ToolCall
from backend.domain.use_cases.model_tools import (
    MOST_SUMMARY,
    EndCall,
    PressKeys,
    PutThrough,
    PutThroughRefused,
    WaitForCaller,
    Wish,
    tools_for,
    wish_of,
)
from backend.domain.value_objects.phone_number import PhoneNumber

SALES = Destination("Sales", PhoneNumber("+15550100"), "Prices and offers.")
WORKSHOP = Destination("Workshop", PhoneNumber("+15550101"), is_warm=True)
BOTH = (SALES, WORKSHOP)
REFUSED = PutThroughRefused("unknown-destination")


def wish(name: str, arguments: object = None, destinations: tuple[Destination, ...] = BOTH) -> Wish | None:
    text = arguments if isinstance(arguments, str) else json.dumps(arguments or {})
    return wish_of(ToolCall("1", name, text), destinations)


def test_who_can_be_put_through_to_is_told_by_name_and_never_by_number() -> None:
    *_, transfer = tools_for(BOTH)
    assert transfer.parameters["properties"]["destination"]["enum"] == ["Sales", "Workshop"]
    assert "Sales: Prices and offers." in transfer.description
    assert "+1555" not in json.dumps([transfer.description, transfer.parameters])


def test_without_anybody_there_is_no_such_tool() -> None:
    assert [tool.name for tool in tools_for(())] == ["end_call", "wait_for_caller"]


def test_what_is_asked_for_is_understood() -> None:
    assert wish("end_call") == EndCall()
    assert wish("wait_for_caller") == WaitForCaller()
    assert wish("transfer_call", {"destination": " sales", "summary": " A car. "}) == PutThrough(
        "Sales", "A car."
    )


@pytest.mark.parametrize("name", ["", "transfer_money", "End_Call"])
def test_what_was_not_offered_is_not(name: str) -> None:
    assert wish(name) is None


def test_nor_is_a_transfer_where_there_is_nobody() -> None:
    assert wish("transfer_call", {"destination": "Sales"}, ()) is None


@pytest.mark.parametrize(
    "arguments",
    [
        {"destination": "+15550100"},
        {"destination": "Sal"},
        {"destination": ""},
        {"destination": ["Sales"]},
        {"destination": None},
        {},
        "[1]",
        '"Sales"',
        "{",
        "",
    ],
)
def test_nobody_but_a_destination_is_called(arguments: object) -> None:
    assert wish("transfer_call", arguments) == REFUSED


@given(st.text())
def test_whatever_a_model_writes_only_names_are_called(text: str) -> None:
    found = wish("transfer_call", {"destination": text, "summary": text})
    assert found == REFUSED or text.strip().casefold() in {"sales", "workshop"}


def test_a_summary_has_an_end() -> None:
    found = wish("transfer_call", {"destination": "Sales", "summary": "x" * 9_999})
    assert found == PutThrough("Sales", "x" * MOST_SUMMARY)


@pytest.mark.parametrize("keys", ["1", "0123456789*#", "9" * 32, "1ww2", "ww1", "1" + "w" * 31])
def test_keys_are_pressed_on_a_telephone(keys: str) -> None:
    call = ToolCall("1", "press_keys", json.dumps({"keys": keys}))
    assert wish_of(call, (), has_keys=True) == PressKeys(keys)
    assert wish_of(call, ()) is None, "it was not offered"


@pytest.mark.parametrize(
    "keys", ["", "9" * 33, "1" + "w" * 32, "w", "ww", "1W2", "1 2", "+34600", "A", "٣", None, 12.5, ["1"]]
)
def test_what_is_no_key_is_not_pressed(keys: object) -> None:
    assert wish_of(ToolCall("1", "press_keys", json.dumps({"keys": keys})), (), has_keys=True) is None


def test_keys_are_offered_on_a_telephone_only() -> None:
    assert "press_keys" in [tool.name for tool in tools_for((), has_keys=True)]
    assert "press_keys" not in [tool.name for tool in tools_for(BOTH)]
