/** The settings. */
export const settings = {
  settings: {
    language: 'Language',
    theme: 'Theme',
    themes: { light: 'Light', dark: 'Dark', system: 'Like the system' },
    logOut: 'Log out',
  },
} as const
