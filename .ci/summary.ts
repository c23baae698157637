import { readFileSync } from 'node:fs';

/** Adds up vitest's JSON reports; a gate that failed without a failing test counts as one failure. */
const [gates = '0', ...files] = process.argv.slice(2);
const reports = files.map(
  (file) => JSON.parse(readFileSync(file, 'utf8')) as { numPassedTests: number; numFailedTests: number },
);
const passed = reports.reduce((sum, { numPassedTests }) => sum + numPassedTests, 0);
const failedTests = reports.reduce((sum, { numFailedTests }) => sum + numFailedTests, 0);
const failed = failedTests === 0 ? Number(gates) : failedTests;
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
