"""Which numbers may be dialled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.errors import ConflictError
from backend.domain.value_objects.dial_plan import DialPlan
from backend.domain.value_objects.phone_number import PhoneNumber

# Whoever lists everything that there is.
EVERYTHING = DialPlan(tuple(f"+{digit}" for digit in range(1, 10)))

NUMBERS = st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True).map(PhoneNumber)


@given(NUMBERS)
def test_nothing_may_be_dialled_that_is_not_listed(number: PhoneNumber) -> None:
    assert not DialPlan().allows(number)


@given(NUMBERS, st.integers(min_value=2, max_value=6))
def test_a_prefix_lets_only_its_own_numbers_through(number: PhoneNumber, length: int) -> None:
    prefix = "+34914"[:length]
    if DialPlan((prefix,)).allows(number):
        assert number.value.startswith(prefix)


@pytest.mark.parametrize(
    ("prefix", "number"),
    [
        ("+34", "+34910000001"),
        ("+34", "+34600000001"),
        ("+34910000001", "+34910000001"),
        ("+1", "+12125550100"),
        ("+1212", "+12125550100"),
        ("+1", "+16135550100"),
        ("+44", "+442079460958"),
        ("+44", "+447700900123"),
        ("+44", "+447624200001"),  # mobile telephones of the Isle of Man, among the pagers
        ("+353", "+35315550100"),
        ("+49", "+493012345678"),
        ("+52", "+525512345678"),
        ("+1876", "+18765550100"),
    ],
)
def test_ordinary_numbers_of_what_is_listed_may_be_dialled(prefix: str, number: str) -> None:
    assert DialPlan((prefix,)).allows(PhoneNumber(number))


@pytest.mark.parametrize(
    "number",
    [
        "+19005550100",
        "+12129765550",
        "+15005550100",
        "+1911000",
        "+34806123456",
        "+34803123456",
        "+34905123456",
        "+34902123456",
        "+3411811",
        "+34112112",
        "+449012345678",
        "+448712345678",
        "+447012345678",
        "+447640123456",
        "+33899123456",
        "+4990012345678",
        "+39899123456",
        "+3531512345678",
        "+529001234567",
        "+881612345678",
        "+870773123456",
        "+882161234567",
        "+883510001234",
        "+979123456789",
        "+878101234567",
    ],
)
def test_what_costs_many_times_more_is_never_dialled_whatever_is_listed(number: str) -> None:
    dialled = PhoneNumber(number)
    assert not EVERYTHING.allows(dialled)
    assert not DialPlan((number[:5], number)).allows(dialled)


@pytest.mark.parametrize("number", ["+18765550100", "+18095550100", "+14735550100", "+16495550100"])
def test_islands_are_not_meant_by_who_lists_north_america(number: str) -> None:
    dialled = PhoneNumber(number)
    assert not DialPlan(("+1",)).allows(dialled)
    assert not DialPlan((number[:4],)).allows(dialled)
    assert DialPlan((number[:5],)).allows(dialled)


def test_a_forbidden_number_is_refused_by_name() -> None:
    plan = DialPlan(("+34",))
    plan.check(PhoneNumber("+34910000001"))
    with pytest.raises(ConflictError) as caught:
        plan.check(PhoneNumber("+34806123456"))
    assert caught.value.code == "forbidden-number"
    assert "806" not in caught.value.message


@pytest.mark.parametrize("prefix", ["34", "+", "+0", "", "+34x", "+34 910", "+1234567890123456"])
def test_a_prefix_that_no_number_begins_with(prefix: str) -> None:
    with pytest.raises(ValueError, match="not the beginning"):
        DialPlan((prefix,))
