/**
 * Names for the design tokens of src/styles/tokens.css. Components use these names only, so a theme is
 * nothing but another set of values for the same variables.
 *
 * @type {import('tailwindcss').Config}
 */
export default {
  content: ['./index.html', './src/**/*.{ts,tsx}'],
  theme: {
    colors: {
      transparent: 'transparent',
      current: 'currentColor',
      canvas: 'var(--canvas)',
      panel: 'var(--panel)',
      sunken: 'var(--sunken)',
      line: 'var(--line)',
      'line-strong': 'var(--line-strong)',
      ink: 'var(--ink)',
      muted: 'var(--muted)',
      primary: 'var(--primary)',
      'primary-hover': 'var(--primary-hover)',
      'on-primary': 'var(--on-primary)',
      'primary-soft': 'var(--primary-soft)',
      caller: 'var(--caller)',
      'caller-soft': 'var(--caller-soft)',
      agent: 'var(--agent)',
      'agent-soft': 'var(--agent-soft)',
      danger: 'var(--danger)',
      'danger-fill': 'var(--danger-fill)',
      'danger-hover': 'var(--danger-hover)',
      'danger-soft': 'var(--danger-soft)',
      'on-danger': 'var(--on-danger)',
      warning: 'var(--warning)',
      'warning-soft': 'var(--warning-soft)',
      lamp: 'var(--lamp)',
      'segment-setting': 'var(--segment-setting)',
      'segment-stt': 'var(--segment-stt)',
      'segment-llm': 'var(--segment-llm)',
      'segment-llm-clause': 'var(--segment-llm-clause)',
      'segment-tts': 'var(--segment-tts)',
      'segment-victoria': 'var(--segment-victoria)',
      veil: 'var(--veil)',
      board: 'var(--board)',
      'board-raised': 'var(--board-raised)',
      'board-ink': 'var(--board-ink)',
      'board-muted': 'var(--board-muted)',
    },
    fontFamily: {
      sans: ['"Instrument Sans Variable"', 'ui-sans-serif', 'system-ui', 'sans-serif'],
      mono: ['"Geist Mono Variable"', 'ui-monospace', 'monospace'],
    },
    fontSize: {
      xs: ['0.75rem', '1.125rem'],
      sm: ['0.875rem', '1.375rem'],
      base: ['1rem', '1.5rem'],
      lg: ['1.1875rem', '1.625rem'],
      xl: ['1.5rem', '1.875rem'],
      '2xl': ['2rem', '2.25rem'],
    },
    borderRadius: {
      none: '0',
      sm: 'var(--radius-s)',
      DEFAULT: 'var(--radius-m)',
      lg: 'var(--radius-l)',
      full: '9999px',
    },
    boxShadow: {
      none: 'none',
      raised: 'var(--shadow-raised)',
      floating: 'var(--shadow-floating)',
    },
    transitionDuration: {
      DEFAULT: 'var(--quick)',
      quick: 'var(--quick)',
      calm: 'var(--calm)',
    },
    extend: {},
  },
}
