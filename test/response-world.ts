import type { Approval, ApprovalStore } from '../engine/approval.ts';
import type { AccountPorts } from '../engine/carry-out.ts';
import type { RecheckRequest } from '../engine/recheck.ts';
import type { ResponsePorts, ResponseSettings } from '../engine/response.ts';
import type { SettleRequest } from '../engine/settle.ts';
import type { ResponseStore, StoredResponse } from '../engine/stored-response.ts';
import { createMemoryWindowStore } from '../engine/window-store.ts';
import { account } from './example-records.ts';

/** Everything is allowed in the account of the examples. */
export const executing: ResponseSettings = {
  mode: 'execute',
  account,
  ownRoles: [],
  protectedPrincipals: [],
  protectedResources: [],
  protectedTags: [],
  knownAccounts: [],
  limitPerHour: 5,
  limitPerAccount: 5,
  maxAgeMinutes: Number.POSITIVE_INFINITY,
  approvalMinutes: 60,
};

/** A store of responses that lives as long as the test. */
export const createMemoryResponses = (now: () => number = Date.now) => {
  const kept = new Map<string, StoredResponse>();
  const mark = (commandUid: string, what: Partial<StoredResponse>): void => {
    const response = kept.get(commandUid);
    if (response === undefined) throw new TypeError(`no response ${commandUid}`);
    kept.set(commandUid, { ...response, ...what });
  };
  const claims = new Map<string, { readonly holder: string; readonly until: number }>();
  const responses: ResponseStore = {
    save: async (commandUid, response) => {
      if (kept.has(commandUid)) return false;
      kept.set(commandUid, structuredClone(response));
      return true;
    },
    load: async (commandUid) => structuredClone(kept.get(commandUid)),
    markUndone: async (commandUid) => mark(commandUid, { undone: true }),
    markCarriedOut: async (commandUid) => mark(commandUid, { carriedOut: true }),
    claim: async (principal, holder, until) => {
      const claim = claims.get(principal);
      if (claim !== undefined && claim.until > now() && claim.holder !== holder) return false;
      claims.set(principal, { holder, until });
      return true;
    },
  };
  return { responses, kept };
};

/** A store of approvals that lives as long as the test. */
export const createMemoryApprovals = () => {
  const asked = new Map<string, Approval>();
  const approvals: ApprovalStore = {
    ask: async (commandUid, request) => {
      if (!asked.has(commandUid)) asked.set(commandUid, { request });
    },
    load: async (commandUid) => structuredClone(asked.get(commandUid)),
    decide: async (commandUid, decision) => {
      const approval = asked.get(commandUid);
      if (approval === undefined || approval.decision !== undefined) return false;
      if (approval.request.digest !== decision.digest) return false;
      if (decision.is !== 'expired' && approval.request.expiresAt <= decision.at) return false;
      asked.set(commandUid, { ...approval, decision });
      return true;
    },
  };
  return { approvals, asked };
};

/** Ports around an account, with everything that outlives one run of the function: responses, counts, and looks to come. */
export const createResponseWorld = (account: AccountPorts, now: () => number) => {
  const { responses, kept } = createMemoryResponses(now);
  const { approvals, asked } = createMemoryApprovals();
  const queue: RecheckRequest[] = [];
  const waiting: (SettleRequest & { readonly waitMs: number })[] = [];
  const ports: ResponsePorts = {
    now,
    store: createMemoryWindowStore(),
    account,
    responses,
    approvals,
    switchedOff: async () => undefined,
    checkLater: async (check, round) => {
      queue.push({ check, round });
    },
    settleLater: async (settle, waitMs) => {
      waiting.push({ settle, waitMs });
    },
  };
  return { ports, kept, asked, queue, waiting };
};
