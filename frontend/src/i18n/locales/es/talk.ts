import type { talk as english } from '@/i18n/locales/en/talk'
import type { Words } from '@/i18n/translation'

/** El simulador: una llamada desde el navegador. */
export const talk: Words<typeof english> = {
  talk: {
    title: 'Hablar',
    chooseAgent: 'Agente',
    start: 'Hablar',
    startAgain: 'Hablar otra vez',
    hangUp: 'Colgar',
    mute: 'Silenciar el micrófono',
    unmute: 'Activar el micrófono',
    muted: 'Tu micrófono está silenciado: el agente oye silencio.',
    duration: 'Duración de la llamada',
    noAgents: 'Todavía no hay ningún agente con quien hablar.',
    createAgent: 'Crear un agente',
    invitation: 'Pulsa Hablar y habla como por teléfono. Puedes interrumpir en cualquier momento.',
    youHungUp: 'Has colgado.',
    seeInHistory: 'Verla en el historial',
    draftText:
      'Hablas con el agente tal como está en el formulario. No se guarda ni se publica nada; la llamada queda en el historial, marcada como borrador.',
    dock: 'Hablar',
    enlarge: 'Ver la llamada en grande',
    fold: 'Plegar',
    open: 'Hablar aquí',
    broken: 'Llamada cortada',
    onTheLine: 'En línea:',
    typeOnly: 'Solo escribir',
    typeInstead: 'Mejor escribir',
    onlyTyping: 'Sin micrófono: tú escribes, el agente habla.',
    write: 'Escribir al agente',
    writeHint: 'O escribe…',
    send: 'Enviar',
    offlineTitle: 'No hay red',
    offlineText: 'La llamada sigue si vuelve en unos segundos.',
    draftOf: '{{name}} (borrador)',
    draftWaits: 'Cuelga primero: después puedes probar el borrador de {{name}}.',
    answerTook: 'Última respuesta',
    record: 'La llamada tal como ocurre',
    conversation: 'Conversación',
    events: 'Sucesos',
    latency: 'Latencia de respuesta',
    latencyEmpty: 'Tras la primera respuesta verás aquí adónde fue cada milisegundo.',
    lastAnswer: 'Última respuesta',
    medianOf_one: 'Mediana de {{count}} respuesta',
    medianOf_other: 'Mediana de {{count}} respuestas',
    waveform: 'Volumen de ambos lados: quien llama sobre la línea, el agente debajo',
  },
  state: {
    connecting: 'Conectando',
    listening: 'Escuchando',
    thinking: 'Pensando',
    speaking: 'Hablando',
    held: 'En pausa por ti',
    ended: 'Llamada terminada',
    stalled: 'No llega sonido de tu lado',
  },
  microphone: {
    label: 'Micrófono',
    browsersChoice: 'El que elija el navegador',
    remembered: 'El de la última vez',
    gone: 'El que elegiste no está conectado: lo sustituye el que elija el navegador.',
    check: 'Probar el nivel',
    verdicts: {
      opening: 'Se pide el micrófono al navegador.',
      waiting: 'Di algo. Nada de ello sale de esta página.',
      silent: 'Todavía no se oye nada. ¿Está apagado el micrófono, o es otro el bueno?',
      heard: 'Se te oye.',
    },
  },
  microphoneHelp: {
    'microphone-refused': {
      chrome:
        'Pulsa el símbolo a la izquierda de la dirección, activa Micrófono y pulsa Hablar otra vez. Si no aparece ahí: configuración del navegador › Privacidad y seguridad › Configuración de sitios › Micrófono.',
      firefox:
        'Pulsa el micrófono tachado a la izquierda de la dirección, quita «Bloqueado» y pulsa Hablar otra vez: Firefox volverá a preguntar.',
      safari:
        'En el menú Safari › Ajustes › Sitios web › Micrófono, pon esta página en Permitir. Vuelve a cargar la página y pulsa Hablar.',
      android:
        'Pulsa el símbolo a la izquierda de la dirección, luego Permisos, y permite el micrófono. Si no aparece ahí: Ajustes de Android › Aplicaciones › tu navegador › Permisos. Después pulsa Hablar otra vez.',
      ios: 'En Safari, pulsa el menú de la página junto a la dirección, luego Ajustes del sitio web › Micrófono › Permitir. En otros navegadores: Ajustes › Apps › tu navegador › Micrófono. Después vuelve a cargar la página.',
    },
    'microphone-missing': {
      chrome:
        'Conecta uno, o elige otro aquí. Si hay uno conectado, comprueba que aparece en los ajustes de sonido del sistema y pulsa Hablar otra vez.',
      firefox:
        'Conecta uno y pulsa Hablar otra vez. Cuando Firefox pregunte, su pregunta muestra todos los micrófonos que ve.',
      safari: 'Conecta uno, o elígelo en Ajustes del Sistema › Sonido › Entrada, y pulsa Hablar otra vez.',
      android: 'Desconecta y vuelve a conectar los auriculares, o sigue sin ellos, y pulsa Hablar otra vez.',
      ios: 'Desconecta los auriculares Bluetooth que no tengan micrófono y pulsa Hablar otra vez.',
    },
    'microphone-busy': {
      chrome:
        'Quizá lo tenga otro programa, por ejemplo una videollamada. Ciérralo o elige aquí otro micrófono, y pulsa Hablar otra vez. Si sigue así, reinicia el navegador.',
      firefox:
        'Quizá lo tenga otro programa u otro navegador. Ciérralo y pulsa Hablar otra vez. Si sigue así, reinicia Firefox.',
      safari:
        'Quizá lo tenga otra página. Cierra las demás páginas que usen el micrófono y pulsa Hablar otra vez.',
      android: 'Lo tiene una llamada telefónica u otra aplicación. Termínala y pulsa Hablar otra vez.',
      ios: 'Lo tiene una llamada telefónica, FaceTime o Siri. Termínala y pulsa Hablar otra vez.',
    },
  },
  readiness: {
    preparing: '{{engine}}: preparándose',
    preparingProgress: '{{engine}}: preparándose, {{percent}} %',
    unavailable: '{{engine}}: no disponible',
    meanwhile: 'Ya puedes hablar; hasta entonces otro motor hace el trabajo, menos bien.',
    wait: 'Nada más puede hacer su trabajo para este agente: espera a que esté listo.',
    kinds: {
      vad: 'Detección de voz',
      stt: 'Reconocimiento de voz',
      llm: 'Modelo de lenguaje',
      tts: 'Voz',
    },
  },
  callErrors: {
    'microphone-refused': {
      title: 'El micrófono está bloqueado',
      text: 'Permítelo para esta página: pulsa el símbolo a la izquierda de la dirección, pon Micrófono en Permitir y pulsa Hablar otra vez.',
    },
    'microphone-refused-by-system': {
      title: 'El sistema no deja el micrófono al navegador',
      text: 'Windows: Configuración › Privacidad y seguridad › Micrófono. macOS: Ajustes del Sistema › Privacidad y seguridad › Micrófono. Permítelo para este navegador, reinícialo y pulsa Hablar otra vez.',
    },
    'microphone-missing': {
      title: 'No hay micrófono',
      text: 'Conecta uno, o elígelo en los ajustes de sonido del sistema, y pulsa Hablar otra vez.',
    },
    'microphone-busy': {
      title: 'No se puede abrir el micrófono',
      text: 'Quizá lo use otro programa. Ciérralo y pulsa Hablar otra vez.',
    },
    'microphone-insecure': {
      title: 'El navegador oculta el micrófono a esta dirección',
      text: 'Los navegadores solo permiten el micrófono en direcciones https y en esta misma máquina (localhost). Abre la consola por una de ellas.',
    },
    'microphone-lost': {
      title: 'El micrófono ha desaparecido',
      text: 'Se desconectó, así que la llamada ha terminado. Conéctalo y pulsa Hablar otra vez.',
    },
    'audio-unsupported': {
      title: 'Este navegador no puede llevar el sonido de la llamada',
      text: 'Usa una versión actual de Firefox, Chrome, Edge o Safari.',
    },
    'agent-archived': {
      title: 'Este agente está archivado',
      text: 'Los agentes archivados no atienden llamadas. Recupéralo del archivo o elige otro.',
    },
    'unknown-engine': {
      title: 'El agente nombra un motor que el servidor no tiene',
      text: 'Elige otro en los motores del agente.',
    },
    'too-much': {
      title: 'El servidor rechazó el sonido',
      text: 'Llegó más deprisa que el habla. Pulsa Hablar otra vez.',
    },
    busy: {
      title: 'Todas las líneas están ocupadas',
      text: 'El servidor no acepta más llamadas en este momento. Inténtalo dentro de poco.',
    },
    restarting: { title: 'El servidor se está reiniciando', text: 'Inténtalo dentro de un momento.' },
    'not-ready': {
      title: 'El agente aún no puede contestar',
      text: 'Uno de sus motores no está listo. Más abajo dice cuál y por qué.',
    },
    draining: { title: 'El servidor se está reiniciando', text: 'Inténtalo dentro de un momento.' },
    'connection-lost': {
      title: 'Se perdió la conexión',
      text: 'Lo dicho hasta entonces está en el historial. Revisa la red y pulsa Hablar otra vez.',
    },
    offline: {
      title: 'No tienes conexión',
      text: 'Se fue la red, y con ella la llamada. Cuando vuelva, pulsa Hablar otra vez.',
    },
    'not-connected': {
      title: 'No se pudo abrir la línea',
      text: 'El servidor responde, pero no en la conexión propia de la llamada. Un proxy intermedio debe dejar pasar WebSockets.',
    },
    'ticket-missing': {
      title: 'La llamada no fue admitida',
      text: 'Tardó demasiado en abrirse. Pulsa Hablar otra vez.',
    },
    'ticket-invalid': {
      title: 'La llamada no fue admitida',
      text: 'Su pase había caducado. Pulsa Hablar otra vez.',
    },
    'unexpected-message': {
      title: 'El servidor no entendió a la consola',
      text: 'Lo más probable es que sean de versiones distintas. Vuelve a cargar la página.',
    },
    'bad-message': {
      title: 'La consola no entendió al servidor',
      text: 'Lo más probable es que sean de versiones distintas. Vuelve a cargar la página.',
    },
    'bad-audio': { title: 'El servidor rechazó el sonido', text: 'Vuelve a cargar la página.' },
    'bad-json': { title: 'El servidor no entendió a la consola', text: 'Vuelve a cargar la página.' },
    'too-large': { title: 'El servidor rechazó el sonido', text: 'Vuelve a cargar la página.' },
    'internal-error': {
      title: 'El servidor cometió un error',
      text: 'La llamada tuvo que terminar. Los detalles están en el registro del servidor.',
    },
    'not-found': { title: 'Este agente ya no está', text: 'Se eliminó entretanto. Elige otro.' },
    unreachable: {
      title: 'El servidor no responde',
      text: '¿Está en marcha? Revisa la red e inténtalo otra vez.',
    },
    unexpected: {
      title: 'No se pudo empezar la llamada',
      text: 'Pulsa Hablar otra vez; si sigue así, mira el registro del servidor.',
    },
  },
}
