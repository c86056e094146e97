/** Telephone numbers as people write them, and as ITU-T E.164 has them: + and 7 to 15 digits. */

const LAYOUT = /[\s().\-/\u00a0\u202f]/g

/** Why a text is no number that can be dialled from anywhere. */
export type NumberFault = 'required' | 'country' | 'signs' | 'digits'

/** Return the number without its layout; 00 is how many countries dial +. */
export function plainNumber(text: string): string {
  return text.replace(LAYOUT, '').replace(/^00/, '+')
}

export function numberFault(text: string): NumberFault | null {
  const number = plainNumber(text)
  if (number === '') return 'required'
  if (!/^\+?[0-9]+$/.test(number)) return 'signs'
  if (!number.startsWith('+') || number.startsWith('+0')) return 'country'
  return /^\+[0-9]{7,15}$/.test(number) ? null : 'digits'
}
