"""The server that all doctors look at; starting one takes seconds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.doctor.practice import NUMBER, Town
from tests.support.certificates import Authority
from tests.support.ports import free_port
from tests.support.telephony.signing import TelnyxSigner
from tests.support.telephony.telnyx_rest import API_KEY, CONNECTION_ID
from tests.support.telephony.twilio_rest import ACCOUNT_SID, AUTH_TOKEN
from tests.support.victoria import SIMULATED, a_victoria


@pytest.fixture(scope="package")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder, port = tmp_path_factory.mktemp("town"), free_port()
    environment = {
        "VICTORIA_PUBLIC_BASE_URL": f"https://localhost:{port}",
        "VICTORIA_TRUSTED_PROXIES": "127.0.0.1",
        "VICTORIA_TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "VICTORIA_TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "VICTORIA_TWILIO_BASE_URL": f"http://127.0.0.1:{free_port()}",  # where nobody is
        "VICTORIA_TELNYX_API_KEY": API_KEY,
        "VICTORIA_TELNYX_PUBLIC_KEY": TelnyxSigner().public_key,
        "VICTORIA_TELNYX_CONNECTION_ID": CONNECTION_ID,
    }
    with a_victoria(folder, SIMULATED | environment) as victoria:
        agent = victoria.get("/api/config/agents")["items"][0]
        line = {"number": NUMBER, "carrier": "twilio", "agent_id": agent["id"]}
        victoria.ask("POST", "/api/config/numbers", line).raise_for_status()
        yield Town(victoria, port, Authority(folder))
