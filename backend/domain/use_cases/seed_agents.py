"""The first start: somebody to talk to before anything was configured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from backend.domain.entities.agent import Agent
from backend.domain.ports.clock_port import ClockPort
from backend.domain.ports.persistence_port import AgentRepository
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language


@dataclass(frozen=True, slots=True)
class _Sample:
    name: str
    language: Language
    prompt: str
    first_message: str
    knowledge: str


_SAMPLES: Final = (
    _Sample(
        name="Victoria",
        language=ENGLISH,
        prompt="You are Victoria, the friendly receptionist of the Harbour Dental Clinic. Be brief and kind.",
        first_message="Hello, this is Victoria at the Harbour Dental Clinic. How can I help you?",
        knowledge=(
            "Opening hours: We are open Monday to Friday from nine in the morning to six in the evening. "
            "On Saturdays we are open from ten to two. On Sundays we are closed.\n"
            "Address: We are at twelve Harbour Street, next to the old lighthouse.\n"
            "Parking: There is free parking for patients behind the building.\n"
            "Prices: A check-up costs forty dollars. A cleaning costs sixty dollars. "
            "Whitening costs two hundred dollars.\n"
            "Appointments: You can make an appointment by telephone or at the desk. "
            "The next free appointment is on Thursday at four in the afternoon.\n"
            "Emergencies: If you have a toothache or any pain, come right away; "
            "we always see emergencies the same day.\n"
            "Insurance: We accept all major dental insurance plans.\n"
            "Dentists: Our dentists are Doctor Lopez and Doctor Brown.\n"
        ),
    ),
    _Sample(
        name="Victoria (español)",
        language=SPANISH,
        prompt="Eres Victoria, la recepcionista amable de la Clínica Dental del Puerto. Sé breve y cordial.",
        first_message="Hola, soy Victoria, de la Clínica Dental del Puerto. ¿En qué puedo ayudarle?",
        knowledge=(
            "Horario: Abrimos de lunes a viernes de nueve de la mañana a seis de la tarde. "
            "Los sábados abrimos de diez a dos. Los domingos cerramos.\n"
            "Dirección: Estamos en la calle del Puerto, número doce, junto al faro viejo.\n"
            "Aparcamiento: Hay aparcamiento gratuito para pacientes detrás del edificio.\n"
            "Precios: Una revisión cuesta cuarenta euros. Una limpieza cuesta sesenta euros. "
            "Un blanqueamiento cuesta doscientos euros.\n"
            "Citas: Puede pedir cita por teléfono o en el mostrador. "
            "La próxima cita libre es el jueves a las cuatro de la tarde.\n"
            "Urgencias: Si le duele, venga enseguida; las urgencias las atendemos siempre el mismo día.\n"
            "Seguros: Aceptamos los principales seguros dentales.\n"
            "Dentistas: Nuestros dentistas son la doctora López y el doctor Moreno.\n"
        ),
    ),
)


class SeedAgents:
    """Gives a tenant without agents two sample agents, one in English and one in Spanish."""

    def __init__(self, agents: AgentRepository, clock: ClockPort, new_id: Callable[[], str]) -> None:
        self._agents = agents
        self._clock = clock
        self._new_id = new_id

    async def __call__(self, tenant: str) -> None:
        """Add the samples unless the tenant has an agent. Raises ``StorageError``."""
        if await self._agents.all(tenant):
            return
        now = self._clock.wall_ms()
        for order, sample in enumerate(_SAMPLES):
            await self._agents.add(
                Agent(
                    id=self._new_id(),
                    tenant=tenant,
                    name=sample.name,
                    prompt=sample.prompt,
                    first_message=sample.first_message,
                    knowledge=sample.knowledge,
                    language=sample.language,
                    created_at=now + order,
                    updated_at=now + order,
                )
            )
