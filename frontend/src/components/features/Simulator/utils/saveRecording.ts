/** Have the browser save a call's recording under a name that says whom one talked to. */
export function saveRecording(wav: ArrayBuffer, agentName: string): void {
  const url = URL.createObjectURL(new Blob([wav], { type: 'audio/wav' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${fileName(agentName)}.wav`
  link.click()
  // The browser has taken the file by the next turn of its loop; until then the address must stay good.
  setTimeout(() => URL.revokeObjectURL(url), 0)
}

/** What file systems or shells stumble over becomes a dash. */
function fileName(words: string): string {
  return words.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '') || 'call'
}
