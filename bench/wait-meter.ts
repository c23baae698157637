type Span = { readonly from: number; readonly to: number };

/** Measures when at least one of the calls of wrapped ports was under way, in milliseconds of `performance.now`. */
export const createWaitMeter = () => {
  let underWay = 0;
  let from = 0;
  let spans: Span[] = [];

  const around = async (work: () => Promise<unknown>): Promise<unknown> => {
    if (underWay === 0) from = performance.now();
    underWay += 1;
    try {
      return await work();
    } finally {
      underWay -= 1;
      if (underWay === 0) spans.push({ from, to: performance.now() });
    }
  };

  return {
    /** The same ports, each function of which is measured. */
    wrap: <Ports extends object>(ports: Ports): Ports =>
      Object.fromEntries(
        Object.entries(ports).map(([name, port]) => [
          name,
          (...values: readonly unknown[]) => around(() => port(...values)),
        ]),
      ) as Ports,
    /** How long calls were under way between two moments. */
    waited: (start: number, end: number): number =>
      spans.reduce((sum, span) => sum + Math.max(0, Math.min(span.to, end) - Math.max(span.from, start)), 0),
    reset: (): void => {
      spans = [];
    },
  };
};
