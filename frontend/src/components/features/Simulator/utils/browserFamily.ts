/** Browsers by where they keep the permission for the microphone. */
export type BrowserFamily = 'chrome' | 'firefox' | 'safari' | 'android' | 'ios' | 'other'

/** Tell it by what the browser says of itself; Edge, Opera and Brave are of Chrome's family. */
export function browserFamily({
  userAgent,
  maxTouchPoints,
}: Pick<Navigator, 'userAgent' | 'maxTouchPoints'>): BrowserFamily {
  // An iPad calls itself a Macintosh, but no Macintosh is touched with several fingers.
  if (/iPhone|iPad|iPod/.test(userAgent)) return 'ios'
  if (userAgent.includes('Macintosh') && maxTouchPoints > 1) return 'ios'
  if (userAgent.includes('Android')) return 'android'
  if (userAgent.includes('Firefox/')) return 'firefox'
  if (/Chrom(e|ium)\//.test(userAgent)) return 'chrome'
  return userAgent.includes('Safari/') ? 'safari' : 'other'
}
