/** `2026-10-14 08:41:07 UTC` of milliseconds since 1970. */
export const utc = (time: number): string => `${new Date(time).toISOString().replace('T', ' ').slice(0, 19)} UTC`;

/** `2026-10-14T08:41:07Z` of milliseconds since 1970. */
export const isoTime = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;
