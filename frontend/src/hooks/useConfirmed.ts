import { useState } from 'react'

/** Something that is done once the person has confirmed it: what it is about, and whether it is under way. */
export function useConfirmed<Subject>(act: (subject: Subject) => Promise<void>) {
  const [subject, setSubject] = useState<Subject | null>(null)
  const [isBusy, setBusy] = useState(false)
  return {
    subject,
    isBusy,
    ask: (about: Subject) => setSubject(about),
    cancel: () => setSubject(null),
    confirm: async () => {
      if (subject === null) return
      setBusy(true)
      await act(subject)
      setBusy(false)
      setSubject(null)
    },
  }
}
