import { builtinModules } from 'node:module';
import type { Plugin } from 'esbuild';

/**
 * An import statement loads all of a module before the first line runs, used or not: `node:crypto` takes 4 ms of a cold
 * start, `node:http` more than 10. In the package such a module is loaded when one of its names is first used.
 *
 * esbuild gives importers of CommonJS an object with the prototype of `exports`, and reads their names from it where they
 * are used: hence a proxy, as the prototype.
 */
const lateModule = (load: string): string =>
  `const load = () => ${load};
  const get = (_, name) => (name === '__esModule' ? undefined : load()[name]);
  module.exports = Object.create(new Proxy({}, { get }));`;

const builtins = new Set(builtinModules);

/** Node's own modules, whoever imports them. */
export const lateBuiltins: Plugin = {
  name: 'late-builtins',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^(?:node:)?[a-z_/0-9]+$/ }, ({ path, kind }) => {
      const name = path.replace(/^node:/, '');
      return builtins.has(name) && kind === 'import-statement' ? { path: name, namespace: 'late-builtin' } : undefined;
    });
    onLoad({ filter: /.*/, namespace: 'late-builtin' }, ({ path }) => ({
      contents: lateModule(`process.getBuiltinModule(${JSON.stringify(path)})`),
    }));
  },
};

/** Packages that lie beside the function as CommonJS files, `<file>.cjs`; `onUse` learns which are imported. */
export const latePackages = (files: Readonly<Record<string, string>>, onUse: (name: string) => void): Plugin => ({
  name: 'late-packages',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: new RegExp(`^(?:${Object.keys(files).join('|')})$`) }, ({ path }) => ({
      path,
      namespace: 'late-package',
    }));
    onResolve({ filter: /^\.\/[^/]+\.cjs$/, namespace: 'late-package' }, ({ path }) => ({ path, external: true }));
    onLoad({ filter: /.*/, namespace: 'late-package' }, ({ path }) => {
      onUse(path);
      return { contents: lateModule(`require(${JSON.stringify(`./${files[path]}.cjs`)})`) };
    });
  },
});
