/** Hand a file to the person: the browser saves it as `name`. */
export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser has taken the file by the next turn of its loop; until then the address must stay good.
  setTimeout(() => URL.revokeObjectURL(url), 0)
}

/** A file's name from words of any kind: what file systems or shells stumble over becomes a dash. */
export function fileName(...words: string[]): string {
  return words
    .join(' ')
    .replace(/[^\p{L}\p{N}.]+/gu, '-')
    .replace(/^[-.]+|-+$/g, '')
    .slice(0, 120)
}
