import js from '@eslint/js'
import reactHooks from 'eslint-plugin-react-hooks'
import globals from 'globals'
import tseslint from 'typescript-eslint'

const FEATURES = ['Dashboard', 'Simulator', 'Config', 'History', 'Settings', 'Telephone']

/** A feature owns its files: the others may not reach into it, and common parts know no feature. */
const featureBoundaries = FEATURES.map((feature) => ({
  files: [`src/components/features/${feature}/**`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: FEATURES.filter((other) => other !== feature).map((other) => ({
          group: [`@/components/features/${other}`, `@/components/features/${other}/**`, `**/${other}/**`],
          message: `${feature} does not import ${other}; what both need belongs to components/conversation or conversation.`,
        })),
      },
    ],
  },
}))

export default tseslint.config(
  { ignores: ['dist', 'src/types/generated'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  reactHooks.configs.flat['recommended-latest'],
  {
    languageOptions: {
      globals: globals.browser,
      parserOptions: { projectService: { allowDefaultProject: ['*.js', 'scripts/*.{js,mjs}'] } },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ['src/{components/{common,layout,conversation},conversation,hooks,services,store,types,i18n,utils}/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['@/components/features/**', '@/pages/**'],
              message: 'Shared parts know no feature and no page.',
            },
          ],
        },
      ],
    },
  },
  ...featureBoundaries,
  {
    // Stand-ins do nothing on purpose.
    files: ['src/{testing,__tests__}/**'],
    rules: { '@typescript-eslint/no-empty-function': 'off' },
  },
  {
    files: ['*.js', 'scripts/*.{js,mjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: globals.node },
  },
)
