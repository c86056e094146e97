/** The console's picture of a call's sound: the caller above the line, the agent below it. */

/** Peaks of both sides in one stretch of time, 0 to 1. */
export interface Column {
  caller: number
  agent: number
}

export interface WaveformStyle {
  caller: string
  agent: string
  line: string
  /** Drawn over what lies behind the playhead. */
  faded: number
}

const BAR_PX = 3
const GAP_PX = 2
export const COLUMN_PX = BAR_PX + GAP_PX

/** How many columns fit into a canvas of this width in CSS pixels. */
export function columnsIn(widthPx: number): number {
  return Math.max(1, Math.floor(widthPx / COLUMN_PX))
}

/** Take the theme's colours from the element, so that a changed theme shows at the next drawing. */
export function waveformStyle(element: Element): WaveformStyle {
  const style = getComputedStyle(element)
  const token = (name: string) => style.getPropertyValue(name).trim()
  return { caller: token('--caller'), agent: token('--agent'), line: token('--line-strong'), faded: 0.35 }
}

/**
 * Draw `columns` from left to right. Columns from `playhead` on (an index, may be fractional) are pale; leave it
 * out and none is. `tickColumns` puts a mark on the line every so many columns. Loudness is shown by its square root: speech sits low on a linear scale.
 */
export function drawWaveform(
  canvas: HTMLCanvasElement,
  columns: readonly Column[],
  style: WaveformStyle,
  { playhead = Infinity, tickColumns = 0 }: { playhead?: number; tickColumns?: number } = {},
): void {
  const context = canvas.getContext('2d')
  if (!context) return
  const { width, height } = fitted(canvas)
  context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
  context.clearRect(0, 0, width, height)
  const middle = height / 2
  context.globalAlpha = 0.6
  context.fillStyle = style.line
  context.fillRect(0, middle - 0.5, width, 1)
  for (let x = 0; tickColumns > 0 && x < width; x += COLUMN_PX * tickColumns)
    context.fillRect(x, middle - 3, 1, 6)

  const reach = middle - 4
  columns.forEach((column, index) => {
    const x = index * COLUMN_PX
    context.globalAlpha = index < playhead ? 1 : style.faded
    bar(context, style.caller, x, middle - 2, -Math.sqrt(column.caller) * reach)
    bar(context, style.agent, x, middle + 2, Math.sqrt(column.agent) * reach)
  })
  context.globalAlpha = 1
}

/** A rounded bar from `y` towards `y + length`; below two pixels there is nothing to see but noise. */
function bar(context: CanvasRenderingContext2D, colour: string, x: number, y: number, length: number): void {
  if (Math.abs(length) < 2) return
  context.fillStyle = colour
  context.beginPath()
  context.roundRect(x, Math.min(y, y + length), BAR_PX, Math.abs(length), BAR_PX / 2)
  context.fill()
}

/** Give the canvas as many pixels as the screen shows of it. */
function fitted(canvas: HTMLCanvasElement): { width: number; height: number } {
  const { clientWidth: width, clientHeight: height } = canvas
  const [pixelsWide, pixelsHigh] = [
    Math.round(width * devicePixelRatio),
    Math.round(height * devicePixelRatio),
  ]
  if (canvas.width !== pixelsWide || canvas.height !== pixelsHigh) {
    canvas.width = pixelsWide
    canvas.height = pixelsHigh
  }
  return { width, height }
}
