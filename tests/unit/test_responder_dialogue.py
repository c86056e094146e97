"""The demo brain in conversation: offers, small talk, goodbyes, keys, and what it says of itself."""

from __future__ import annotations

import pytest

from backend.domain.entities.conversation import Message, MessageRole
from backend.infrastructure.adapters.llm.responder.dialogue import Persona
from tests.support.businesses import UNKNOWN, Talk

pytest_plugins = ["tests.support.business_fixtures"]


def test_an_offer_is_accepted_with_a_yes(dentist: Talk) -> None:
    dentist.ask("how much is an implant")
    assert dentist.ask("yes please").startswith("Opening hours: Monday to Friday, 9:00 to 18:00;")


def test_an_offer_is_declined_and_a_second_no_ends_the_call(pizzeria: Talk) -> None:
    pizzeria.ask("tienen lasaña")
    assert pizzeria.ask("no") == "De acuerdo. ¿Puedo ayudarle en algo más?"
    assert pizzeria.ask("no gracias") == "Gracias por llamar. ¡Hasta luego!"
    assert pizzeria.is_over


def test_a_second_unknown_question_is_not_answered_with_the_same_words(dentist: Talk) -> None:
    dentist.ask("do you sell cars")
    assert dentist.ask("what about boats") == "I'm afraid I don't have that either."


def test_how_much_is_it_refers_to_what_was_asked_before(dentist: Talk) -> None:
    dentist.ask("do you do whitening")
    assert dentist.ask("and how much is it") == "Whitening: 250 euros."


@pytest.mark.parametrize("language", ["en", "es"])
def test_it_says_once_in_its_first_answer_that_it_is_the_demo_brain(language: str) -> None:
    mark, question = {
        "en": ("demo brain", "how much is a cleaning"),
        "es": ("cerebro de demostración", "cuanto cuesta la margarita"),
    }[language]
    talk = Talk(language)
    assert talk.ask(question).count(mark) == 1
    assert mark not in talk.ask(question)


def test_it_says_who_it_is_when_asked(dentist: Talk, pizzeria: Talk) -> None:
    assert dentist.ask("are you a robot").startswith(
        "I'm Emma, from Bright Smile Dental Clinic. I'm a demo brain, not a language model"
    )
    assert pizzeria.ask("con quién hablo").startswith(
        "Soy Marco, de Pizzería Bella Napoli. Soy un cerebro de demostración"
    )


def test_it_repeats_what_it_said(dentist: Talk, pizzeria: Talk) -> None:
    price = dentist.ask("how much is whitening")
    assert dentist.ask("sorry i didn't catch that") == price
    price = pizzeria.ask("cuanto cuesta la margarita")
    assert pizzeria.ask("perdón no le he oído bien") == price


def test_the_note_of_the_first_answer_is_not_repeated() -> None:
    talk = Talk("en")
    assert "demo brain" in talk.ask("how much is whitening")
    assert talk.ask("can you repeat that") == "Whitening: 250 euros."


@pytest.mark.parametrize(
    ("language", "said", "answer"),
    [
        ("en", "how are you", "Very well, thank you. How can I help you?"),
        ("en", "thanks a lot", "You're welcome. Is there anything else I can help you with?"),
        ("en", "what can you do", "I can tell you about opening hours, prices and address."),
        ("en", "can i talk to a human", "I cannot put you through to a person from here. Phone: 555 0142."),
        ("en", "okay", "Good. What else would you like to know?"),
        ("en", "um", "Sorry, I did not catch that. Could you say it again?"),
        ("en", "", "Sorry, I did not catch that. Could you say it again?"),
        ("es", "como esta usted", "Muy bien, gracias. ¿En qué puedo ayudarle?"),
        ("es", "muchas gracias", "De nada. ¿Puedo ayudarle en algo más?"),
        ("es", "en que me puede ayudar", "Puedo informarle sobre horario, pizzas y bebidas."),
        (
            "es",
            "quiero hablar con una persona",
            "Desde aquí no puedo pasarle con una persona. Teléfono: 91 555 01 23.",
        ),
        ("es", "eh", "Perdone, no le he entendido. ¿Puede repetirlo?"),
    ],
)
def test_small_talk(language: str, said: str, answer: str) -> None:
    talk = Talk(language)
    talk.ask("hello" if language == "en" else "hola")
    assert talk.ask(said) == answer
    assert not talk.is_over


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "bye"),
        ("en", "ok thank you goodbye"),
        ("en", "thanks for the information about the opening hours bye bye"),
        ("en", "no that's all thank you have a nice day"),
        ("es", "adiós"),
        ("es", "vale gracias hasta luego"),
        ("es", "no nada más gracias"),
        ("es", "eso es todo muchas gracias"),
    ],
)
def test_a_goodbye_ends_the_call(language: str, said: str) -> None:
    talk = Talk(language)
    farewell = {"en": "Thank you for calling. Goodbye!", "es": "Gracias por llamar. ¡Hasta luego!"}
    assert talk.ask(said) == farewell[language]
    assert talk.is_over


def test_a_question_beside_a_goodbye_is_answered(dentist: Talk) -> None:
    assert dentist.ask("before i say goodbye how much is a filling") == "Filling: from 80 euros."
    assert not dentist.is_over


@pytest.mark.parametrize("language", ["en", "es"])
def test_an_agent_without_any_text_says_so(language: str) -> None:
    persona = Persona("", "", language)
    said = {"en": "what can you do", "es": "qué puedes hacer"}[language]
    expected = {"en": "Nothing has been written down", "es": "Todavía no me han escrito nada"}[language]
    assert persona.answer([Message(MessageRole.USER, said)]).text.startswith(expected)
    assert UNKNOWN[language] in persona.answer([Message(MessageRole.USER, "xylophone")]).text


@pytest.mark.parametrize("said", ["how much is a filling [keys 2]", "[keys 1 2 3] how much is a filling"])
def test_keys_beside_a_question_change_nothing_about_its_answer(dentist: Talk, said: str) -> None:
    assert dentist.ask(said) == "Filling: from 80 euros."


def test_keys_alone_are_nothing_that_was_written_down(dentist: Talk) -> None:
    assert UNKNOWN["en"] in dentist.ask("[keys 7]")
