/** Panels of one enamel plate: the lines between them are its ground. */
export const TILE_GRID =
  'grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line shadow-raised md:grid-cols-4'

/** Room for a name of two lines on phones, where there are fewer words to a line. */
export const TILE_HEIGHT = 'min-h-33 md:min-h-29'
