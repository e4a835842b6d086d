const { existsSync } = process.getBuiltinModule('node:fs');
const { createRequire } = process.getBuiltinModule('node:module');

// Bundled in place of the package: no import finds what lies in a layer. Elsewhere it is found from the working folder.
const layer = '/opt/nodejs/';
module.exports = createRequire(existsSync(layer) ? layer : `${process.cwd()}/`)('@duckdb/node-api');
