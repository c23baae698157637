import { consoleLogin } from '../cloudtrail/calls.ts';
import { EXPORTS_BUCKET, trailArn, userArn } from '../cloudtrail/company.ts';
import { allowIngress, allowIngressFlat } from '../cloudtrail/ingress.ts';
import type { Actor, Call, Scene } from '../cloudtrail/record.ts';
import { clock } from '../cloudtrail/time.ts';
import { bucketPage, ec2Page, listBuckets } from '../traffic/console-pages.ts';
import * as does from './calls.ts';
import { atRootSignIn, atSignIn, browser, cli, NEW_USER, root, script, VICTIM } from './intruder.ts';
import * as asks from './questions.ts';

const at = (time: string, who: Actor, call: Call): Scene => ({ at: clock(time), who, does: call });
const twice = (scene: Scene): Scene => ({ ...scene, deliveredTwice: true });
/** Calls in a row, `every` so many seconds. */
const run = (time: string, who: Actor, calls: readonly Call[], every = 4): Scene[] =>
  calls.map((call, index) => ({ at: clock(time) + every * index, who, does: call }));

const breakIn: readonly Scene[] = [
  at('09:38:41', atRootSignIn, consoleLogin('Failure')),
  at('09:39:02', atRootSignIn, consoleLogin('Failure')),
  twice(at('09:40:17', atRootSignIn, consoleLogin('Success'))),
  ...run('09:40:31', root, asks.accountOverview),
  ...run('09:41:20', root, ec2Page('eu-west-1'), 1),
  at('09:42:15', root, listBuckets),
  ...run('09:42:50', root, asks.trailStatus),
  ...run('09:44:02', root, asks.userDetails(VICTIM)),
  twice(at('09:45:33', root, does.createAccessKey(VICTIM))),
];

const lookAround: readonly Scene[] = [
  at('09:47:05', cli, asks.whoAmI(cli)),
  at('09:47:31', cli, listBuckets),
  ...run('09:47:50', cli, asks.forbiddenIdentities(cli), 12),
  ...run('09:48:20', cli, asks.machines, 9),
  ...run('09:49:30', script, asks.forbiddenSweep(script), 1),
  at('09:50:10', script, asks.forbiddenPassword('shop-1')),
  at('09:50:11', script, asks.forbiddenPassword('bastion-1')),
];

const takeOver: readonly Scene[] = [
  at('09:52:48', root, does.allowEverything(VICTIM, 'backup-maintenance')),
  ...run('09:53:30', cli, asks.everybody, 8),
  ...run('09:54:41', script, asks.secrets, 1),
  at('09:56:10', cli, does.createUser(NEW_USER)),
  at('09:56:24', cli, does.makeAdministrator(NEW_USER)),
  at('09:56:41', cli, does.createLoginProfile(NEW_USER)),
];

/** The moment the trail `management-events` falls silent. */
export const TRAIL_STOPPED = '10:00:40';

const blindTheWatch: readonly Scene[] = [
  ...run('10:00:12', cli, asks.trailStatus),
  twice(at(TRAIL_STOPPED, cli, does.stopLogging('management-events'))),
  at('10:01:05', cli, does.deniedDeleteTrail(userArn(VICTIM), trailArn('org-audit'))),
  at('10:02:02', script, asks.listDetectors),
  at('10:02:15', script, does.deleteDetector('eu-west-1')),
  at('10:02:50', script, does.switchOffDetector('us-east-1')),
];

const openDoors: readonly Scene[] = [
  at('10:04:22', atSignIn, consoleLogin('Success')),
  ...run('10:04:40', browser, ec2Page('eu-west-1'), 1),
  at('10:06:31', browser, allowIngress({ group: 'bastion', port: 22, cidr: '0.0.0.0/0', description: 'monitoring' })),
  at('10:07:48', script, allowIngressFlat({ group: 'reports', port: 3389, cidr: '0.0.0.0/0' })),
  at('10:07:50', script, allowIngress({ group: 'reports', port: 3389, cidr: '::/0' })),
];

const takeData: readonly Scene[] = [
  ...run('10:09:10', browser, bucketPage(EXPORTS_BUCKET), 1),
  at('10:09:44', browser, does.dropPublicAccessBlock),
  twice(at('10:10:20', browser, does.openBucket)),
  at('10:11:40', script, asks.ownSnapshots),
  at('10:12:15', script, asks.snapshotShares('reports-1')),
  at('10:12:18', script, does.shareSnapshot('reports-1')),
];

const burnAndStay: readonly Scene[] = [
  ...run('10:13:20', cli, asks.keys('exports'), 9),
  at('10:14:05', cli, does.scheduleKeyDeletion('exports')),
  at('10:15:30', cli, asks.getRole('nightly-reporting')),
  at('10:15:58', cli, does.trustForeignAccount('nightly-reporting')),
  ...run('10:16:40', cli, asks.alarmSystem, 15),
  at('10:17:30', cli, does.disableRule('trailwire-detect-0')),
  at('10:18:11', cli, does.starveFunction('trailwire-detect')),
  at('10:19:25', cli, asks.whoAmI(cli)),
];

/** The intrusion, scene by scene; `samples/README.md` tells it in words. */
export const attack: readonly Scene[] = [
  ...breakIn,
  ...lookAround,
  ...takeOver,
  ...blindTheWatch,
  ...openDoors,
  ...takeData,
  ...burnAndStay,
];
