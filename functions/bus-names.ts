/** What entries on the finding bus are called: subscriptions and receivers go by it. */
export const busSource = 'trailwire';
export const findingDetailType = 'Detection Finding';
export const activityDetailType = 'Remediation Activity';
