"""Which sentences of a prompt are facts that a caller may be told.

A prompt is mostly orders to the agent ("You are a friendly receptionist", "Ofrece una cita"), which must
never be read out. So a sentence counts as a fact only if nothing in it addresses the agent or speaks about
the caller, it does not begin with an order, and it says something in the third or the first person plural.
Missing a fact costs an "I don't know"; reading out an order costs the caller's trust.
"""

from __future__ import annotations

import re
from typing import Final

from backend.infrastructure.adapters.llm.responder.words import any_of, fold, tokens

_ADDRESSES_AGENT: Final = {
    "en": re.compile(
        any_of(
            """you your yours yourself must should shall always never don_t do_not please callers? users?
            asks? answers? respond reply replies sentences? tone style persona instructions? prompt assistant
            agent role goal task rules? conversation tool end_call"""
        )
    ),
    "es": re.compile(
        any_of(
            """eres sos tu tus te ti debes? deberas tienes puedes nunca siempre jamas responde contesta
            pregunta preguntan responder contestar usuarios? interlocutor llamante (?:quien|que)_llama
            frases? tono estilo instrucciones prompt asistente agente rol objetivo tarea reglas?
            conversacion herramienta end_call no_(?:des|digas|hagas|uses|inventes)"""
        )
    ),
}
_ORDERS: Final = {
    "en": re.compile(
        any_of(
            """act add aim avoid be begin book check collect confirm describe do end ensure explain finish
            first follow gather get give greet hang help if in_case introduce invite keep let listen
            make mention note offer only pass play politely pretend provide read recommend refer
            remember remind repeat say schedule sell send speak start stay suggest take talk tell then
            thank transfer try unless use wait when whenever write"""
        )
    ),
    "es": re.compile(
        any_of(
            """actua agenda anade anota apunta atiende averigua ayuda busca comienza comprueba comunica
            confirma cuando cuelga da deriva despidete di diles? empieza en_caso envia espera evita
            explica finaliza gestiona haz habla indica informa insiste intenta invita lee limitate
            manten menciona mira muestra no ofrece ofreceles? pasa pide presentate procura programa
            propon recoge recomienda recuerda registra repite reserva saluda se si sigue solicita solo
            sugiere termina toma trabajas transfiere transmite trata usa utiliza vende verifica"""
        )
    ),
}
_IMPERSONAL: Final = {
    "en": re.compile(r"(?!)"),
    "es": re.compile(r"(?:se (?:acepta|ofrece|habla|puede|abre|cierra|atiende)|solo (?:abr|cerr|acept)imos)"),
}
_STATES: Final = {
    "en": re.compile(
        any_of(
            """is are was has have costs? opens? closes? offers? accepts? includes? takes? serves? lies
            stands begins starts ends lasts? charges? delivers? speaks? sells? we our there_s it_s"""
        )
    ),
    "es": re.compile(
        any_of(
            r"""es son esta estan hay tienen? cuestan? valen? abren? cierran? ofrecen? aceptan? incluyen?
            quedan? encuentra sirven? duran? cobran? reparten? atienden? empiezan? disponen? \w{3,}mos
            nuestr[oa]s?"""
        )
    ),
}
_ABOUT_AGENT: Final = re.compile(
    any_of(
        """role tone style goals? task rules? instructions? guidelines? persona personality identity
            objective behaviou?r language format steps? flow notes? important examples? context
            constraints? rol tono estilo objetivos? tareas? reglas? instrucciones personalidad identidad
            comportamiento idioma formato pasos flujo notas? importante ejemplos? contexto limites
            restricciones normas mision funcion funciones"""
    )
)


def is_statement(sentence: str, language: str) -> bool:
    """Whether a sentence of a prompt may be told to a caller as a fact."""
    words = " ".join(tokens(sentence))
    if sentence.rstrip().endswith("?") or _ADDRESSES_AGENT[language].search(words):
        return False
    if _ORDERS[language].match(words) and not _IMPERSONAL[language].match(words):
        return False
    return bool(_STATES[language].search(words))


def is_about_the_agent(key: str) -> bool:
    """Whether a heading or a key of a prompt ("Tone", "Reglas") announces orders instead of facts."""
    return bool(_ABOUT_AGENT.search(fold(key)))
