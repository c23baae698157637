/** What the stack deploys by these names; a test holds them equal to the template. */
export const parts = {
  findingBus: 'trailwire',
  collectingBus: 'trailwire-events',
  topic: 'trailwire-alerts',
  functions: ['trailwire-detect', 'trailwire-notify-sns', 'trailwire-remediate', 'trailwire-undo', 'trailwire-watch'],
  /** What a parameter switches on. */
  optionalFunctions: ['trailwire-ingest', 'trailwire-notify-slack', 'trailwire-approve'],
  /** Where events end that nothing could be done with. */
  deadLetters: ['trailwire-undelivered', 'trailwire-failed'],
  /** What waits in these is on its way. */
  worked: ['trailwire-checks', 'trailwire-decisions'],
  alarms: [
    'trailwire-undelivered',
    'trailwire-failed',
    'trailwire-checks',
    'trailwire-decisions',
    'trailwire-detect-errors',
    'trailwire-notify-sns-errors',
    'trailwire-remediate-errors',
    'trailwire-undo-errors',
    'trailwire-watch-errors',
    'trailwire-detect-throttles',
    'trailwire-notify-sns-throttles',
    'trailwire-remediate-throttles',
    'trailwire-undo-throttles',
    'trailwire-watch-throttles',
    'trailwire-rules-failed',
    'trailwire-responses-failed',
    'trailwire-silence',
    'trailwire-heartbeat',
  ],
} as const;

/** In a member account or another region, which only forwards. */
export const forwardDeadLetters = 'trailwire-forward-undelivered';

/** With a region: the role by which `trailwire-watch` looks into a member account there. */
export const lookRolePrefix = 'trailwire-look-';

/** Subscriptions that hand events to `trailwire-detect`, and those that forward them to the bus of collected events. */
export const detectPrefix = 'trailwire-detect-';
export const forwardPrefix = 'trailwire-forward-';
