"""Is it alive, can it take calls, and how is it doing? For machines that ask every few seconds."""

from __future__ import annotations

import asyncio
from typing import Final

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import Response

from backend.domain.errors import VictoriaError
from backend.interfaces.http.deps import Check, ServicesDep
from backend.interfaces.http.responses import problems
from backend.interfaces.http.schemas.health import CheckResult, Health

router = APIRouter(tags=["health"])

CHECK_TIMEOUT_S: Final = 2.0


@router.get("/health/live")
async def read_liveness(response: Response) -> Health:
    """Answer, which is the proof: a process that does not should be restarted."""
    response.headers["Cache-Control"] = "no-store"
    return Health(status="ok", checks=[])


@router.get("/health/ready", responses={503: {"model": Health, "description": "It cannot take calls"}})
async def read_readiness(services: ServicesDep, response: Response) -> Health:
    """Tell whether new calls may be sent here, and if not, why."""
    response.headers["Cache-Control"] = "no-store"
    async with asyncio.TaskGroup() as checks:
        running = [checks.create_task(_run(name, check)) for name, check in services.checks.items()]
    results = [task.result() for task in running]
    is_ready = all(result.status == "ok" for result in results)
    response.status_code = 200 if is_ready else 503
    return Health(status="ok" if is_ready else "unavailable", checks=results)


async def _run(name: str, check: Check) -> CheckResult:
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_S):
            await check()
    except TimeoutError:
        return CheckResult(name=name, status="failed", detail=f"No answer within {CHECK_TIMEOUT_S:g} s.")
    except VictoriaError as error:
        return CheckResult(name=name, status="failed", detail=error.message)
    return CheckResult(name=name, status="ok", detail="")


@router.get(
    "/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}, **problems(404)}
)
async def read_metrics(services: ServicesDep) -> Response:
    """Metrics for Prometheus."""
    if services.metrics is None:
        raise HTTPException(404, "Metrics are switched off.")
    exposition = services.metrics()
    return Response(exposition.content, headers={"Content-Type": exposition.media_type})
