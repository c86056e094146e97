/** The dashboard. */
export const dashboard = {
  dashboard: {},
} as const
