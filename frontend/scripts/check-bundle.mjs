/**
 * Fails if the console's first load is too heavy: all script, gzipped, that a browser must have before the chunk
 * of the route that was asked for. That is the entry with everything it imports, and one language's texts.
 *
 * Usage: npm run budget   (after npm run build)
 */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'

const BUDGET_KB = 200

const dist = resolve(import.meta.dirname, '../dist')
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'))

/** The chunks that come with `name`, itself included, without those it only loads when asked. */
function withImports(name, found = new Set()) {
  if (found.has(name)) return found
  found.add(name)
  for (const imported of manifest[name].imports ?? []) withImports(imported, found)
  return found
}

const sizes = new Map()
function gzipped(name) {
  const { file } = manifest[name]
  if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(join(dist, file)), { level: 9 }).length)
  return sizes.get(file)
}

const entry = Object.keys(manifest).find((name) => manifest[name].isEntry)
const shell = [...withImports(entry)]
const sum = (names) => names.reduce((total, name) => total + gzipped(name), 0)

const languages = Object.keys(manifest).filter((name) => /^src\/i18n\/locales\/[a-z]+\/index\.ts$/.test(name))
if (languages.length === 0) throw new Error('no language is loaded on its own any more: mend this script')
const first = sum(shell) + Math.max(...languages.map(gzipped))

const kb = (bytes) => `${(bytes / 1_000).toFixed(1)} kB`
const routes = Object.keys(manifest).filter((name) => name.startsWith('src/pages/'))
for (const route of routes) {
  const own = [...withImports(route)].filter((name) => !shell.includes(name))
  process.stdout.write(`${kb(sum(own)).padStart(10)}  ${manifest[route].name}\n`)
}
process.stdout.write(`${kb(first).padStart(10)}  before any page, of ${BUDGET_KB} kB\n`)

if (first > BUDGET_KB * 1_000) {
  process.stderr.write('The first load is over its budget. Its heaviest parts:\n')
  const heaviest = shell.sort((a, b) => gzipped(b) - gzipped(a)).slice(0, 5)
  for (const name of heaviest)
    process.stderr.write(`${kb(gzipped(name)).padStart(10)}  ${manifest[name].file}\n`)
  process.exitCode = 1
}
