"""Contacts from files as people export them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.application.services.telephony.outbound.contacts import (
    Contact,
    check_contacts,
    read_contacts,
)
from backend.domain.entities.campaign import Campaign
from backend.domain.value_objects.dial_plan import DialPlan
from backend.domain.value_objects.phone_number import PhoneNumber

PLAN = DialPlan(("+34",))
FIRST, SECOND = PhoneNumber("+34600000001"), PhoneNumber("+34600000002")


@pytest.mark.parametrize(
    "text",
    [
        "number,name\n+34600000001,José\n+34600000002,Ana\n",
        "number,name\r\n+34600000001,José\r\n+34600000002,Ana",
        "\ufeffName;Teléfono\n José ;+34 600-000-001\n\nAna;+34 (600) 000 002\n;\n",
        "name\tphone\nJosé\t+34600000001\nAna\t+34.600.000.002\n",
        '"to","name"\n"+34600000001","José"\n"+34600000002","Ana"\n',
    ],
)
def test_files_of_many_kinds_say_the_same(text: str) -> None:
    sheet = read_contacts(text, PLAN)
    assert sheet.errors == ()
    assert sheet.contacts == (Contact(FIRST, {"name": "José"}), Contact(SECOND, {"name": "Ana"}))
    assert sheet.columns == ("name",)


def test_columns_become_variables() -> None:
    sheet = read_contacts("phone,Nombre (español),Día y hora,x\n+34600000001,José,,\n", PLAN)
    assert sheet.columns == ("nombre_espanol", "dia_y_hora", "x")
    assert sheet.contacts[0].variables == {"nombre_espanol": "José", "dia_y_hora": "", "x": ""}


def test_who_is_there_twice_is_called_once_and_counted() -> None:
    sheet = read_contacts("number,name\n+34600000001,a\n+34 600000001,b\n+34600000002,c\n", PLAN)
    assert [contact.variables["name"] for contact in sheet.contacts] == ["a", "c"]
    assert sheet.duplicates == 1


def test_each_line_that_is_wrong_is_named_with_its_reason() -> None:
    text = (
        "number,name\n"
        "+34600000001,fine\n"
        "600000002,without its country\n"
        '+34600000003,"of two\nlines"\n'
        "+34806123456,premium\n"
        "+12125550100,elsewhere\n"
        "+34600000004,a,b\n"
        f"+34600000005,{'x' * 1_001}\n"
    )
    sheet = read_contacts(text, PLAN)
    assert [(error.line, error.code) for error in sheet.errors] == [
        (3, "bad-number"),
        (6, "forbidden-number"),
        (7, "forbidden-number"),
        (8, "too-many-cells"),
        (9, "too-long"),
    ]
    assert sheet.wrong == 5


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "no-contacts"),
        ("\ufeff\n\n", "no-contacts"),
        ("number,name\n", "no-contacts"),
        ("name,street\nJosé,Mayor\n", "no-number-column"),
        ("number,1st\n+34600000001,x\n", "bad-column"),
        ("number,,\n+34600000001,,\n", "bad-column"),
        ("number,name,Name\n+34600000001,x,y\n", "same-column"),
        (f"number,{','.join(f'v{n}' for n in range(51))}\n", "too-many-columns"),
        ('number,name\n+34600000001,"' + "x" * 200_000, "bad-csv"),
    ],
)
def test_files_that_are_wrong_as_a_whole_say_why(text: str, code: str) -> None:
    sheet = read_contacts(text, PLAN)
    assert sheet.errors[0].code == code
    assert sheet.contacts == ()


def test_a_file_has_ten_thousand_contacts_at_most() -> None:
    lines = [f"+346{number:08d}" for number in range(Campaign.MOST_CONTACTS + 5)]
    full = read_contacts("\n".join(["number", *lines[:-5]]), PLAN)
    assert (len(full.contacts), full.wrong) == (10_000, 0)
    sheet = read_contacts("\n".join(["number", *lines]), PLAN)
    assert [(error.line, error.code) for error in sheet.errors] == [(10_002, "too-many-contacts")]


def test_of_many_errors_a_hundred_are_told_and_all_counted() -> None:
    sheet = read_contacts("number\n" + "nonsense\n" * 5_000, PLAN)
    assert (len(sheet.errors), sheet.wrong) == (100, 5_000)


def test_contacts_that_were_not_in_a_file_are_checked_alike() -> None:
    contacts = [Contact(FIRST), Contact(PhoneNumber("+34806123456")), Contact(FIRST)]
    sheet = check_contacts(contacts, PLAN)
    assert [(error.line, error.code) for error in sheet.errors] == [(2, "forbidden-number")]
    assert (sheet.contacts, sheet.duplicates) == ((contacts[0],), 1)


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    sheet = read_contacts(f"number,x\n{text}", PLAN)
    assert bool(sheet.errors) is (sheet.wrong > 0)
    assert sheet.contacts or sheet.errors
    assert all(PLAN.allows(contact.number) for contact in sheet.contacts)
