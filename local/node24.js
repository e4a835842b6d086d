// Read by any Node, also by one that is too old for everything else here: so no types and nothing new.
if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(`Slipway needs Node 24 or newer; this is Node ${process.versions.node}.`);
  console.error('Run `npm ci` without `--omit=optional`, which brings one along, or install Node 24.');
  process.exit(1);
}
