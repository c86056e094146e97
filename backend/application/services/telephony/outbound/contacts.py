"""Contacts from a spreadsheet: a CSV file, row by row.

The file is what people export: with or without a byte order mark, separated by commas, semicolons or tabs,
with a heading of its own. One column has the telephone numbers; the others become variables of the call. What
is wrong is told by line and column, and nothing of a file is used that has anything wrong.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from backend.domain.entities.campaign import Campaign
from backend.domain.value_objects.dial_plan import DialPlan
from backend.domain.value_objects.phone_number import PhoneNumber
from backend.domain.value_objects.variables import MOST_VALUE, MOST_VARIABLES, NAME_PATTERN

NUMBER_COLUMNS: Final = ("number", "phone", "to", "telefono")
MOST_ERRORS: Final = 100

_SEPARATORS: Final = ",;\t"
# How people write numbers. A number without its country is not guessed at.
_LAYOUT: Final = re.compile(r"[\s().\-/\u00a0\u202f]")
_NAME: Final = re.compile(NAME_PATTERN)


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to call. What is known of them is filled into the agent's texts."""

    number: PhoneNumber
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in a line of the file (the first is 1). ``code`` is stable, ``reason`` for people."""

    line: int
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class ContactSheet:
    """What a file has come to. ``duplicates`` were left out; of ``errors`` the first hundred are here, and
    ``wrong`` counts all."""

    contacts: Sequence[Contact] = ()
    columns: Sequence[str] = ()
    duplicates: int = 0
    errors: Sequence[RowError] = ()
    wrong: int = 0


def read_contacts(text: str, plan: DialPlan) -> ContactSheet:
    """Return the contacts in the CSV file ``text``. Every number has to be one that ``plan`` allows."""
    text = text.removeprefix("\ufeff")
    heading = text.lstrip("\r\n").partition("\n")[0]
    separator = max(_SEPARATORS, key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    sheet = _Sheet(plan)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                sheet.take(reader.line_num, [cell.strip() for cell in cells])
            if sheet.is_hopeless:
                break
    except csv.Error:
        sheet.fault(reader.line_num, "bad-csv", "this is not a line of a CSV file")
    return sheet.result()


def check_contacts(contacts: Sequence[Contact], plan: DialPlan) -> ContactSheet:
    """Return what ``contacts`` come to that were not in a file; the first one is line 1."""
    sheet = _Sheet(plan)
    for line, contact in enumerate(contacts, start=1):
        sheet.take_contact(line, contact)
    return sheet.result()


class _Sheet:
    """Takes the lines of one file."""

    def __init__(self, plan: DialPlan) -> None:
        self._plan = plan
        self._columns: list[str] | None = None
        self._number_at = 0
        self._contacts: dict[PhoneNumber, Contact] = {}
        self._duplicates = 0
        self._errors: list[RowError] = []
        self._wrong = 0
        self.is_hopeless = False

    def take(self, line: int, cells: list[str]) -> None:
        if self._columns is None:
            self._take_heading(line, cells)
        else:
            self._take_row(line, cells, self._columns)

    def fault(self, line: int, code: str, reason: str) -> None:
        self._wrong += 1
        if len(self._errors) < MOST_ERRORS:
            self._errors.append(RowError(line, code, reason))

    def result(self) -> ContactSheet:
        if not self._contacts and not self._errors:
            self.fault(1, "no-contacts", "there is nobody to call in this file")
        variables = [name for at, name in enumerate(self._columns or []) if at != self._number_at]
        return ContactSheet(
            contacts=tuple(self._contacts.values()),
            columns=tuple(variables),
            duplicates=self._duplicates,
            errors=tuple(self._errors),
            wrong=self._wrong,
        )

    def _take_heading(self, line: int, cells: list[str]) -> None:
        self._columns = [_variable_name(cell) for cell in cells]
        wanted = [at for at, name in enumerate(self._columns) if name in NUMBER_COLUMNS]
        if not wanted:
            names = ", ".join(NUMBER_COLUMNS)
            self.fault(line, "no-number-column", f"one of the columns has to be called {names}")
        else:
            self._number_at = wanted[0]
        for cell, name in zip(cells, self._columns, strict=True):
            if not _NAME.fullmatch(name):
                self.fault(
                    line, "bad-column", f"the column {cell[:40]!r} needs a name that begins with a letter"
                )
            elif self._columns.count(name) > 1:
                self.fault(line, "same-column", f"there are two columns called {name}")
        if len(cells) - 1 > MOST_VARIABLES:
            self.fault(
                line, "too-many-columns", f"there are at most {MOST_VARIABLES} columns beside the number"
            )
        self.is_hopeless = self._wrong > 0

    def _take_row(self, line: int, cells: list[str], columns: list[str]) -> None:
        if len(cells) > len(columns):
            self.fault(line, "too-many-cells", "this line has more cells than there are columns")
            return
        cells += [""] * (len(columns) - len(cells))
        try:
            number = PhoneNumber(_LAYOUT.sub("", cells[self._number_at]))
        except ValueError:
            self.fault(line, "bad-number", "a number is written with + and its country, such as +34600000001")
            return
        named = zip(columns, cells, strict=True)
        variables = {name: cell for at, (name, cell) in enumerate(named) if at != self._number_at}
        self.take_contact(line, Contact(number, variables))

    def take_contact(self, line: int, contact: Contact) -> None:
        long = next((name for name, text in contact.variables.items() if len(text) > MOST_VALUE), None)
        if not self._plan.allows(contact.number):
            self.fault(line, "forbidden-number", "this number may not be called from here")
        elif long is not None:
            self.fault(line, "too-long", f"{long} is longer than {MOST_VALUE} characters")
        elif contact.number in self._contacts:
            self._duplicates += 1
        elif len(self._contacts) >= Campaign.MOST_CONTACTS:
            self.fault(line, "too-many-contacts", f"there are at most {Campaign.MOST_CONTACTS} contacts")
            self.is_hopeless = True
        else:
            self._contacts[contact.number] = contact


def _variable_name(heading: str) -> str:
    """Return a column's heading as the name of a variable: "Nombre (español)" is ``nombre_espanol``."""
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40]
