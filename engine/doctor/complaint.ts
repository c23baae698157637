import type { Severity } from '../severity.ts';
import type { CheckName } from './check-names.ts';

/** One thing that keeps Trailwire from seeing or telling, in words for the person who is to mend it. */
export type Complaint = {
  readonly check: CheckName;
  readonly severity: Severity;
  /** Where; none where it is about the whole account. */
  readonly regions: readonly string[];
  /** What it is about: a trail, a subscription, a queue. Check, regions and subject name a complaint. */
  readonly subject: string;
  /** What is wrong, as a sentence. */
  readonly says: string;
  /** What is not detected or not told because of it, as a sentence. */
  readonly lost: string;
  /** Ids of the rules that get fewer events than they ask for. */
  readonly rules: readonly string[];
  /** Commands and steps that mend it. */
  readonly mend: readonly string[];
};

/** A complaint about the region that was looked at. */
export type RegionComplaint = Omit<Complaint, 'regions'>;
