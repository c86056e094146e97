"""How an agent's texts are taken apart, and how words are compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.infrastructure.adapters.llm.responder.facts import (
    Fact,
    facts_of_knowledge,
    facts_of_prompt,
    sentences,
)
from backend.infrastructure.adapters.llm.responder.identity import Identity, identity_of
from backend.infrastructure.adapters.llm.responder.index import FactIndex, question_of
from backend.infrastructure.adapters.llm.responder.statements import is_statement
from backend.infrastructure.adapters.llm.responder.words import likeness, sound, stem


def spoken(text: str) -> list[str]:
    return [fact.spoken for fact in facts_of_knowledge(text)]


def test_prose_is_taken_apart_into_sentences() -> None:
    assert sentences("We open at 9 a.m. on weekdays. Ask for Dr. Chen! It costs 3.50 euros. ¿Sí? No.") == [
        "We open at 9 a.m. on weekdays.",
        "Ask for Dr. Chen!",
        "It costs 3.50 euros.",
        "¿Sí?",
        "No.",
    ]


def test_a_paragraph_may_run_over_several_lines() -> None:
    assert spoken("We are open\nfrom nine to five.\n\nOn Sundays we are closed.") == [
        "We are open from nine to five.",
        "On Sundays we are closed.",
    ]


def test_a_list_is_a_fact_besides_its_items() -> None:
    assert facts_of_knowledge("Drinks:\n- Water: 1 euro\n- **Beer**: 2 euros")[-1] == Fact(
        "Drinks: Water, 1 euro; Beer, 2 euros.", about="Drinks", topic="Drinks", is_list=True
    )


def test_a_heading_ends_with_its_list() -> None:
    facts = facts_of_knowledge("# Drinks\n- Water\n- Beer\n\nAddress: 1 High Street")
    assert facts[-1] == Fact("Address: 1 High Street", about=" Address", topic="Address")


@pytest.mark.parametrize(
    "text",
    [
        "Q: Do you deliver?\nA: Yes, for free.",
        "Do you deliver?\nYes, for free.",
        "Do you deliver?\n\nYes, for free.",
        "- Do you deliver?\nYes,\nfor free.",
        "Pregunta 1: Do you deliver?\nRespuesta: Yes, for free.",
    ],
)
def test_questions_and_answers_in_their_usual_forms(text: str) -> None:
    (fact,) = facts_of_knowledge(text)
    assert (fact.spoken, fact.about.strip()) == ("Yes, for free.", "Do you deliver?")


def test_markup_is_not_spoken() -> None:
    assert spoken("See [our menu](https://example.org/menu) for `all` _dishes_.") == [
        "See our menu for all dishes."
    ]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "The clinic has been open since 1998."),
        ("en", "We accept cash and cards."),
        ("es", "La clínica está abierta desde 1998."),
        ("es", "Aceptamos tarjetas."),
        ("es", "Se habla inglés y aquí hay aparcamiento."),
    ],
)
def test_statements_of_a_prompt(language: str, sentence: str) -> None:
    assert is_statement(sentence, language)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "You are a friendly receptionist."),
        ("en", "Offer a discount if the price is too high."),
        ("en", "When the caller is angry, stay calm."),
        ("en", "Never say what our prices are."),
        ("en", "Is the caller angry?"),
        ("en", "Warm and professional."),
        ("es", "Eres una recepcionista amable."),
        ("es", "Ofrece un descuento si el precio es alto."),
        ("es", "Si el cliente está enfadado, mantén la calma."),
        ("es", "Nunca digas cuáles son nuestros precios."),
        ("es", "Habla siempre de usted."),
        ("es", "Sé breve: las frases son cortas."),
    ],
)
def test_orders_of_a_prompt(language: str, sentence: str) -> None:
    assert not is_statement(sentence, language)


def test_a_prompt_gives_only_its_facts() -> None:
    prompt = "You are Ana.\nTone: it is warm.\nAddress: 1 High Street\n# Rules\n- Our prices are secret."
    assert [fact.spoken for fact in facts_of_prompt(prompt, "en")] == ["Address: 1 High Street"]


@pytest.mark.parametrize(
    ("language", "prompt", "identity"),
    [
        ("en", "You are Emma, the receptionist at Bright Smile Dental.", ("Emma", "Bright Smile Dental")),
        ("en", "You are a friendly assistant for the Museum of Modern Art.", ("", "Museum of Modern Art")),
        ("en", "You're helpful.", ("", "")),
        ("es", "Eres Lucía, recepcionista de la Clínica del Sol.", ("Lucía", "Clínica del Sol")),
        ("es", "Eres un asistente virtual de Taller Pérez. Sé breve.", ("", "Taller Pérez")),
        ("es", "Eres amable.", ("", "")),
    ],
)
def test_the_prompt_says_who_the_agent_is(language: str, prompt: str, identity: tuple[str, str]) -> None:
    assert identity_of(prompt, language) == Identity(*identity)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "cleaning", "cleanings"),
        ("en", "dentist", "dentists"),
        ("en", "stopped", "stop"),
        ("es", "citas", "cita"),
        ("es", "abrimos", "abren"),
        ("es", "pagar", "pago"),
    ],
)
def test_forms_of_one_word_share_a_stem(language: str, one: str, other: str) -> None:
    assert stem(one, language) == stem(other, language)


def test_words_that_sound_alike_in_spanish_are_alike() -> None:
    assert sound("cerbesa", "es") == sound("cerveza", "es")
    assert sound("orario", "es") == sound("horario", "es")
    assert sound("casa", "es") != sound("caja", "es")


def test_how_alike_words_are() -> None:
    assert likeness("filing", "filling") > 0
    assert likeness("whiteing", "whitening") > 0
    assert likeness("cat", "car") == 0  # too short to forgive anything
    assert likeness("1998", "1999") == 0  # another number is another number
    assert likeness("cleaning", "whitening") == 0


@given(st.text(max_size=400), st.text(max_size=60), st.sampled_from(["en", "es"]))
def test_no_text_breaks_it(text: str, asked: str, language: str) -> None:
    facts = facts_of_knowledge(text) + facts_of_prompt(text, language)
    answers = FactIndex(facts, language).answers(question_of(asked, language))
    assert len(answers) <= 2
    assert set(answers) <= set(facts)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Address: We are at twelve Harbour Street.", "We are at twelve Harbour Street."),
        ("Citas: ¿Quiere venir? Llame por la mañana.", "¿Quiere venir? Llame por la mañana."),
        ("Cleaning: sixty dollars.", "Cleaning: sixty dollars."),
        ("Wi-Fi: Yes.", "Wi-Fi: Yes."),
    ],
)
def test_a_whole_sentence_is_told_without_its_label(line: str, told: str) -> None:
    (fact,) = facts_of_knowledge(line)
    assert fact.spoken == told
    assert line.partition(":")[0] in fact.about
