"""Who is asking."""

from __future__ import annotations

from fastapi import APIRouter

from backend.interfaces.http.deps import KeyDep
from backend.interfaces.http.schemas.session import Session

router = APIRouter(tags=["session"])


@router.get("/session")
async def read_session(key: KeyDep) -> Session:
    """Tell whose key this is; a console asks this first."""
    return Session.of(key)
