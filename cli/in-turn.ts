/** Lets calls wait for each other, in the order they were made; one that fails fails alone. */
export const inTurn = <Given, Result>(act: (given: Given) => Promise<Result>): ((given: Given) => Promise<Result>) => {
  let last: Promise<unknown> = Promise.resolve();
  return (given) => {
    const result = last.then(() => act(given));
    // The caller hears of the error; the next in turn only waits.
    last = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  };
};
