import type { common as english } from '@/i18n/locales/en/common'
import type { Words } from '@/i18n/translation'

/** Lo que enseña toda página: el marco, la entrada, los motivos de un rechazo. */
export const common: Words<typeof english> = {
  app: {
    skipToContent: 'Ir al contenido',
    loading: 'Cargando',
    offline: 'Sin red. Lo que ves puede no estar al día; ahora no se pueden guardar cambios.',
    unreachable: 'El servidor no responde. Se sigue intentando; ahora no se pueden guardar cambios.',
    notFound: 'No hay nada en esta dirección.',
    toDashboard: 'Ir al panel',
    crashed: 'Esta página ha dejado de funcionar. Volver a cargarla suele bastar.',
    reload: 'Volver a cargar',
  },
  nav: {
    label: 'Principal',
    dashboard: 'Panel',
    talk: 'Hablar',
    agents: 'Agentes',
    calls: 'Llamadas',
    outbound: 'Salientes',
    settings: 'Ajustes',
  },
  common: {
    cancel: 'Cancelar',
    close: 'Cerrar',
    copy: 'Copiar',
    copied: 'Copiado',
    delete: 'Eliminar',
    tryAgain: 'Reintentar',
    dismiss: 'Descartar',
    request: 'Solicitud {{id}}',
    seconds: '{{value}} s',
    milliseconds: '{{value}} ms',
  },
  login: {
    title: 'Iniciar sesión',
    intro: 'Abre la dirección que el servidor mostró al arrancar, o escribe aquí la clave de API.',
    key: 'Clave de API',
    submit: 'Entrar',
    refused: 'El servidor no acepta esta clave.',
    expired: 'Tu clave ha caducado o fue anulada. Vuelve a entrar para seguir donde estabas.',
    empty: 'Escribe la clave de API.',
  },
}
