"""``victoria doctor telephone``, as the owner of a server runs it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping

import orjson

from tests.e2e.doctor.practice import NUMBER, Town
from tests.support.telephony.rest_server import rest_server
from tests.support.telephony.twilio_rest import ACCOUNT_SID, AUTH_TOKEN, TwilioRest
from tests.support.tls_proxy import a_proxy
from tests.support.victoria import ROOT, Victoria


async def run_command(town: Town, rest_url: str, *arguments: str, **settings: str) -> tuple[int, str, str]:
    """Run the command as the owner of the town's server does; return exit status, output and errors."""
    given = {
        "VICTORIA_DATA_DIR": str(town.victoria.folder / "data"),
        "VICTORIA_PORT": str(town.victoria.port),
        "VICTORIA_PUBLIC_BASE_URL": town.public_url,
        "VICTORIA_TRUSTED_PROXIES": "127.0.0.1",
        "VICTORIA_TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "VICTORIA_TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "VICTORIA_TWILIO_BASE_URL": rest_url,
        "SSL_CERT_FILE": str(town.authority.file),
    }
    return await run_with(given | settings, *arguments)


async def run_with(settings: Mapping[str, str], *arguments: str) -> tuple[int, str, str]:
    """Run the command with these settings and no others."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VICTORIA_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "backend.interfaces.cli.main", "doctor", "telephone", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env={**environment, **settings},
    )
    output, errors = await asyncio.wait_for(process.communicate(), 90)
    assert process.returncode is not None
    return process.returncode, output.decode(), errors.decode()


async def test_a_healthy_telephone_is_called_and_words_come_back(town: Town) -> None:
    twilio = TwilioRest()
    twilio.numbers[NUMBER] = {"voice_url": town.hook}
    async with (
        rest_server(twilio) as rest_url,
        a_proxy(town.proxy_port, town.victoria.port, town.authority.serving()),
    ):
        status, output, errors = await run_command(town, rest_url, "--json")
        report = orjson.loads(output)
        assert (status, errors, report["first"]) == (0, "", None), output
        assert [check["name"] for check in report["checks"]] == [
            "settings",
            "server",
            "address",
            "certificate",
            "reach",
            "websocket",
            "identity",
            "proxy headers",
            "credentials (twilio)",
            "signature (twilio)",
            "numbers (twilio)",
            "codec",
            "call",
        ]
        assert f"A call to {NUMBER} was taken" in report["checks"][-1]["detail"]
        kept = town.victoria.get("/api/history/calls?limit=1")["items"][0]
        assert (kept["carrier"], kept["called"], kept["direction"]) == ("twilio", NUMBER, "inbound")

        twilio.numbers.clear()
        status, output, errors = await run_command(town, rest_url)
        assert (status, errors) == (1, "")
        assert f"✗ numbers (twilio)      {NUMBER} is not a number of this account at twilio." in output
        assert output.splitlines()[-1].startswith("Mend this first (numbers (twilio)): Remove")
        assert "✓ call" in output  # it stops at nothing


async def test_without_a_carrier_the_loopback_is_called(simulated_victoria: Victoria) -> None:
    numbers = simulated_victoria.get("/api/config/numbers")["items"]
    settings = {
        "VICTORIA_DATA_DIR": str(simulated_victoria.folder / "data"),
        "VICTORIA_PORT": str(simulated_victoria.port),
    }
    status, output, errors = await run_with(settings, "--json")
    report = orjson.loads(output)
    verdicts = {check["name"]: check["verdict"] for check in report["checks"]}
    assert (status, errors, report["first"]["name"]) == (1, "", "settings")
    assert {name for name, verdict in verdicts.items() if verdict == "bad"} == {"settings"}
    assert (verdicts["signature (loopback)"], verdicts["call"]) == ("good", "good")
    assert simulated_victoria.get("/api/config/numbers")["items"] == numbers  # none is left behind


async def test_settings_that_cannot_be_used_are_what_to_mend_first(town: Town) -> None:
    status, output, _ = await run_command(town, "http://127.0.0.1:1", VICTORIA_TWILIO_AUTH_TOKEN="")
    assert status == 1
    complaint = "VICTORIA_TWILIO_AUTH_TOKEN: Twilio needs it besides the others."
    assert output.splitlines()[0] == f"✗ settings  {complaint}"
    assert output.splitlines()[-1] == f"Mend this first (settings): {complaint}"
