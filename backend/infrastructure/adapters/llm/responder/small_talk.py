"""What callers say that is no question about the business: greetings, thanks, yes, goodbye …

Patterns match words without accents and punctuation, one space apart, because that is what recognisers give.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from backend.infrastructure.adapters.llm.responder.words import any_of, tokens


class Move(Enum):
    """One thing that small talk does; in the order in which moves of one turn are answered."""

    GOODBYE = auto()
    PERSON = auto()
    IDENTITY = auto()
    ABILITY = auto()
    REPEAT = auto()
    NO = auto()
    YES = auto()
    HOW_ARE_YOU = auto()
    THANKS = auto()
    GREETING = auto()
    FINE = auto()


_SAID_EN: Final = {
    Move.GOODBYE: """good_?bye bye(_bye)? see_you(_later|_soon|_tomorrow)? talk_to_you_(later|soon)
        nothing_else have_a_(nice|good|great|lovely)_(day|one|evening|weekend|night) hang_up take_care
        (that_s|that_is|that_will_be|that_would_be|that_ll_be)_(all|it)(_for_now|_for_today)?""",
    Move.PERSON: """(speak|talk)_(to|with)_(an?_|some_?|the_|your_)?(real_|actual_)?(human|person|one|body)
        (speak|talk)_(to|with)_(an?_|the_|your_)?(agent|operator|representative|manager|owner)
        operator transfer_me put_me_through""",
    Move.IDENTITY: """who_are_you who_am_i_(talking|speaking)_(to|with) who_(is|s)_this
        (what_is|what_s|whats)_your_name
        are_you_(an?_)?(real_|actual_)?(robot|human|machine|bot|ai|person|computer|real)(_being)?""",
    Move.ABILITY: """(what|how)_(can|could)_you_(do|help|tell)(_for)?(_me)?(_with)? what_do_you_know
        what_can_i_ask(_you)? what_are_my_options (can_you_)?help_me help""",
    Move.REPEAT: """(can_you_|could_you_)?(please_)?repeat(_that|_it)? (say|tell_me)_(that|it)_again say_again
        come_again pardon(_me)? one_more_time what_did_you_say excuse_me
        i_(did_not|didn_t|couldn_t|could_not)_(hear|catch|understand|get)(_you|_that|_it)?""",
    Move.NO: "no nope nah not_really not_now no_need",
    Move.YES: "yes yeah yep yup sure of_course go_ahead correct absolutely definitely please_do i_would i_do",
    Move.HOW_ARE_YOU: "how_are_you(_doing)?(_today)? how_s_it_going how_do_you_do are_you_well",
    Move.THANKS: """(many_)?thanks(_a_lot)? thank_you(_so|_very)?(_much)? cheers i_appreciate_(it|that)""",
    Move.GREETING: "hello hi hey howdy good_(morning|afternoon|evening) greetings",
    Move.FINE: """ok okay great perfect fine cool got_it i_see i_understand understood all_?right right
        wonderful nice excellent good""",
}
_SAID_ES: Final = {
    Move.GOODBYE: """adios hasta_(luego|pronto|manana|la_vista|otra|la_proxima) cha[ou] nos_vemos
        (eso|esto)_(es|seria)_todo nada_mas cuelg[ao] colgar
        que_(tengas?|pases?)(_usted)?_(un_|una_)?(buen|buena|lindo|feliz)_(dia|tarde|noche)""",
    Move.PERSON: """hablar_con_(una?_|algun_|alguna_|el_|la_)?(persona|human[oa]|agente|operadora?)(_real)?
        hablar_con_alguien hablar_con_(el_|la_)?(encargad[oa]|responsable|duen[oa])
        paseme pasame transfi[a-z]*me comuni(que|ca)me_con""",
    Move.IDENTITY: """quien_(eres|es_usted|habla|sos)(_tu)? ^quien_es$
        con_quien_(hablo|estoy_hablando|tengo_el_gusto) como_(te_llamas|se_llama_usted) cual_es_(tu|su)_nombre
        (eres|es_usted|sos|hablando_con)_(una?_)?(robot|human[oa]|persona|maquina|bot|ia|contestador)(_real)?""",
    Move.ABILITY: """(en_)?que_(me_)?(puedes?|podrias?|sabes?)_(hacer|decirme|contarme|ayudar(me)?)(_por_mi)?
        como_(me_)?(puedes?|podrias?)_ayudar(me)? que_(te|le)_puedo_preguntar ayud[ae](me)?
        que_opciones_(hay|tengo) para_que_sirves""",
    Move.REPEAT: r"""(me_)?(puedes?|podrias?)_repetir(lo|me|melo)? rep[ie]t\w* otra_vez de_nuevo mande
        (que|como)_(ha_)?(dijo|dijiste|dicho|dice|dices) perdon[ae]? disculp[ae] ^como$
        no_(le_|te_|lo_)?(he_)?(oi|oido|escuche|escuchado|entendi|entendido|entiendo)(_bien|_nada)?""",
    Move.NO: "no para_nada no_hace_falta ahora_no",
    Move.YES: "si claro(_que_si)? por_supuesto vale dale adelante correcto exacto desde_luego por_favor",
    Move.HOW_ARE_YOU: "como_(estas?|esta_usted|te_va|le_va|andas) que_tal(_estas?|_esta_usted)?",
    Move.THANKS: "(muchas_|mil_|muchisimas_)?gracias (te|se)_lo_agradezco muy_amable",
    Move.GREETING: "hola buen[oa]s_(dias|tardes|noches) buen_dia buenas alo diga saludos",
    Move.FINE: """ok okay (muy_|esta_)?bien perfecto genial estupendo entendido entiendo de_acuerdo listo
        bueno ya_veo excelente ah pues""",
}
_SAID: Final = {
    language: {move: re.compile(any_of(said)) for move, said in moves.items()}
    for language, moves in (("en", _SAID_EN), ("es", _SAID_ES))
}
_ASKS: Final = {
    "en": re.compile(any_of("what when where which how can could do_you is_there are_there")),
    "es": re.compile(any_of("que cuando donde cual cuanto cuanta como puedo puede tienen? hay")),
}


@dataclass(frozen=True, slots=True)
class Turn:
    """A caller's words, parted: the moves in order of precedence, and the rest, which may be a question."""

    moves: tuple[Move, ...]
    rest: str

    def says(self, move: Move) -> bool:
        """Whether ``move`` is among the moves."""
        return move in self.moves


def read_turn(text: str, language: str) -> Turn:
    """Part small talk from the rest. A goodbye beside a question is no goodbye."""
    rest = " ".join(tokens(text))
    moves = []
    for move, said in _SAID[language].items():
        left = said.sub(" ", rest)
        if left == rest:
            continue
        if not (move is Move.GOODBYE and _ASKS[language].search(left)):
            moves.append(move)
        rest = " ".join(left.split())
    return Turn(tuple(moves), rest)
