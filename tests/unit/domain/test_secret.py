"""A secret does not show itself, whatever is done to it."""

from __future__ import annotations

import copy
import pickle
from dataclasses import dataclass

import pytest

from backend.domain.entities.provider_account import ProviderAccount
from backend.domain.value_objects.secret import HIDDEN, Secret

KEY = "gsk_0123456789abcdef"


@dataclass(frozen=True)
class Holder:
    """Something that has a secret among other things."""

    name: str
    key: Secret


@pytest.mark.parametrize(
    "shown",
    [
        repr(Secret(KEY)),
        str(Secret(KEY)),
        f"{Secret(KEY)}",
        f"{Secret(KEY)!r:>40}",
        "%s %r" % (Secret(KEY), Secret(KEY)),  # noqa: UP031 - logging formats in this way
        repr(Holder("groq", Secret(KEY))),
        repr({"key": [Secret(KEY)]}),
    ],
)
def test_it_is_not_printed(shown: str) -> None:
    assert KEY not in shown
    assert HIDDEN in shown


def test_it_is_revealed_to_whoever_asks() -> None:
    assert Secret(KEY).reveal() == KEY


def test_it_is_not_written_down() -> None:
    with pytest.raises(TypeError, match="not to be written down"):
        pickle.dumps(Secret(KEY))
    with pytest.raises(TypeError, match="not to be written down"):
        copy.copy(Secret(KEY))


def test_it_has_no_attributes_to_be_listed() -> None:
    assert not hasattr(Secret(KEY), "__dict__")


def test_it_equals_the_same_secret_and_nothing_else() -> None:
    assert Secret(KEY) == Secret(KEY)
    assert hash(Secret(KEY)) == hash(Secret(KEY))
    assert Secret(KEY) != Secret("other")
    assert Secret(KEY) != KEY


def test_an_empty_one_is_false() -> None:
    assert not Secret("")
    assert Secret(KEY)


@pytest.mark.parametrize("name", ["", "Groq", "a b", "-a", "a" * 41, "../a", "a\n"])
def test_an_account_has_a_name_that_fits_everywhere(name: str) -> None:
    with pytest.raises(ValueError, match="id must be"):
        ProviderAccount(name, "home", "groq")
    with pytest.raises(ValueError, match="kind must be"):
        ProviderAccount("groq", "home", name)


def test_an_accounts_settings_are_short() -> None:
    ProviderAccount("groq", "home", "groq", {"model": "m" * 500})
    with pytest.raises(ValueError, match="longer than 500"):
        ProviderAccount("groq", "home", "groq", {"model": "m" * 501})
