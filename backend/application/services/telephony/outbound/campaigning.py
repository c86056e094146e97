"""Making campaigns of contacts, and pausing, resuming and stopping them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from backend.application.services.telephony.outbound.contacts import Contact
from backend.application.services.telephony.outbound.our_lines import OurLines
from backend.application.services.telephony.outbound.placing import calling_agent
from backend.domain.entities.campaign import Campaign, CampaignStatus
from backend.domain.entities.outbound_call import OutboundCall
from backend.domain.ports.clock_port import ClockPort
from backend.domain.ports.outbound_port import Campaigns, Counts
from backend.domain.ports.persistence_port import AgentRepository
from backend.domain.value_objects.calling_hours import CallingHours
from backend.domain.value_objects.phone_number import PhoneNumber


@dataclass(frozen=True, slots=True)
class CampaignWish:
    """A campaign that somebody wants, but for its contacts. See ``Campaign`` and ``CallWish``."""

    tenant: str
    key_id: str
    name: str
    agent_id: str
    caller_id: PhoneNumber | None
    hours: CallingHours
    calls_per_minute: int
    at_once: int
    max_attempts: int
    retry_after_s: int


@dataclass(frozen=True, slots=True)
class CampaignSummary:
    """A campaign, and how many of its calls have come how far."""

    campaign: Campaign
    counts: Counts


class CampaignOffice:
    """Keeps campaigns; the runner carries them out. ``changed`` tells it. All methods raise
    ``StorageError``."""

    def __init__(
        self,
        campaigns: Campaigns,
        agents: AgentRepository,
        lines: OurLines,
        *,
        clock: ClockPort,
        new_id: Callable[[], str],
        changed: Callable[[], None],
    ) -> None:
        self._campaigns: Final = campaigns
        self._agents: Final = agents
        self._lines: Final = lines
        self._clock: Final = clock
        self._new_id: Final = new_id
        self._changed: Final = changed

    async def check(self, wish: CampaignWish) -> PhoneNumber:
        """Return the number that would call.

        Raises ``FieldError`` (``unknown-agent``, ``agent-archived``, ``unknown-line``, ``no-line``),
        ``ConflictError`` (``carrier-not-configured``).
        """
        await calling_agent(self._agents, wish.tenant, wish.agent_id)
        line = await self._lines.to_call_with(wish.tenant, wish.agent_id, wish.caller_id)
        return line.number

    async def create(self, wish: CampaignWish, contacts: Sequence[Contact]) -> CampaignSummary:
        """Return the campaign, which begins at once if its hours let it. Raises as ``check`` does."""
        await calling_agent(self._agents, wish.tenant, wish.agent_id)
        line = await self._lines.to_call_with(wish.tenant, wish.agent_id, wish.caller_id)
        now = self._clock.wall_ms()
        campaign = Campaign(
            id=self._new_id(),
            tenant=wish.tenant,
            key_id=wish.key_id,
            name=wish.name,
            agent_id=wish.agent_id,
            caller_id=line.number,
            carrier=line.carrier,
            hours=wish.hours,
            created_at=now,
            updated_at=now,
            calls_per_minute=wish.calls_per_minute,
            at_once=wish.at_once,
            max_attempts=wish.max_attempts,
            retry_after_s=wish.retry_after_s,
        )
        await self._campaigns.add(campaign, [self._order(campaign, contact) for contact in contacts])
        self._changed()
        return await self.summary(wish.tenant, campaign.id)

    async def summary(self, tenant: str, campaign_id: str) -> CampaignSummary:
        """Return a campaign. Raises ``NotFoundError``."""
        campaign = await self._campaigns.get(tenant, campaign_id)
        return CampaignSummary(campaign, (await self._counts(tenant, [campaign])).get(campaign.id, {}))

    async def summaries(self, tenant: str) -> list[CampaignSummary]:
        """Return the tenant's campaigns, newest first."""
        campaigns = await self._campaigns.all(tenant)
        counts = await self._counts(tenant, campaigns)
        return [CampaignSummary(campaign, counts.get(campaign.id, {})) for campaign in campaigns]

    async def become(self, tenant: str, campaign_id: str, status: CampaignStatus) -> CampaignSummary:
        """Pause, resume or stop one. Raises ``NotFoundError``, ``ConflictError`` (``campaign-over``)."""
        await self._campaigns.become(tenant, campaign_id, status, self._clock.wall_ms())
        self._changed()
        return await self.summary(tenant, campaign_id)

    async def _counts(self, tenant: str, campaigns: Sequence[Campaign]) -> Mapping[str, Counts]:
        return await self._campaigns.counts(tenant, [campaign.id for campaign in campaigns])

    def _order(self, campaign: Campaign, contact: Contact) -> OutboundCall:
        return OutboundCall(
            id=self._new_id(),
            tenant=campaign.tenant,
            key_id=campaign.key_id,
            agent_id=campaign.agent_id,
            to=contact.number,
            caller_id=campaign.caller_id,
            carrier=campaign.carrier,
            created_at=campaign.created_at,
            due_at=campaign.created_at,
            variables=contact.variables,
            max_attempts=campaign.max_attempts,
            retry_after_s=campaign.retry_after_s,
            campaign_id=campaign.id,
        )
