"""The fixtures of calls with two businesses that have greeted their caller."""

from __future__ import annotations

import pytest

from tests.support.businesses import Talk


@pytest.fixture
def dentist() -> Talk:
    talk = Talk("en")
    talk.ask("hello")
    return talk


@pytest.fixture
def pizzeria() -> Talk:
    talk = Talk("es")
    talk.ask("hola buenas tardes")
    return talk
