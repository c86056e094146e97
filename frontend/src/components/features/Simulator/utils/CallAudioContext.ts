import { createContext } from 'react'
import { openCallAudio } from './audioContext'

/** How the sound of a call is opened; tests have no sound. */
export const CallAudioContext = createContext(openCallAudio)
