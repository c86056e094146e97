"""An examination: many things are looked at in the order in which one causes the next.

Nothing that is found keeps the rest from being looked at, so that one run tells everything. But what comes
first is to be mended first: most of what follows may only be its consequence.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from backend.domain.errors import VictoriaError

CHECK_TIMEOUT_S: Final = 30.0


class AilmentError(VictoriaError):
    """Something is not as it has to be; ``remedy`` says what to do about it, in a sentence."""

    code = "ailment"

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


class NotTriedError(VictoriaError):
    """Something could not be looked at; the message says what it would have needed."""

    code = "not-tried"


class Verdict(StrEnum):
    """What came of a look at something."""

    GOOD = "good"
    BAD = "bad"
    NOT_TRIED = "not-tried"


@dataclass(frozen=True, slots=True)
class Examination:
    """Something to look at. ``check`` returns a sentence about what is good, or raises ``VictoriaError``."""

    name: str
    check: Callable[[], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, in a sentence; ``remedy`` is empty unless it is bad."""

    name: str
    verdict: Verdict
    sentence: str
    remedy: str = ""


async def examine(
    examinations: Iterable[Examination], *, timeout_s: float = CHECK_TIMEOUT_S
) -> list[Finding]:
    """Look at everything, one after the other, each for ``timeout_s`` at most."""
    return [await _look(examination, timeout_s) for examination in examinations]


def first_to_mend(findings: Iterable[Finding]) -> Finding | None:
    """Return what has to be mended before anything else, None if nothing has."""
    return next((finding for finding in findings if finding.verdict is Verdict.BAD), None)


async def _look(examination: Examination, timeout_s: float) -> Finding:
    name = examination.name
    try:
        async with asyncio.timeout(timeout_s):
            return Finding(name, Verdict.GOOD, await examination.check())
    except TimeoutError:
        sentence = f"Nothing came of it within {timeout_s:g} s."
        return Finding(name, Verdict.BAD, sentence, "Find out who does not answer, and why.")
    except NotTriedError as error:
        return Finding(name, Verdict.NOT_TRIED, error.message)
    except AilmentError as error:
        return Finding(name, Verdict.BAD, error.message, error.remedy)
    except VictoriaError as error:
        return Finding(name, Verdict.BAD, error.message, error.message)
