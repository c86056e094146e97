"""The matrix as a table for people: ``docs/operations/fault-matrix.md``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Final

from tests.faults.known import VIRTUAL, known_trouble
from tests.faults.verdict import APOLOGY_S, SILENCE_S, THROUGH_STAND_IN_S, Verdict
from tests.support.faulty_ways import PORTS, Port, Way

PAGE: Final = Path(__file__).parents[2] / "docs" / "operations" / "fault-matrix.md"
_PORT_NAMES: Final = {"stt": "recognition", "llm": "model", "tts": "voice"}
_HEAD: Final = f"""# What callers notice when an engine fails

Written by `make faults`. Every line is a whole call in which one engine fails in this way for as long as the
call lasts. *Virtual* is the fault as it shows at the port, in virtual time, with words and sounds that can be
told apart one by one; a session's cap is eight minutes. The others are our adapters, with the provider's SDK
where it has one, in real time, against a service on loopback that fails at the level of DNS, TCP, TLS, HTTP
or WebSocket; a session's cap is three seconds.

A call passes if

- nobody is left in silence for more than {SILENCE_S:.0f} s while it is the agent's turn;
- a recorded apology, or a reply, is heard within {APOLOGY_S:.0f} s of the decision to answer;
- with a stand-in, a sound follows the fault's detection within {THROUGH_STAND_IN_S} s, and the next turn is
  answered;
- alone, the call ends after three failed turns with a recorded farewell, as `engines-failed`;
- no word is said or understood twice, the timeline tells of the failure, nothing is left running or open.

Detection, reply and apology are in seconds from the end of what the caller said in the first turn that failed
(or from the start of the call); a detection before that is negative. Where a voice or a model breaks off in
mid-stream its first words have been heard: they are apologised for, not said again by another. A recogniser
that breaks off alone has given a word or two, and those are answered.
"""


@dataclass(frozen=True)
class Row:
    """A cell and what came of it."""

    port: Port
    engine: str
    way: Way
    has_stand_in: bool
    verdict: Verdict

    @property
    def known_trouble(self) -> str | None:
        """What is known to be wrong with it."""
        return known_trouble(self.port, self.engine, self.way, has_stand_in=self.has_stand_in)


@dataclass
class Report:
    """The rows of one run."""

    rows: list[Row] = field(default_factory=list)

    def add(self, row: Row) -> None:
        """Take a row, in any order."""
        self.rows.append(row)

    def write(self, page: Path = PAGE) -> None:
        """Write the page."""
        ways = list(Way)
        order = {port: at for at, port in enumerate(PORTS)}
        rows = sorted(
            self.rows,
            key=lambda row: (
                order[row.port],
                row.engine != VIRTUAL,
                row.engine,
                ways.index(row.way),
                not row.has_stand_in,
            ),
        )
        page.parent.mkdir(exist_ok=True)
        page.write_text("\n".join([_HEAD, *_summary(rows), *_tables(rows), *_troubles(rows)]) + "\n")


def _by_engine(rows: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    for (port, engine), group in groupby(rows, key=lambda row: (row.port, row.engine)):
        yield f"{_PORT_NAMES[port]}: {engine}", list(group)


def _summary(rows: Sequence[Row]) -> Iterator[str]:
    yield "| engine | calls | pass | longest silence | decision to sound | detection to stand-in |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for name, group in _by_engine(rows):
        verdicts = [row.verdict for row in group]
        passed = sum(not verdict.problems for verdict in verdicts)
        silence = max(verdict.longest_silence for verdict in verdicts)
        attended = max(verdict.attended_after for verdict in verdicts)
        stand_in = max((verdict.stand_in_after or 0.0) for verdict in verdicts)
        yield f"| {name} | {len(group)} | {passed} | {silence:.2f} | {attended:.2f} | {stand_in:.2f} |"


def _tables(rows: Sequence[Row]) -> Iterator[str]:
    for name, group in _by_engine(rows):
        yield f"\n## {name[0].upper()}{name[1:]}\n"
        yield "| fault | stand-in | detected | reply | apology | longest silence | the call ended | pass |"
        yield "| --- | --- | ---: | ---: | ---: | ---: | --- | --- |"
        for row in group:
            verdict = row.verdict
            times = (verdict.detected_after, verdict.reply_after, verdict.apology_after)
            cells = [str(row.way), "yes" if row.has_stand_in else "no", *map(_seconds, times)]
            cells += [f"{verdict.longest_silence:.2f}", verdict.end_cause.value if verdict.end_cause else ""]
            yield f"| {' | '.join([*cells, 'no' if verdict.problems else 'yes'])} |"


def _troubles(rows: Sequence[Row]) -> Iterator[str]:
    reasons: dict[str, list[str]] = {}
    for row in rows:
        if row.verdict.problems:
            reason = row.known_trouble or f"**New**: {'; '.join(row.verdict.problems)}"
            company = "with a stand-in" if row.has_stand_in else "alone"
            reasons.setdefault(reason, []).append(f"{row.port}: {row.engine}, {row.way}, {company}")
    if reasons:
        yield "\n## What does not pass\n"
        for reason, cells in reasons.items():
            yield f"- {reason[0].upper()}{reason[1:]} ({'; '.join(cells)})."


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
