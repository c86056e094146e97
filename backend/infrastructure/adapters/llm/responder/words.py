"""Words as the responder compares them: folded, without endings, and close enough.

Transcripts come without punctuation and with mistakes. Three levels of likeness: the same stem; the same
sound in Spanish (b/v, s/z, silent h …), which recognisers and people mix up; a small edit distance.
The stemmers are deliberately light (plural, gender, the common verb endings): "citas" must find "cita", and
nothing may find what a person would not call the same word.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_WORD: Final = re.compile(r"[a-z0-9]+")

_STOP_EN: Final = frozenset(
    """a about all also am an and any anything are as at be been before by can could d day days did do does
    for from get give go got had has have he her here hi his how i if in information into is it its just
    know let like ll m make many may me might more much my need no not of off ok okay on or our out
    please re s say she should so some something sure t tell than thank thanks that the their them
    then there these they thing this those time times to today too uh um ve very want was we well
    were what when where which who why will with wondering would yes you your""".split()
)
_STOP_ES: Final = frozenset(
    """a ah al algo algun alguna algunas algunos ante aqui asi ayer bueno como con cosa cual cuales cuando
    cuanta cuantas cuanto cuantos de decir decirme del desde dia dias digame dime donde e eh el ella
    ellos en entonces era eres es esa ese eso esta estan estas este esto estoy favor fue gracias
    gustaria ha hacen hacer hacia han hasta hay he hola hora horas hoy informacion ir la las le les
    lo los manana mas me mi mis muy necesito ni no nos nuestra nuestro o oiga os oye para pero por
    porque puede pueden puedo pues que queria quien quieres quiero quisiera sabe saber se ser si sin
    sobre son soy su sus tal tambien tanto te tendra tendran tener tengo tiene tienen todo todos tu
    tus un una unas uno unos usted ustedes va vale vosotros y ya yo""".split()
)
STOP_WORDS: Final = {"en": _STOP_EN, "es": _STOP_ES}

_ENDINGS_EN: Final = tuple("ingly edly ings ing ies ed es s ly e y".split())
_ENDINGS_ES: Final = tuple(
    """amientos imientos amiento imiento aciones acion iendo ando amos emos imos aron ieron aban idad icos
    icas ico ica ales ados adas idos idas ado ada ido ida mente ais eis is ar er ir an en as es os
    a e o s""".split()
)
_SHORTEST_STEM: Final = 3

# What no ending explains.
_SAME_EN: Final = {"kid": "child", "kids": "child", "children": "child", "dr": "doctor", "teeth": "tooth"}
_SAME_ES: Final = {"dr": "doctor", "dra": "doctor", "doctora": "doctor", "peques": "nino", "hijos": "nino"}

_LACKS_ENDING: Final = 0.7

# What sounds alike in Spanish, longest first.
_SOUNDS_ES: Final = (
    *(("qu", "k"), ("ch", "x"), ("ll", "y"), ("ge", "je"), ("gi", "ji"), ("ce", "se"), ("ci", "si")),
    *(("v", "b"), ("z", "s"), ("c", "k"), ("h", ""), ("w", "u")),
)


def any_of(words: str) -> str:
    """Return a pattern of the whole words (or patterns) that ``words`` lists; ``_`` stands for a space."""
    return rf"\b(?:{'|'.join(words.split())})\b".replace("_", " ")


def fold(text: str) -> str:
    """Return ``text`` in lower case without accents."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def tokens(text: str) -> list[str]:
    """Return the words and numbers of ``text``, folded."""
    return _WORD.findall(fold(text))


@lru_cache(maxsize=8_192)
def stem(word: str, language: str) -> str:
    """Return a folded ``word`` without its ending."""
    word = (_SAME_ES if language == "es" else _SAME_EN).get(word, word)
    if word.isdigit():
        return word
    for ending in _ENDINGS_ES if language == "es" else _ENDINGS_EN:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            bare = word[: -len(ending)]
            # stopped -> stop, but full -> full
            doubled = language == "en" and len(bare) > _SHORTEST_STEM and bare[-1] == bare[-2]
            return bare[:-1] if doubled and ending in {"ed", "ing", "ings"} else bare
    return word


def content_stems(text: str, language: str) -> list[str]:
    """Return the stems of the words that carry meaning, in order, with repetitions."""
    stop = STOP_WORDS[language]
    return [stem(word, language) for word in tokens(text) if word not in stop]


@lru_cache(maxsize=8_192)
def sound(word: str, language: str) -> str:
    """Return a key that words of the same sound share; the word itself in English."""
    if language == "es":
        for written, heard in _SOUNDS_ES:
            word = word.replace(written, heard)
    return word


def likeness(heard: str, meant: str) -> float:
    """Return how much two stems are alike, from 0 to 1.

    Short words must be equal; from four letters one mistake is forgiven, from seven two, and words may lack
    an ending ("whit" for "whiten").
    """
    if heard == meant:
        return 1.0
    shorter, longer = sorted((len(heard), len(meant)))
    if shorter >= 4 and shorter >= 0.6 * longer and (heard.startswith(meant) or meant.startswith(heard)):
        return _LACKS_ENDING
    allowed = 0 if shorter < 4 else 1 if shorter < 7 else 2
    if longer - shorter > allowed or heard.isdigit() or meant.isdigit():
        return 0.0
    distance = _edit_distance(heard, meant)
    return 1.0 - 0.25 * distance if distance <= allowed else 0.0


def _edit_distance(a: str, b: str) -> int:
    """Return the optimal string alignment distance: insert, delete, replace, swap neighbours."""
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, char in enumerate(a, 1):
        row = [i]
        for j, other in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (char != other))
            if i > 1 and j > 1 and char == b[j - 2] and a[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
