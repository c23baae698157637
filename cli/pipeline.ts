import { gunzipSync } from 'node:zlib';
import type { Delivery, Inflate } from '../engine/delivery.ts';
import { createDetector, type Detection, type DetectorContent } from '../engine/detector.ts';
import { createNewsDesk } from '../engine/news.ts';
import type { Activity, Finding } from '../engine/ocsf.ts';
import { accountOf } from '../engine/record.ts';
import { type ResponsePorts, respond } from '../engine/response.ts';
import type { WindowStore } from '../engine/window-store.ts';

/** What one record came to, after repeats are taken out. */
export type Outcome = Pick<Detection, 'suppressed' | 'failures'> & {
  readonly rules: readonly string[];
  readonly news: readonly { readonly finding: Finding; readonly activities: readonly Activity[] }[];
};

const quiet: Outcome = { rules: [], news: [], suppressed: [], failures: [] };

const maxInflatedBytes = 64 * 1024 * 1024;

/** Takes `awslogs.data` of a CloudWatch Logs subscription apart, up to 64 MiB. */
export const inflate: Inflate = (base64) =>
  JSON.parse(gunzipSync(Buffer.from(base64, 'base64'), { maxOutputLength: maxInflatedBytes }).toString('utf8'));

/** Ports of a machine that has no account to act on: responses are only planned, which reads and executes nothing. */
const planOnlyPorts = (store: WindowStore, now: () => number): ResponsePorts => {
  const refuse = async (): Promise<never> => {
    throw new TypeError('responses are only planned here');
  };
  return { now, store, read: refuse, execute: refuse, savePlan: refuse, loadPlan: async () => undefined };
};

/** The functions `detect` and `remediate` as one step, on a laptop: the same detector, news desk and response in mode `plan`. */
export const createPipeline = (content: DetectorContent, store: WindowStore, now: () => number) => {
  const detector = createDetector(content);
  const news = createNewsDesk(store);
  const protectedPrincipals = (content.lists.get('protected-principals') ?? []).map(String);
  const ports = planOnlyPorts(store, now);

  return async (delivery: Delivery): Promise<Outcome> => {
    const detection = await detector.detect(delivery, now());
    if (detection.findings.length + detection.failures.length + detection.suppressed.length === 0) return quiet;
    const account = accountOf(delivery.record) ?? '';
    const settings = { mode: 'plan', account, ownRoles: [], protectedPrincipals, limitPerHour: 0 } as const;
    const told: Outcome['news'][number][] = [];
    for (const finding of detection.findings) {
      const looked = await news.look(finding, now());
      await news.remember(finding, now());
      if (looked.is === 'repeat') continue;
      told.push({ finding: looked.finding, activities: await respond(looked.finding, settings, ports) });
    }
    const { suppressed, failures } = detection;
    const rules = detection.findings.map(({ finding_info }) => finding_info.analytic.uid);
    return { rules, news: told, suppressed, failures };
  };
};
