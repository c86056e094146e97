"""Everything is looked at, and what comes first is to be mended first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from backend.application.services.telephony.doctor import (
    AilmentError,
    Examination,
    Finding,
    NotTriedError,
    Verdict,
    examine,
    first_to_mend,
)
from backend.domain.errors import StorageError, VictoriaError
from backend.interfaces.cli.doctor import as_json, as_text


async def good() -> str:
    return "All is well."


def failing(error: VictoriaError) -> Callable[[], Awaitable[str]]:
    async def check() -> str:
        raise error

    return check


async def found() -> list[Finding]:
    return await examine(
        [
            Examination("name", good),
            Examination("skipped", failing(NotTriedError("It takes an address."))),
            Examination("door", failing(AilmentError("It is closed.", "Open it."))),
            Examination("disk", failing(StorageError("The disk is full."))),
            Examination("end", good),
        ]
    )


async def test_nothing_that_is_bad_keeps_the_rest_from_being_looked_at() -> None:
    findings = await found()
    assert [finding.verdict for finding in findings] == [
        Verdict.GOOD,
        Verdict.NOT_TRIED,
        Verdict.BAD,
        Verdict.BAD,
        Verdict.GOOD,
    ]
    assert first_to_mend(findings) == Finding("door", Verdict.BAD, "It is closed.", "Open it.")
    assert findings[3].remedy == "The disk is full."


async def test_what_takes_too_long_is_bad() -> None:
    async def for_ever() -> str:
        await asyncio.Event().wait()
        return ""

    findings = await examine([Examination("proxy", for_ever), Examination("end", good)], timeout_s=0.01)
    assert [finding.verdict for finding in findings] == [Verdict.BAD, Verdict.GOOD]
    assert findings[0].sentence == "Nothing came of it within 0.01 s."


async def test_a_person_reads_a_line_for_each_and_one_thing_to_do() -> None:
    assert list(as_text(await found())) == [
        "✓ name     All is well.",
        "– skipped  It takes an address.",
        "✗ door     It is closed.",
        "✗ disk     The disk is full.",
        "✓ end      All is well.",
        "",
        "Mend this first (door): Open it.",
    ]


async def test_a_program_reads_the_same() -> None:
    report = as_json(await found())
    assert (report["ok"], report["first"]) == (False, {"name": "door", "remedy": "Open it."})
    assert report["checks"][1] == {
        "name": "skipped",
        "verdict": "not-tried",
        "detail": "It takes an address.",
        "remedy": "",
    }


async def test_what_was_not_tried_is_not_bad() -> None:
    findings = await examine([Examination("skipped", failing(NotTriedError("It takes an address.")))])
    assert first_to_mend(findings) is None
    assert as_json(findings)["ok"]
    assert list(as_text(findings))[-1] == "Nothing is wrong that can be seen from here."
