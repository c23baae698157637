/** The types of correlation, for authors' files and for findings. */
export const correlationTypes = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'new_value',
  'spike',
] as const;
