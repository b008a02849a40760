const SPEC = '\\.spec\\.ts$';
const PURE = '^src/(formatting/|adapters/[^/]+/(from|to)-[^/]+\\.ts$)';

/** Libraries without I/O, clock or state: listed as such in docs/dependencies.md. */
const PURE_LIBRARIES =
  '^node_modules/(emojibase-data|htmlparser2|image-size|mime-types|mdast-util-(from-markdown|gfm|to-markdown)|micromark-extension-gfm|unhomoglyph)/';

/** What may import what: docs/architecture.md. */
module.exports = {
  forbidden: [
    {
      name: 'model-is-a-leaf',
      severity: 'error',
      from: { path: '^src/model/', pathNot: SPEC },
      // The shape of a network's settings schema is a type only.
      to: { pathNot: ['^src/model/', '^node_modules/zod/'] },
    },
    {
      name: 'converters-are-pure',
      severity: 'error',
      from: { path: PURE, pathNot: SPEC },
      to: {
        pathNot: [
          '^src/model/',
          '^src/formatting/',
          '^src/adapters/[^/]+/[^/]+\\.(payloads|ids)\\.ts$',
          '^src/adapters/[^/]+/(from|to)-',
          PURE_LIBRARIES,
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'networks-never-meet',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/', pathNot: SPEC },
      to: { path: '^src/', pathNot: ['^src/adapters/$1/', '^src/(model|formatting|http|observability)/'] },
    },
    {
      name: 'http-knows-only-the-model',
      severity: 'error',
      from: { path: '^src/http/', pathNot: SPEC },
      to: { path: '^src/', pathNot: '^src/(model|http)/' },
    },
    {
      name: 'the-core-names-no-network',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/adapters/', '^src/app\\.module\\.ts$', SPEC] },
      to: { path: '^src/adapters/' },
    },
    {
      name: 'persistence-knows-only-the-model',
      severity: 'error',
      from: { path: '^src/persistence/', pathNot: SPEC },
      to: { path: '^src/', pathNot: '^src/(model|persistence|observability)/' },
    },
    {
      name: 'settings-know-only-the-model',
      severity: 'error',
      from: { path: '^src/settings/', pathNot: SPEC },
      to: { path: '^src/', pathNot: '^src/(model|settings)/' },
    },
    {
      name: 'the-sandbox-is-apart',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/sandbox/', SPEC] },
      to: { path: '^src/sandbox/' },
    },
    {
      name: 'the-sandbox-judges-by-itself',
      severity: 'error',
      from: { path: '^src/sandbox/', pathNot: SPEC },
      to: { path: '^src/', pathNot: '^src/sandbox/' },
    },
    {
      name: 'one-door-to-each-sdk',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [
          '^src/adapters/[^/]+/([^/]+\\.(client|source)\\.ts|api/[^/]+\\.ts)$',
          '^src/http/',
          '^src/sandbox/',
          SPEC,
        ],
      },
      to: { path: 'node_modules/(undici|matrix-appservice-bridge|@slack)/', dependencyTypesNot: ['type-only'] },
    },
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
