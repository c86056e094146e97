"""A machine reads the description and tries what it allows and what it forbids, over a real socket.

Every operation meets every check each time: with all values at the edges of its schema, and with a few that
chance has chosen. ``VICTORIA_CONFORMANCE=all`` gives chance its head.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.support.http import Site, add_key
from tests.support.outbound_orders import a_campaign, an_order
from tests.support.server import a_server
from tests.support.storage_builders import a_call, a_turn, an_entry

IS_COMPLETE: Final = os.environ.get("VICTORIA_CONFORMANCE") == "all"
EXAMPLES: Final = 50 if IS_COMPLETE else 3  # that chance chooses for each operation
LONGEST_S: Final = 1_800 if IS_COMPLETE else 900  # on a machine that is busy

# A cursor is opaque: only the server can make one, and 400 is the right answer to any other.
CONFIGURATION = """
hooks = "tests.e2e.api_hooks"

[headers]
X-API-Key = "{key}"

[parameters]
"path.call_id" = "{call_id}"
"path.key_id" = "{key_id}"
"path.carrier" = "acme"
"path.campaign_id" = "{campaign_id}"
"path.order_id" = "{order_id}"

[generation]
max-examples = {examples}
deterministic = true

[[operations]]
include-name = "GET /api/history/calls"
checks.positive_data_acceptance.expected-statuses = [
    "2xx", "3xx", "400", "401", "403", "404", "409", "429", "5xx"
]

[[operations]]
include-name = "GET /api/calls"
checks.positive_data_acceptance.expected-statuses = [
    "2xx", "3xx", "400", "401", "403", "404", "409", "429", "5xx"
]

[[operations]]
include-name = "GET /api/campaigns/{{campaign_id}}/calls"
checks.positive_data_acceptance.expected-statuses = [
    "2xx", "3xx", "400", "401", "403", "404", "409", "429", "5xx"
]

# Who can call and be called is data of the server, and which time zones there are is the world's.
[[operations]]
include-name = "POST /api/calls"
checks.positive_data_acceptance.expected-statuses = [
    "2xx", "401", "403", "404", "409", "422", "429", "5xx"
]

[[operations]]
include-name = "POST /api/campaigns"
checks.positive_data_acceptance.expected-statuses = [
    "2xx", "401", "403", "404", "409", "422", "429", "5xx"
]

# How many buckets a span has is arithmetic that a schema does not do.
[[operations]]
include-name = "GET /api/history/stats"
checks.positive_data_acceptance.expected-statuses = [
    "2xx", "401", "403", "404", "409", "422", "429", "5xx"
]

# Which carriers and agents there are is data of the server, not a schema.
[[operations]]
include-name = "POST /api/config/numbers"
checks.positive_data_acceptance.expected-statuses = [
    "2xx", "401", "403", "404", "409", "422", "429", "5xx"
]

[[operations]]
include-name = "PUT /api/config/numbers/{{line_id}}"
checks.positive_data_acceptance.expected-statuses = [
    "2xx", "401", "403", "404", "409", "422", "429", "5xx"
]

# Which engines there are is data of the server, not a schema.
[[operations]]
include-name = "POST /api/config/voices/preview"
checks.positive_data_acceptance.expected-statuses = [
    "2xx", "401", "403", "404", "409", "422", "429", "5xx"
]
"""


async def a_live_call(site: Site) -> str:
    """Store a call that every operation of the history finds, and none can remove."""
    call = a_call()
    await site.log.open(call)
    await site.log.append(call.id, [an_entry(1, a_turn(1)), an_entry(2, a_turn(2, answered_ms=640))])
    recording = await site.recordings.create(call.id, 16_000)
    await recording.write(bytes(64_000))
    await recording.close()
    return call.id.value


async def a_campaign_with_a_call(site: Site) -> tuple[str, str]:
    """Store a campaign of one contact; return its id and the order's."""
    campaign = a_campaign()
    order = an_order(campaign_id=campaign.id)
    await site.outbound.campaigns.add(campaign, [order])
    return campaign.id, order.id


async def a_spare_key(site: Site) -> str:
    """Store a key that may be revoked; the machine must not revoke the one that it asks with."""
    await add_key(site.keys, "home")
    *_, spare = await site.keys.all("home")
    return spare.id


def test_every_operation_keeps_its_word(tmp_path: Path) -> None:
    with a_server(tmp_path) as server:
        stored = asyncio.run_coroutine_threadsafe(a_live_call(server.site), server.loop)
        configuration = tmp_path / "schemathesis.toml"
        spare = asyncio.run_coroutine_threadsafe(a_spare_key(server.site), server.loop)
        outbound = asyncio.run_coroutine_threadsafe(a_campaign_with_a_call(server.site), server.loop)
        campaign_id, order_id = outbound.result(timeout=10)
        ids = {
            "call_id": stored.result(timeout=10),
            "key_id": spare.result(timeout=10),
            "campaign_id": campaign_id,
            "order_id": order_id,
        }
        configuration.write_text(CONFIGURATION.format(key=server.key, examples=EXAMPLES, **ids))
        program = Path(sys.executable).with_name("schemathesis")
        location = f"{server.url}/openapi.json"
        finished = subprocess.run(
            [program, "--config-file", configuration, "run", location, "--checks", "all", "--no-color"],
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            check=False,
        )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "Tested: 56" in finished.stdout
