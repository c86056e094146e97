"""What the responder says of its own accord, in the languages that it speaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Phrases:
    """Texts in one language. ``{…}`` are filled in by ``dialogue``."""

    greeting: str
    well: str
    welcome: str
    go_on: str
    anything_else: str
    ask_away: str
    goodbye: str
    say_again: str
    nothing_to_repeat: str
    no_person: str
    unknown: str
    still_unknown: str
    can_tell: str
    offer: str
    knows_nothing: str
    identity: str
    i_am: str
    i_am_of: str
    demo_note: str
    and_: str


PHRASES: Final = {
    "en": Phrases(
        greeting="Hello! How can I help you?",
        well="Very well, thank you. How can I help you?",
        welcome="You're welcome. Is there anything else I can help you with?",
        go_on="Good. What else would you like to know?",
        anything_else="All right. Is there anything else I can help you with?",
        ask_away="Of course. What would you like to know?",
        goodbye="Thank you for calling. Goodbye!",
        say_again="Sorry, I did not catch that. Could you say it again?",
        nothing_to_repeat="I have not said anything yet. How can I help you?",
        no_person="I cannot put you through to a person from here.",
        unknown="I'm sorry, I don't have that information.",
        still_unknown="I'm afraid I don't have that either.",
        can_tell="I can tell you about {topics}.",
        offer="Would you like to hear about {topic}?",
        knows_nothing="Nothing has been written down for me to answer from yet.",
        identity="I'm a demo brain, not a language model: I answer from what was written for this agent.",
        i_am="I'm {name}. ",
        i_am_of="I'm {name}, from {place}. ",
        demo_note="By the way, I'm only the demo brain, so I know just what was written for me.",
        and_="and",
    ),
    "es": Phrases(
        greeting="¡Hola! ¿En qué puedo ayudarle?",
        well="Muy bien, gracias. ¿En qué puedo ayudarle?",
        welcome="De nada. ¿Puedo ayudarle en algo más?",
        go_on="Muy bien. ¿Qué más le gustaría saber?",
        anything_else="De acuerdo. ¿Puedo ayudarle en algo más?",
        ask_away="Claro. ¿Qué le gustaría saber?",
        goodbye="Gracias por llamar. ¡Hasta luego!",
        say_again="Perdone, no le he entendido. ¿Puede repetirlo?",
        nothing_to_repeat="Todavía no he dicho nada. ¿En qué puedo ayudarle?",
        no_person="Desde aquí no puedo pasarle con una persona.",
        unknown="Lo siento, no tengo esa información.",
        still_unknown="Me temo que eso tampoco lo sé.",
        can_tell="Puedo informarle sobre {topics}.",
        offer="¿Quiere que le hable de {topic}?",
        knows_nothing="Todavía no me han escrito nada con lo que responder.",
        identity="Soy un cerebro de demostración, no un modelo de lenguaje: respondo con lo que está escrito "
        "para este agente.",
        i_am="Soy {name}. ",
        i_am_of="Soy {name}, de {place}. ",
        demo_note="Por cierto, soy el cerebro de demostración: solo sé lo que han escrito para mí.",
        and_="y",
    ),
}
