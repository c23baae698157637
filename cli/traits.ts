import { networkOf } from '../engine/correlation/key-field.ts';
import { readText } from '../engine/field.ts';
import type { CloudTrailRecord } from '../engine/record.ts';
import { resourcesOf } from '../engine/resources.ts';

/** What people know their own programs by: user agents up to their version, networks of addresses, and what is acted on. */
export type Traits = {
  readonly agents: readonly string[];
  readonly networks: readonly string[];
  readonly resources: readonly string[];
};

/** Of many, the first few are shown. */
const maxShown = 5;

/** Collects the traits of records. */
export const createTraits = () => {
  const [agents, networks, resources] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const add = (seen: Set<string>, value: string | undefined): void => {
    if (value !== undefined && seen.size < maxShown) seen.add(value);
  };
  return {
    add: (record: CloudTrailRecord): void => {
      const source = readText(record, 'sourceIPAddress');
      add(agents, readText(record, 'userAgent')?.split(/[/ ]/, 1)[0]);
      add(networks, networkOf(source) ?? source);
      for (const { name } of resourcesOf(record)) add(resources, name);
    },
    all: (): Traits => ({ agents: [...agents], networks: [...networks], resources: [...resources] }),
  };
};

/** The traits of some records together. */
export const traitsOf = (records: Iterable<CloudTrailRecord>): Traits => {
  const traits = createTraits();
  for (const record of records) traits.add(record);
  return traits.all();
};
