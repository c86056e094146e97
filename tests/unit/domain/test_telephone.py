"""What an agent does on the telephone is kept within bounds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backend.domain.entities.telephone import Destination, Telephone, find_destination
from backend.domain.value_objects.answerer import OnMachine
from backend.domain.value_objects.keypad import KEYS, Keypad
from backend.domain.value_objects.phone_number import PhoneNumber

NUMBER = PhoneNumber("+15550100")
SALES = Destination("Sales", NUMBER)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Destination(" ", NUMBER),
        lambda: Destination("n" * 41, NUMBER),
        lambda: Destination("Sales", NUMBER, "d" * 201),
        lambda: Keypad(end_key="E"),
        lambda: Keypad(end_key="12"),
        lambda: Keypad(pause_ms=499),
        lambda: Keypad(pause_ms=10_001),
        lambda: Telephone(announcement="a" * 501),
        lambda: Telephone(voicemail="v" * 1_001),
        lambda: Telephone(on_machine=OnMachine.LEAVE_MESSAGE),
        lambda: Telephone(on_machine=OnMachine.LEAVE_MESSAGE, voicemail="  "),
        lambda: Telephone(destinations=tuple(Destination(str(n), NUMBER) for n in range(21))),
        lambda: Telephone(destinations=(SALES, Destination("sALES ", NUMBER))),
    ],
)
def test_what_cannot_be_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"than|is one of|between|takes|at most|different|needs"):
        make()


def test_what_is_at_its_bounds_is_good() -> None:
    assert (
        Telephone(
            announcement="a" * 500,
            voicemail="v" * 1_000,
            on_machine=OnMachine.LEAVE_MESSAGE,
            destinations=tuple(Destination(str(n), NUMBER, "d" * 200) for n in range(20)),
            keypad=Keypad("", 500),
        )
        .destinations[19]
        .name
        == "19"
    )
    assert all(Keypad(end_key=key).end_key == key for key in KEYS)


def test_a_destination_is_known_by_its_name_in_whatever_case() -> None:
    assert find_destination((SALES,), " sAlEs") is SALES
    assert find_destination((SALES,), "Sale") is None


def test_a_number_is_not_shown() -> None:
    assert "555" not in repr(SALES)
