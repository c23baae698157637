/** Names the finding on all that was taken as evidence for it. */
export const findingTag = 'trailwire:finding';
