/** The minute in which CloudTrail began a log file, as its name has it. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-filename-format.html */
const fileTime = /_(\d{8}T\d{4}Z)_/;

/** What sorts file names by time; names without one come first, by themselves. */
export const timeInName = (path: string): string => fileTime.exec(path.slice(path.lastIndexOf('/') + 1))?.[1] ?? '';

type Head<Item> = { readonly items: Iterator<Item>; readonly item: Item; readonly time: string };

const headOf = <Item>(items: Iterator<Item>, timeOf: (item: Item) => string): Head<Item> | undefined => {
  const { done, value } = items.next();
  return done === true ? undefined : { items, item: value, time: timeOf(value) };
};

/** Merges sequences that are in order of time each, reading no further ahead than one item of each. */
export function* inTimeOrder<Item>(
  sequences: Iterable<Iterable<Item>>,
  timeOf: (item: Item) => string,
): Generator<Item> {
  const heads: Head<Item>[] = [];
  for (const sequence of sequences) {
    const head = headOf(sequence[Symbol.iterator](), timeOf);
    if (head !== undefined) heads.push(head);
  }
  while (heads.length > 0) {
    let first = 0;
    for (let index = 1; index < heads.length; index++) {
      if ((heads[index] as Head<Item>).time < (heads[first] as Head<Item>).time) first = index;
    }
    const { items, item } = heads[first] as Head<Item>;
    yield item;
    const next = headOf(items, timeOf);
    if (next === undefined) heads.splice(first, 1);
    else heads[first] = next;
  }
}
