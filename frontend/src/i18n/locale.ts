/** Return the kind of `language` that the person reads (en-GB, es-MX), as the browser has it; else `language`. */
export function localeOf(language: string, wanted: readonly string[] = navigator.languages): string {
  return wanted.find((tag) => tag.split('-')[0] === language) ?? language
}
