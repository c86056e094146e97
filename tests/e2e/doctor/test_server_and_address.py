"""What is wrong on this machine and with its address; all that is looked at before is good."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.e2e.doctor.practice import Town, practice, with_patient
from tests.support.certificates import Authority, Life
from tests.support.ports import free_port
from tests.support.tls_proxy import a_proxy


async def test_without_a_carrier_nobody_can_call(town: Town) -> None:
    async with practice(town) as opened:
        assert "No carrier is set up" in await with_patient(opened, carriers=()).ailment("settings")


async def test_a_server_that_does_not_run_is_to_be_started(town: Town) -> None:
    async with practice(town) as opened:
        away = with_patient(opened, address=f"http://127.0.0.1:{free_port()}")
        assert "Start one with: victoria serve" in await away.ailment("server")


async def test_a_wrong_key_is_said_to_be_wrong(town: Town) -> None:
    async with practice(town) as opened:
        assert "The key is not valid" in await opened.ailment("server", key="vk_wrong")


async def test_a_server_with_other_settings_is_to_be_restarted(town: Town) -> None:
    async with practice(town) as opened:
        elsewhere = replace(opened.patient.carriers[0], announces_at="https://new.example.com/webhook/twilio")
        changed = with_patient(opened, carriers=(elsewhere,))
        assert f"finds it at {town.hook} instead" in await changed.ailment("server")


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("http://localhost:8000", "is not https"),
        ("https://nobody.invalid", "No server has the name nobody.invalid"),
        (f"https://{'a' * 64}.example", "No server has the name aaaa"),  # too long for any name
    ],
)
async def test_an_address_that_no_carrier_can_use(town: Town, url: str, complaint: str) -> None:
    async with practice(town) as opened:
        assert complaint in await with_patient(opened, public_url=url).ailment("address")


@pytest.mark.parametrize(
    ("host", "life", "complaint"),
    [
        ("localhost", Life.ending_in(timedelta(days=-1)), "has expired"),
        ("localhost", Life.ending_in(timedelta(days=9)), "ends in 9 days"),
        ("elsewhere.example", None, "is of another name"),
    ],
)
async def test_a_certificate_that_is_not_good(
    town: Town, host: str, life: Life | None, complaint: str
) -> None:
    tls = town.authority.serving(host, life=life)
    async with a_proxy(town.proxy_port, town.victoria.port, tls), practice(town) as opened:
        assert complaint in await opened.ailment("certificate")


async def test_a_certificate_of_nobodys(town: Town, tmp_path: Path) -> None:
    tls = Authority(tmp_path).serving()
    async with a_proxy(town.proxy_port, town.victoria.port, tls), practice(town) as opened:
        assert "is not trusted" in await opened.ailment("certificate")


async def test_no_tls_and_nobody_there(town: Town) -> None:
    async with practice(town) as opened:
        assert "Nobody can be reached" in await opened.ailment("certificate")
        plain = with_patient(opened, public_url=f"https://localhost:{town.victoria.port}")
        assert "does not speak TLS" in await plain.ailment("certificate")
