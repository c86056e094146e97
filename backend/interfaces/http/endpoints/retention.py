"""How long calls are kept. Who deletes them is ``application/services/retention.py``."""

from __future__ import annotations

from fastapi import APIRouter

from backend.interfaces.http.deps import KeyDep, ServicesDep
from backend.interfaces.http.responses import WITH_BODY
from backend.interfaces.http.schemas.retention import Retention

router = APIRouter(prefix="/config/retention", tags=["config"])


@router.get("")
async def read_retention(services: ServicesDep, key: KeyDep) -> Retention:
    """Tell how long calls and recordings are kept."""
    return Retention.of(await services.retention.get(key.tenant))


@router.put("", responses=WITH_BODY)
async def replace_retention(wanted: Retention, services: ServicesDep, key: KeyDep) -> Retention:
    """Decide it anew; what is older then goes within the hour, for good."""
    await services.retention.put(key.tenant, wanted.to_domain())
    return wanted
