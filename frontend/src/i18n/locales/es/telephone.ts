import type { telephone as english } from '@/i18n/locales/en/telephone'
import type { Words } from '@/i18n/translation'

/** El teléfono: números, operadores, llamadas salientes. */
export const telephone: Words<typeof english> = {
  telephone: {
    number: 'Número',
    numberHint: 'Con + y el prefijo del país, como +34 600 000 001.',
    choose: 'Elige',
    save: 'Guardar',
    lines: {
      title: 'Números de teléfono',
      text: 'Quien llama a uno de estos números habla con su agente. Las llamadas en curso no se tocan cuando cambias algo aquí.',
      empty: 'Aún no hay números. Añade uno que tengas con un operador y di qué agente lo atiende.',
      emptyNoCarrier:
        'Para atender el teléfono, Victoria necesita un operador. Abajo está lo que hace falta para conectar uno.',
      emptyNoAgent: 'Un número necesita a alguien que lo atienda. Crea primero un agente.',
      new: 'Añadir número',
      editTitle: 'Número {{number}}',
      formText: 'El número ya tiene que ser tuyo en el operador.',
      agent: 'Lo atiende',
      carrier: 'Operador',
      notConfigured: '{{carrier}} (sin conectar)',
      language: 'Idioma',
      agentsOwn: 'El del agente',
      label: 'Nota (opcional)',
      labelHint: 'Para ti y tu equipo, como «El del anuncio del periódico».',
      asleep: 'operador sin conectar',
      archived: 'archivado: no atiende llamadas',
      nobody: 'ya nadie',
      taken: 'Este número ya está en uso.',
      saved: 'Se ha guardado {{number}}.',
      edit: 'Editar {{number}}',
      delete: 'Quitar {{number}}',
      deleteTitle: '¿Quitar {{number}}?',
      deleteText:
        'Desde ahora nadie atiende sus llamadas. En el operador el número sigue siendo tuyo. Las llamadas pasadas quedan en el historial.',
      deleted: 'Se ha quitado {{number}}.',
    },
    carriers: {
      title: 'Operadores',
      text: 'Los operadores traen llamadas a este servidor y las sacan de él. Sus cuentas son ajustes del servidor, no de la consola.',
      configured: 'conectado',
      notConfigured: 'sin conectar',
      missing: 'Faltan estos ajustes del servidor. Ponlos en su entorno (.env) y vuelve a arrancarlo:',
      webhook: 'Dirección para llamadas',
      status: 'Dirección para cambios de estado',
      copyWebhook: 'Copiar la dirección para llamadas de {{carrier}}',
      copyStatus: 'Copiar la dirección para cambios de estado de {{carrier}}',
      steps: {
        twilio:
          'En la consola de Twilio: Phone Numbers, tu número, Voice, «A call comes in»: Webhook, HTTP POST.',
        telnyx:
          'En el portal de Telnyx: Voice, Programmable Voice, tu aplicación: «Send a webhook to the URL», API v2. Asigna el número a esta aplicación.',
        other: 'Ponla en el operador como dirección a la que se avisa de las llamadas entrantes.',
      },
      statusStep: 'En la misma página: «Call status changes», HTTP POST.',
    },
    missing: {
      VICTORIA_PUBLIC_BASE_URL:
        'La dirección en la que el operador encuentra este servidor, como https://voz.example.com.',
      VICTORIA_TWILIO_ACCOUNT_SID: 'De la primera página de la consola de Twilio; empieza por AC.',
      VICTORIA_TWILIO_AUTH_TOKEN: 'De la primera página de la consola de Twilio, junto al SID de la cuenta.',
      VICTORIA_TELNYX_API_KEY: 'Del portal de Telnyx: Account, Keys & Credentials, API keys.',
      VICTORIA_TELNYX_PUBLIC_KEY: 'Del portal de Telnyx: Account, Keys & Credentials, Public key.',
      VICTORIA_TELNYX_CONNECTION_ID: 'Del portal de Telnyx: el número de tu aplicación de voz.',
    },
    refusals: {
      'unknown-agent': 'Este agente no existe, o ya no.',
      'agent-archived': 'Este agente está archivado y no atiende llamadas.',
    },
    errors: {
      required: 'Rellena este campo.',
      country: 'Empieza por + y el prefijo del país, como +34 para España.',
      signs: 'Un número solo tiene cifras, y un + al principio.',
      digits: 'Con el prefijo del país, un número tiene de 7 a 15 cifras.',
      tooLong: 'Es demasiado largo.',
      refused: 'El servidor no lo acepta: {{reason}}',
    },
  },
}
