// biome-ignore lint/performance/noBarrelFile: the package gets this export and not the others
export { RE2JS } from 're2js';
