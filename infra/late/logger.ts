// biome-ignore lint/performance/noBarrelFile: the package gets this export and not the others
export { Logger } from '@aws-lambda-powertools/logger';
