import { createGunzip } from 'node:zlib';

/** A gzip bomb unfolds a thousandfold: what one step may become stays at some 16 MB. */
const stepBytes = 16 * 1024;

/** Undoes gzip and turns UTF-16 (what PowerShell 5 writes) into UTF-8, by the first two bytes, whatever the name says. */
export async function* decodeBytes(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { first, second, all } = await peek(bytes);
  if (first === 0xff && second === 0xfe) yield* fromUtf16(all, 'utf-16le');
  else if (first === 0xfe && second === 0xff) yield* fromUtf16(all, 'utf-16be');
  else yield* unpackBytes(all);
}

/** Undoes gzip, by the first two bytes, and leaves all else as it is. */
export async function* unpackBytes(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { first, second, length, all } = await peek(bytes);
  yield* first === 0x1f && second === 0x8b ? gunzip(all, length) : all;
}

const peek = async (bytes: AsyncIterable<Uint8Array>) => {
  const source = bytes[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array();
  while (head.length < 2) {
    const { done, value } = await source.next();
    if (done === true) break;
    head = head.length === 0 ? value : Buffer.concat([head, value]);
  }
  const all = (async function* (): AsyncGenerator<Uint8Array> {
    if (head.length > 0) yield head;
    yield* { [Symbol.asyncIterator]: () => source };
  })();
  return { first: head[0], second: head[1], length: head.length, all };
};

/** What a trail writes is mostly files of some KB: with 256 KB for each, most time would go into collecting it. */
const chunkSizeFor = (length: number): number => Math.min(Math.max(16 * length, 1 << 12), 1 << 18);

/**
 * Yields all that can be unpacked, then throws where the data is damaged. A stream in a pipeline would throw at once and
 * drop what it holds: up to a whole log file.
 */
async function* gunzip(bytes: AsyncIterable<Uint8Array>, firstLength: number): AsyncGenerator<Uint8Array> {
  const stream = createGunzip({ chunkSize: chunkSizeFor(firstLength) });
  const unpacked: Uint8Array[] = [];
  let damage: Error | undefined;
  let isOver = false;
  let wake = (): void => undefined;
  stream.on('data', (chunk: Uint8Array) => unpacked.push(chunk));
  stream.on('error', (error) => {
    damage = error;
    isOver = true;
    wake();
  });
  // Zeros that pad a file end the stream before its input does.
  stream.on('end', () => {
    isOver = true;
    wake();
  });
  /** Settles when the step is done or the stream is over, by damage or not: it then calls nobody back. */
  const step = (act: (done: () => void) => void): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
      if (isOver) resolve();
      else act(resolve);
    });
  try {
    for await (const chunk of bytes) {
      for (let from = 0; from < chunk.length && !isOver; from += stepBytes) {
        await step((done) => stream.write(chunk.subarray(from, from + stepBytes), done));
        yield* unpacked.splice(0);
      }
      if (isOver) break;
    }
    await step(() => stream.end());
    yield* unpacked.splice(0);
    if (damage !== undefined) throw damage;
  } finally {
    stream.destroy();
  }
}

async function* fromUtf16(
  bytes: AsyncIterable<Uint8Array>,
  encoding: 'utf-16le' | 'utf-16be',
): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of bytes) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}
