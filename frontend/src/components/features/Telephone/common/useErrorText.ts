import { useTranslation } from 'react-i18next'

const CODES = ['required', 'country', 'signs', 'digits', 'tooLong'] as const

type ErrorCode = (typeof CODES)[number]

/** What the sentence about a range says. */
interface Limits {
  min: string
  max: string
}

/** Say what is wrong with a field: a schema's code in the person's language, other texts as they are. */
export function useErrorText(): (message: string | undefined, limits?: Limits) => string | undefined {
  const { t } = useTranslation()
  return (message, limits = { min: '', max: '' }) =>
    isCode(message) ? t(`phone.errors.${message}`, { ...limits }) : message
}

function isCode(message: string | undefined): message is ErrorCode {
  return CODES.some((code) => code === message)
}
