import { readFile } from 'node:fs/promises';
import type { Loader, Plugin } from 'esbuild';

/**
 * What the SDK would import on ways that a function never goes: it has its credentials in the environment, is no browser
 * and reads no event streams.
 */
export const neverLoaded = [
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-login',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/core/event-streams',
  '@smithy/credential-provider-imds',
  'bowser',
];

/**
 * What is imported and never called, and what is there in its place.
 *
 * Of json-rules-engine: `explain.ts` has an almanac of its own, listens to no events and brings its own operators. So paths
 * inside facts, keys of a cache of facts, the emitter but for the announcement of a result, and its operators go.
 *
 * Of the SDK: Lambda tells the region in the environment, Node has SHA-256, no client asks for discovered endpoints (which
 * would work, without being remembered), no bus has an endpoint of several regions, which is what needs SigV4a, and no
 * response acts on a directory bucket, which is what S3 signs with credentials of a session for.
 */
const neverCalled: Readonly<Record<string, string>> = {
  'jsonpath-plus': 'exports.JSONPath = undefined;',
  'hash-it': 'module.exports = undefined;',
  // Called as a function by classes that were compiled to ES5.
  eventemitter2: 'module.exports = function () {}; module.exports.prototype.emitAsync = async () => [];',
  './engine-default-operators': 'module.exports = [];',
  './engine-default-operator-decorators': 'module.exports = [];',
  './getInstanceMetadataRegion': 'export const getInstanceMetadataRegion = async () => undefined;',
  './Sha256Js': 'export const Sha256Js = undefined;',
  'mnemonist/lru-cache': 'module.exports = class { has() { return false; } set() {} clear() {} };',
  '@aws-sdk/signature-v4-multi-region':
    "export { SignatureV4 as SignatureV4MultiRegion, SignatureV4 as SignatureV4SignWithCredentials } from '@smithy/signature-v4';",
};

export const withoutNeverCalled: Plugin = {
  name: 'without-never-called',
  setup: ({ onResolve, onLoad }) => {
    const filter = new RegExp(`^(?:${Object.keys(neverCalled).join('|').replaceAll('.', '\\.')})$`);
    onResolve({ filter }, ({ path }) => ({ path, namespace: 'never-called' }));
    onLoad({ filter, namespace: 'never-called' }, ({ path }) => ({
      contents: neverCalled[path] ?? '',
      resolveDir: import.meta.dirname,
    }));
  },
};

/** Clients import their whole package.json for the version that they tell AWS. */
export const versionsAlone: Plugin = {
  name: 'versions-alone',
  setup: ({ onLoad }) => {
    onLoad({ filter: /node_modules\/@aws-sdk\/[^/]+\/package\.json$/ }, async ({ path }) => {
      const { default: description } = await import(path, { with: { type: 'json' } });
      return { contents: JSON.stringify({ version: description.version }), loader: 'json' satisfies Loader };
    });
  },
};

/** Exceptions whose class somebody asks for, or says more than their name: that the call may be tried again. */
const toldApart = ['ConditionalCheckFailedException', 'ReplicatedWriteConflictException'];

/**
 * Clients that speak JSON throw the exception of the client, by the same name and with the same fields, where they have no
 * class for it. (Those that speak XML need the class for the name.)
 */
export const withoutExceptionClasses: Plugin = {
  name: 'without-exception-classes',
  setup: ({ onLoad }) => {
    onLoad(
      { filter: /@aws-sdk\/client-(?:dynamodb|eventbridge)\/dist-es\/schemas\/schemas_0\.js$/ },
      async ({ path }) => {
        const text = await readFile(path, 'utf8');
        const kept = (line: string, name: string): string => (toldApart.includes(name) ? line : '');
        return { contents: text.replaceAll(/^n0_registry\.registerError\(\w+\$, (\w+)\);$/gm, kept) };
      },
    );
  },
};
