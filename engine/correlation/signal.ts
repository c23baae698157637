/** A match as correlations remember it: enough to count it and to name it in a finding. */
export type Signal = {
  /** Event time, milliseconds since 1970. */
  readonly at: number;
  /** Names the action: copies and repeats of a record have the same. 13 hexadecimal digits of a hash. */
  readonly action: string;
  /** The position in the correlation's `rules` of the rule that matched; 0 for a rule's own matches. */
  readonly rule: number;
  readonly eventId: string;
  readonly event: string;
  /** The value of the correlation's `field`, where it has one. */
  readonly value: string;
};

const timeDigits = 9;
export const actionDigits = 13;
const separator = '\t';

const word = (text: string, longest: number): string => text.replaceAll(separator, ' ').slice(0, longest);

/** A signal as text that sorts by time; equal signals are equal texts, so that a repeat adds nothing to a set. */
export const encodeSignal = ({ at, action, rule, eventId, event, value }: Signal): string =>
  `${at.toString(36).padStart(timeDigits, '0')}${action}${rule}${word(eventId, 64)}${separator}${word(event, 128)}${separator}${value}`;

/** Reads what `encodeSignal` wrote. */
export const decodeSignal = (text: string): Signal => {
  const ruleAt = timeDigits + actionDigits;
  const [eventId = '', event = '', ...value] = text.slice(ruleAt + 1).split(separator);
  return {
    at: Number.parseInt(text.slice(0, timeDigits), 36),
    action: text.slice(timeDigits, ruleAt),
    rule: Number(text.charAt(ruleAt)),
    eventId,
    event,
    value: value.join(separator),
  };
};
