import type { en } from '@/i18n/locales/en'

/** The same keys with any words. */
export type Words<T> = { readonly [Key in keyof T]: T[Key] extends string ? string : Words<T[Key]> }

/** What every language must provide. */
export type Translation = Words<typeof en>
