/** Every way Trailwire can fail, by concern. `docs/errors.md` lists the same codes; a test holds the two equal. */
export const errorCodes = {
  RuleError: ['RULE_INVALID'],
  EventError: ['EVENT_NOT_CLOUDTRAIL', 'EVENT_DAMAGED', 'EVENT_UNREADABLE', 'EVENT_FORGED'],
  EvaluationError: ['EVALUATION_FAILED', 'EVALUATION_DISAGREES', 'CORRELATION_FAILED'],
  BusError: ['BUS_ENTRY_TOO_LARGE', 'BUS_REFUSED'],
  DestinationError: ['DESTINATION_RETRYABLE', 'DESTINATION_REFUSED', 'DESTINATION_NOT_CONFIGURED'],
  RemediationError: ['REMEDIATION_CALL_FAILED', 'REMEDIATION_UNKNOWN', 'DECISION_REFUSED'],
  ConfigError: ['CONFIG_INVALID'],
} as const;

type Codes = typeof errorCodes;

/** The base of all errors Trailwire raises on purpose: a code from a closed list, a message for people, a cause for machines. */
export abstract class TrailwireError<Code extends string = string> extends Error {
  /** The name of the class, spelt out: packages are minified, and logs are searched by it. */
  abstract override readonly name: string;
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** One thing wrong in one file: where, and what would be right. */
export type Problem = { readonly file: string; readonly path: string; readonly message: string };

/** Renders `file: path: message`, the form in which `check` prints it. */
export const renderProblem = ({ file, path, message }: Problem): string =>
  [file, path, message].filter((part) => part !== '').join(': ');

/** A rule, shared condition, list, suppression or test file cannot be used; `problems` has all that is wrong with it. */
export class RuleError extends TrailwireError<Codes['RuleError'][number]> {
  override readonly name = 'RuleError';
  readonly problems: readonly Problem[];

  constructor(code: Codes['RuleError'][number], problems: readonly Problem[], options?: ErrorOptions) {
    super(code, problems.map(renderProblem).join('\n'), options);
    this.problems = problems;
  }
}

/** Input that is not a usable CloudTrail event or record. */
export class EventError extends TrailwireError<Codes['EventError'][number]> {
  override readonly name = 'EventError';
}

/** A rule could not be evaluated on a record, its two evaluations disagree, or its match could not be counted. */
export class EvaluationError extends TrailwireError<Codes['EvaluationError'][number]> {
  override readonly name = 'EvaluationError';
  readonly ruleId: string;
  readonly eventId: string;

  constructor(
    code: Codes['EvaluationError'][number],
    where: { readonly ruleId: string; readonly eventId: string },
    message: string,
    options?: ErrorOptions,
  ) {
    super(code, `rule ${where.ruleId}, record ${where.eventId}: ${message}`, options);
    this.ruleId = where.ruleId;
    this.eventId = where.eventId;
  }
}

/** The finding bus did not take an entry. */
export class BusError extends TrailwireError<Codes['BusError'][number]> {
  override readonly name = 'BusError';
}

/** A destination did not take an alert; only `DESTINATION_RETRYABLE` is worth another try. */
export class DestinationError extends TrailwireError<Codes['DestinationError'][number]> {
  override readonly name = 'DestinationError';
}

/** A response could not be carried out, or did not take hold. */
export class RemediationError extends TrailwireError<Codes['RemediationError'][number]> {
  override readonly name = 'RemediationError';
}

/** The environment of a function or the arguments of a command are wrong. */
export class ConfigError extends TrailwireError<Codes['ConfigError'][number]> {
  override readonly name = 'ConfigError';
}

/** The message of anything thrown, for use as a cause in another message. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
