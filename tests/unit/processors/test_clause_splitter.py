"""Clauses: early, whole, never torn inside a number, a name or an address, and nothing lost."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.application.processors.clause_splitter import MAX_CLAUSE_CHARACTERS, ClauseSplitter
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language

# The pre-tokenizer of GPT-4 (cl100k_base), which no token crosses, in the syntax of Python's re.
TOKEN = re.compile(
    r"'(?:[sdmt]|ll|ve|re)|[^\r\n\w]?(?:[^\W\d_])+|\d{1,3}| ?[^\s\w]+[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+|_",
    re.IGNORECASE,
)


def split(language: Language, chunks: list[str]) -> list[str]:
    splitter = ClauseSplitter(language)
    clauses = [clause for chunk in chunks for clause in splitter.feed(chunk)]
    return clauses + splitter.flush()


def tokens(text: str) -> list[str]:
    found = TOKEN.findall(text)
    assert "".join(found) == text
    return found


EXAMPLES = [
    # sentences
    ("en", "Hello there.| How are you?| Fine!"),
    ("en", "What?!| Are you sure?!| Yes!!!"),
    ("es", "¡Hola!| ¿Cómo está usted?| ¡Bien!"),
    ("es", "¿Sí?|¡Claro!|¿Mañana?"),
    ("en", "Done.|Next thing."),
    ("en", 'He said "stop."| Then he left.| (Really.)| “Yes.”| And **no.**| End.'),
    ("en", "First line|\nSecond line|\n\nThird"),
    ("en", "👋 Hi!| 😊 How are you?|😊Good."),
    ("ja", "こんにちは。|元気ですか？|「はい。」|そうです！"),
    ("zh", "你好，很高兴为您服务，请问您需要什么？|好的。"),
    # abbreviations and initials
    ("en", "Dr. Smith and Mrs. Lee live at 5 Main St. near Gen. Lee Ave.| Bye!"),
    ("en", "Fruit, e.g. apples,| i.e. the usual etc. and more.| OK."),
    ("en", "We open at 9 a.m. and close at 5 p.m. every day.| Come in."),
    ("en", "We open at 9 a.m.| We close later."),
    ("en", "She moved to the U.S. in May.| He left the U.S.| Then he came back."),
    ("en", "No.| I cannot.| See No. 5 for that."),
    ("en", "J. R. R. Tolkien wrote it.| Yes."),
    ("es", "El Sr. Pérez y la Sra. Ruiz viven en la Avda. del Sol.| Vale."),
    ("es", "Vive en EE. UU. desde 2010.| Antes vivió en EE.UU. y luego no."),
    ("es", "Vive en EE. UU.| Luego volvió."),
    ("es", "Tome fruta p. ej. manzanas.| O peras etc. si quiere."),
    ("es", "Abrimos a las 9 a. m. todos los días.| Cerramos a las 5 p. m.| El lunes no."),
    ("es", "No.| No puedo.| Es el No. 5."),
    ("es", "Espero a Ud. mañana.| Se lo digo a Uds.| Adiós."),
    # numbers
    ("en", "It costs $1,234.50.| Or 3.5 percent.| I have 3.| You have 4."),
    ("es", "Son 1.234,50 euros.| O el 3,5 por ciento."),
    ("en", "Version 2.1.3 is out.| Use 192.168.0.1.| Or v2.0."),
    ("en", "At 3:05 pm or 15:30 or 9.30?| Fine."),
    ("en", "1. Open it|\n2. Close it|\n3. Done"),
    ("en", "- one thing|\n- another thing|\n* a third"),
    ("es", "Es la 1.ª vez.| La 2.ª no."),
    # addresses
    ("en", "Visit example.com or www.example.org/a.html.| Thanks."),
    ("en", "Write to bob.lee@mail.example.co.uk.| Thanks!"),
    ("en", "See https://example.com/find?q=1&x=2!y#z.| And go."),
    ("es", "Escriba a hola@clinica.es.| La web es clinica.es.| Gracias."),
    # ellipses
    ("en", "Well...| I see.| Hmm... okay then.| So… then what?"),
    ("es", "Pues… no sé.| Bueno...| Quizá."),
    # the first clause is early, later ones are sentences
    ("en", "Sure, I can help you with that,| just give me a moment, please, and wait.| So, what now?"),
    ("en", "Let me see now:| one, two, three.| Now: four, five and six."),
    ("es", "Claro que sí, le ayudo —| un momento, por favor.| Es así — más o menos — siempre."),
    ("en", "That is quite clear—|or is it, after all?"),
    ("en", "You have to pay 1,000,| more or less, I am afraid."),
    ("en", "We can seat 10 - 12 people,| and no more."),
    ("en", 'I said "Hi!", twice.| Is it 50%?| Or a!=b?'),
    ("es", "La casa —la grande—,| y el patio."),
]


@pytest.mark.parametrize(("language", "marked"), EXAMPLES)
def test_text_is_cut_where_it_is_marked_however_it_comes(language: str, marked: str) -> None:
    text, wanted = marked.replace("|", ""), marked.split("|")
    for chunks in (tokens(text), list(text), [text]):
        assert split(Language(language), chunks) == wanted


@pytest.mark.parametrize(
    ("language", "chunks"),
    [
        ("en", ["Hello", " there", "."]),
        ("en", ["That", " is", " 5%", "."]),
        ("en", ["Really", "?!"]),
        ("en", ['He said "stop', '."']),
        ("en", ["Sure, I can help", " you", ","]),
        ("en", ["Let me see now", ":"]),
        ("en", ["It is quite clear", "—"]),
        ("en", ["We have three", ".\n\n"]),
        ("es", ["¡Buenos", " días", "!"]),
        ("ja", ["こんにちは", "。"]),
    ],
)
def test_a_clause_goes_out_with_its_mark_and_not_a_token_later(language: str, chunks: list[str]) -> None:
    splitter = ClauseSplitter(Language(language))
    *early, last = [splitter.feed(chunk) for chunk in chunks]
    assert early == [[]] * len(early)
    assert last == ["".join(chunks).rstrip("\n")]


@pytest.mark.parametrize(
    ("language", "chunks", "wanted"),
    [
        ("en", ["It costs 3", ".", "5", " dollars", "."], ["It costs 3.5 dollars."]),
        ("en", ["It costs 3", ".", " Fine"], ["It costs 3."]),
        ("en", ["Ask Dr", ".", " Lee", " now", "."], ["Ask Dr. Lee now."]),
        ("en", ["No", ".", " Thanks"], ["No."]),
        ("en", ["Write to a@b.example", ".", "org", " now", "."], ["Write to a@b.example.org now."]),
        ("en", ["The page is at https", "://", "x.org", " now", "."], ["The page is at https://x.org now."]),
        ("en", ["There were about 1", ",", "000", " people", "."], ["There were about 1,000 people."]),
        ("es", ["Vive en EE", ".", " UU", ".", " desde", " 2010"], []),
    ],
)
def test_a_mark_that_the_next_token_may_change_waits_for_it(
    language: str, chunks: list[str], wanted: list[str]
) -> None:
    splitter = ClauseSplitter(Language(language))
    assert [clause for chunk in chunks for clause in splitter.feed(chunk)] == wanted


def test_a_later_clause_is_cut_at_a_comma_only_when_it_is_long() -> None:
    long = " and then we go on" * 7  # 126 characters
    text = f"Yes. One, two, three{long}, four, five."
    assert split(ENGLISH, tokens(text)) == ["Yes.", f" One, two, three{long},", " four, five."]


def test_an_agent_that_is_in_no_hurry_begins_with_a_whole_sentence() -> None:
    text = "Yes, of course we are open, on Sunday too. Come in."
    early, patient = ClauseSplitter(ENGLISH), ClauseSplitter(ENGLISH, is_early=False)
    assert early.feed(text)[0] == "Yes, of course we are open,"
    assert patient.feed(text)[0] == "Yes, of course we are open, on Sunday too."


def test_text_without_marks_is_cut_at_a_space() -> None:
    clauses = split(ENGLISH, tokens("word " * 200))
    assert len(clauses) == 5
    assert all(len(clause) <= MAX_CLAUSE_CHARACTERS for clause in clauses)
    assert all(clause.split() == ["word"] * len(clause.split()) for clause in clauses)


def test_text_without_marks_is_rather_cut_at_its_last_pause() -> None:
    text = "Yes." + " word" * 20 + "," + " more" * 40
    assert split(ENGLISH, tokens(text))[1] == " word" * 20 + ","


def test_text_without_spaces_is_cut_all_the_same() -> None:
    clauses = split(ENGLISH, ["x" * 1_000])
    assert [len(clause) for clause in clauses] == [MAX_CLAUSE_CHARACTERS] * 4


@pytest.mark.parametrize("text", ["...", " \n ", "😊", "—", "?!"])
def test_a_reply_without_words_comes_out_as_it_is(text: str) -> None:
    assert split(ENGLISH, [text]) == [text]


def test_an_empty_reply_has_no_clauses() -> None:
    assert split(ENGLISH, [""]) == []


def test_after_a_flush_the_next_reply_begins_with_an_early_clause() -> None:
    splitter = ClauseSplitter(ENGLISH)
    reply = "Sure, I can help you with that, just wait a moment please."
    first, again = ([*splitter.feed(reply), *splitter.flush()] for _ in range(2))
    assert first == again == ["Sure, I can help you with that,", " just wait a moment please."]


PIECES = st.sampled_from(
    [
        *"aZ9 .,;:?!…—-\n\"')(¿¡。、😊",
        *("Hello", " there", " Dr.", " etc.", " p. ej.", " EE. UU.", " 3.5", " a.m.", " example.com", "..."),
        *(" ", "  ", " word", " No.", " https://x.org/?a=1", " una frase", " J.", "1.", " Sí", " (yes)."),
    ]
)
TEXTS = st.lists(PIECES, max_size=60).map("".join)
LANGUAGES = st.sampled_from([ENGLISH, SPANISH])
HAS_WORD = re.compile(r"[^\W_]")


@settings(deadline=None)  # the machine may be busy
@given(text=TEXTS, language=LANGUAGES, cuts=st.lists(st.integers(1, 12), min_size=1, max_size=20))
def test_nothing_is_lost_however_the_text_comes(text: str, language: Language, cuts: list[int]) -> None:
    chunks: list[str] = []
    at = 0
    while at < len(text):
        size = cuts[len(chunks) % len(cuts)]
        chunks.append(text[at : at + size])
        at += size
    clauses = split(language, chunks)
    assert "".join(clauses) == text
    for clause in clauses[:-1]:
        word = HAS_WORD.search(clause)
        assert word is not None
        assert len(clause) - word.start() <= MAX_CLAUSE_CHARACTERS


@settings(deadline=None)
@given(text=TEXTS, language=LANGUAGES, cuts=st.sets(st.integers(1, 300)))
def test_clauses_do_not_depend_on_chunks_that_keep_marks_with_what_is_attached(
    text: str, language: Language, cuts: set[int]
) -> None:
    harmless = [
        at for at in sorted(cuts) if at < len(text) and (text[at - 1].isalnum() or text[at].isspace())
    ]
    chunks = [text[start:end] for start, end in pairwise([0, *harmless, len(text)])]
    assert split(language, chunks) == split(language, list(text))
