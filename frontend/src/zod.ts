/**
 * zod without eval: it would compile its parsers with `new Function` as soon as a schema is made, which the
 * content security policy forbids. Hence every schema is made with what this module exports.
 */
import { config } from 'zod'

config({ jitless: true })

export * from 'zod'
