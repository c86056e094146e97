import { useTranslation } from 'react-i18next'

const CODES = ['required', 'country', 'signs', 'digits', 'tooLong'] as const

type ErrorCode = (typeof CODES)[number]

/** Say what is wrong with a field: a schema's code in the person's language, other texts as they are. */
export function useErrorText(): (message: string | undefined) => string | undefined {
  const { t } = useTranslation()
  return (message) => (isCode(message) ? t(`telephone.errors.${message}`) : message)
}

function isCode(message: string | undefined): message is ErrorCode {
  return CODES.some((code) => code === message)
}
