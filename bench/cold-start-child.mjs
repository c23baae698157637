// Runs in a fresh process: imports a module, gives its handler one event, and writes how long both took to descriptor 3.
const { writeSync } = process.getBuiltinModule('node:fs');
const { module, event, context } = JSON.parse(String(process.argv[2]));

const began = performance.now();
const { handler } = await import(module);
const imported = performance.now();
const result = await handler(event, { ...context, getRemainingTimeInMillis: () => 10_000 });
const handled = performance.now();

writeSync(3, JSON.stringify({ import: imported - began, event: handled - imported, result }));
