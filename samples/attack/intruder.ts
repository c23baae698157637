import { longTermKey } from '../cloudtrail/company.ts';
import { AWS_CLI } from '../cloudtrail/identities.ts';
import { rootAtSignIn, rootInBrowser, userAtSignIn, userInBrowser, userWithKey } from '../cloudtrail/people.ts';
import type { Actor } from '../cloudtrail/record.ts';

export const VICTIM = 'backup-operator';
export const NEW_USER = 'svc-monitoring';
const HOME = '203.0.113.77';
const SECOND_HOME = '2001:db8:66::9';
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36';
const BOTO3 =
  'Boto3/1.40.44 md/Botocore#1.40.44 ua/2.1 os/linux#6.16.8 md/arch#x86_64 lang/python#3.13.7 md/pyimpl#CPython';

const inChrome = (actor: Actor): Actor => ({ ...actor, userAgent: CHROME });

export const atRootSignIn = inChrome(rootAtSignIn(HOME));
export const root = inChrome(rootInBrowser(HOME, '09:40:17'));
export const cli = userWithKey(VICTIM, longTermKey(VICTIM), HOME, AWS_CLI);
export const script = userWithKey(VICTIM, longTermKey(VICTIM), HOME, BOTO3);
export const atSignIn = inChrome(userAtSignIn(NEW_USER, SECOND_HOME));
export const browser = inChrome(userInBrowser(NEW_USER, SECOND_HOME, '10:04:22', false));
