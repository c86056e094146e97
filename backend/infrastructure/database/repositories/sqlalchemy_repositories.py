"""What implements the ports of persistence, statistics, retention, API keys, provider accounts,
telephone numbers and the calls that we place, for reading and administration.

Each method is one short transaction. The writing half of live calls is in ``database.call_log``.
"""

from backend.infrastructure.database.repositories.agent_repository import SqlAgentRepository
from backend.infrastructure.database.repositories.agent_version_repository import SqlAgentVersions
from backend.infrastructure.database.repositories.api_key_repository import SqlApiKeyRepository
from backend.infrastructure.database.repositories.call_repository import SqlCallRepository
from backend.infrastructure.database.repositories.call_statistics import SqlCallStatistics
from backend.infrastructure.database.repositories.outbound_calls import SqlOutboundCalls
from backend.infrastructure.database.repositories.outbound_campaigns import SqlCampaigns
from backend.infrastructure.database.repositories.phone_call_repository import SqlPhoneCallHistory
from backend.infrastructure.database.repositories.phone_line_repository import SqlPhoneLineRepository
from backend.infrastructure.database.repositories.provider_account_repository import (
    SqlProviderAccountRepository,
)
from backend.infrastructure.database.repositories.retention_repository import (
    SqlOldCalls,
    SqlRetentionRepository,
)

__all__ = [
    "SqlAgentRepository",
    "SqlAgentVersions",
    "SqlApiKeyRepository",
    "SqlCallRepository",
    "SqlCallStatistics",
    "SqlCampaigns",
    "SqlOldCalls",
    "SqlOutboundCalls",
    "SqlPhoneCallHistory",
    "SqlPhoneLineRepository",
    "SqlProviderAccountRepository",
    "SqlRetentionRepository",
]
