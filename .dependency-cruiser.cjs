// Where each folder may look. The reasons are in docs/design.md, "Import rules".
const engines = '^src/store/(sqlite|memory)/';
const features = ['ingest', 'flows', 'events', 'drops', 'service-map'];

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'domain-is-plain',
      comment: 'What the words mean knows nothing of how they are stored, served or configured.',
      severity: 'error',
      from: { path: '^src/domain/', pathNot: '\\.spec\\.ts$' },
      to: {
        pathNot: [
          '^src/domain/',
          '^node_modules/(graphology|ipaddr\\.js|re2js|@bufbuild/(cel|protobuf))/',
          '^node:?crypto$',
          '^crypto$',
        ],
      },
    },
    {
      name: 'graphology-only-in-the-map',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/domain/service-map/' },
      to: { path: '^node_modules/graphology' },
    },
    {
      name: 'engines-behind-the-port',
      comment: 'Only where the program is put together is it known which engine runs.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [
          engines,
          '^src/store/open-store\\.ts$',
          '^src/store/operations\\.ts$',
          '^src/(ingest|keeper)-worker\\.ts$',
          '\\.(spec|contract)\\.ts$',
        ],
      },
      to: { path: engines },
    },
    {
      name: 'engines-know-the-domain-and-the-port',
      severity: 'error',
      from: { path: engines, pathNot: '\\.spec\\.ts$' },
      to: {
        path: '^(src|node_modules/@nestjs)/',
        pathNot: ['^src/domain/', '^src/store/(flow-store|flow-writer|queries|ordered)\\.ts$', engines],
      },
    },
    {
      name: 'engines-do-not-know-each-other',
      severity: 'error',
      from: { path: '^src/store/(sqlite|memory)/' },
      to: { path: engines, pathNot: '^src/store/$1/' },
    },
    ...features.map((feature) => ({
      name: `${feature}-stands-alone`,
      comment: 'Features meet in the domain and in the store, not in each other.',
      severity: 'error',
      from: { path: `^src/${feature}/` },
      to: { path: `^src/(${features.filter((other) => other !== feature).join('|')}|live|cli)/` },
    })),
    {
      name: 'sources-feed-ingest',
      comment:
        'They fetch; who asks, shows or counts what they fetched looks at them, not the other way round.',
      severity: 'error',
      from: { path: '^src/sources/' },
      to: { path: '^src/(flows|events|drops|service-map|live|telemetry|cli)/' },
    },
    {
      name: 'printers-are-plain',
      comment: 'How a record is told as text depends on nothing but what its words mean.',
      severity: 'error',
      from: { path: '^src/printer/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: ['^src/printer/', '^src/domain/'] },
    },
    {
      name: 'live-sees-live-questions',
      comment: 'It pushes answers that features keep up to date; of the others it knows shapes.',
      severity: 'error',
      from: { path: '^src/live/' },
      to: { path: '^src/(ingest|flows|cli)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'dashboard-sees-types-only',
      comment:
        'The shapes of the API are written once; of the server nothing runs in a browser but its client, and how hostile text is shown.',
      severity: 'error',
      from: { path: '^dashboard/' },
      to: {
        path: '^src/',
        pathNot: '^src/(live/live-client|domain/visible)\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'live-client-stands-alone',
      comment: 'It runs in browsers and in the programs of others, on the socket that it is given.',
      severity: 'error',
      from: { path: '^src/live/live-client\\.ts$' },
      to: { dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
