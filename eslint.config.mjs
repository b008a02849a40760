import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'data/', 'coverage/', 'web/dist/'] },
  js.configs.recommended,
  {
    files: ['src/**/*.ts', 'test/**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true }],
      // Numbers in messages read well, and are meant.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // One-line callbacks that call something are plain to read.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // Nest's modules are classes whose decorators say everything.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // Our ports are plain objects of functions: none of them knows `this`.
      '@typescript-eslint/unbound-method': 'off',
      // Where we spread a text into characters, code points are what is meant.
      '@typescript-eslint/no-misused-spread': 'off',
      // The settings are a tree of people's own keys until they are checked.
      '@typescript-eslint/no-dynamic-delete': 'off',
      // `signal.aborted` changes while we wait, which narrowing does not know.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // Options that a library declares as a class are written as literals everywhere.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // A generic that names what a caller reads (`rows<Row>`) is our way of typing SQL.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Name what a file gives: no default exports.' },
        { selector: "MemberExpression[property.name='canParse']", message: 'It errs in Node 20: see web-address.ts.' },
      ],
    },
  },
  {
    files: ['**/*.spec.ts', 'test/**/*.ts'],
    rules: {
      // Specs take what a literal surely has.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: {
        console: 'readonly',
        process: 'readonly',
        module: 'writable',
        Buffer: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
      },
    },
  },
  { files: ['web/**'], ignores: ['web/**'] },
);
