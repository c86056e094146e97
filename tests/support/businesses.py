"""Two businesses that the demo brain answers for: an English dentist and a Spanish pizzeria."""

from __future__ import annotations

from backend.domain.entities.conversation import Message, MessageRole
from backend.infrastructure.adapters.llm.responder.dialogue import Persona

DENTIST_PROMPT = """\
You are Emma, the friendly receptionist at Bright Smile Dental Clinic. Answer in one or two short sentences.
Always be polite. Never give medical advice. If the caller is in pain, offer the emergency number.
The clinic has been open since 1998. Our dentists are Dr. Laura Chen and Dr. Omar Haddad.
Offer a 10% discount if the price is a problem.
Tone: warm and professional.

# Rules
- Our tone is calm and warm.
- Bookings are confirmed with the name of the patient.
"""
DENTIST_KNOWLEDGE = """\
# Opening hours
Monday to Friday: 9:00 to 18:00
Saturday: 10:00 to 14:00
Sunday: closed

# Prices
- **Check-up**: 40 euros
- Teeth cleaning: 60 euros
- Whitening: 250 euros
- Filling: from 80 euros

Address: 12 Market Street, second floor, next to the library.
Phone: 555 0142

Q: Do you treat children?
A: Yes, from the age of three. Dr. Chen is our children's dentist.

Do I need an appointment?
Yes, except for emergencies. You can book by phone or on our website.

We accept cash, cards and most insurance plans. There is free parking behind the building.
"""
PIZZERIA_PROMPT = """\
Eres Marco, camarero de la Pizzería Bella Napoli. Habla de forma cercana y breve. Nunca inventes precios.
Si el cliente quiere pedir, toma nota de su nombre.
La pizzería está abierta desde 1985 y hacemos la masa a mano.
Ofrece un descuento del 10 % si el precio es un problema.
Tono: alegre.
"""
PIZZERIA_KNOWLEDGE = """\
## Horario
Abrimos de martes a domingo de 13:00 a 16:00 y de 20:00 a 23:30. Los lunes cerramos.

## Pizzas
- Margarita: 9 euros
- Diávola: 11,50 euros
- Cuatro quesos: 12 euros

## Bebidas
| Bebida | Precio |
|---|---|
| Agua | 1,50 € |
| Cerveza | 2,80 € |

Dirección: calle Mayor 45, al lado del teatro.
Teléfono: 91 555 01 23

¿Tienen pizzas sin gluten?
Sí, cualquier pizza puede hacerse con masa sin gluten por 2 euros más.

P: ¿Hacen reparto a domicilio?
R: Sí, en un radio de 5 kilómetros. El envío cuesta 2 euros.

Se puede pagar con tarjeta, en efectivo o con Bizum. No aceptamos cheques.
"""
UNKNOWN = {"en": "I'm sorry, I don't have that information.", "es": "Lo siento, no tengo esa información."}


class Talk:
    """A call with one of the two businesses; remembers what was said, as the orchestrator does."""

    def __init__(self, language: str) -> None:
        if language == "en":
            self._persona = Persona(DENTIST_PROMPT, DENTIST_KNOWLEDGE, "en")
            opening = "Bright Smile Dental, how can I help?"
        else:
            self._persona = Persona(PIZZERIA_PROMPT, PIZZERIA_KNOWLEDGE, "es")
            opening = "Pizzería Bella Napoli, ¿en qué puedo ayudarle?"
        self._messages = [Message(MessageRole.SYSTEM, "…"), Message(MessageRole.ASSISTANT, opening)]
        self.is_over = False

    def ask(self, said: str) -> str:
        self._messages.append(Message(MessageRole.USER, said))
        answer = self._persona.answer(self._messages)
        self._messages.append(Message(MessageRole.ASSISTANT, answer.text))
        self.is_over = answer.ends_call
        return answer.text
