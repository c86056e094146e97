const NAMES: Readonly<Record<string, string>> = { twilio: 'Twilio', telnyx: 'Telnyx' }

/** A carrier as it writes itself. */
export function carrierName(name: string): string {
  return NAMES[name] ?? name
}
