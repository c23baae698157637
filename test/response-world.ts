import type { AccountPorts } from '../engine/carry-out.ts';
import type { RecheckRequest } from '../engine/recheck.ts';
import type { ResponsePorts, ResponseSettings } from '../engine/response.ts';
import type { ResponseStore, StoredResponse } from '../engine/stored-response.ts';
import { createMemoryWindowStore } from '../engine/window-store.ts';
import { account } from './example-records.ts';

/** Everything is allowed in the account of the examples. */
export const executing: ResponseSettings = {
  mode: 'execute',
  account,
  ownRoles: [],
  protectedPrincipals: [],
  knownAccounts: [],
  limitPerHour: 5,
};

/** A store of responses that lives as long as the test. */
export const createMemoryResponses = () => {
  const kept = new Map<string, StoredResponse>();
  const mark = (commandUid: string, what: Partial<StoredResponse>): void => {
    const response = kept.get(commandUid);
    if (response === undefined) throw new TypeError(`no response ${commandUid}`);
    kept.set(commandUid, { ...response, ...what });
  };
  const responses: ResponseStore = {
    save: async (commandUid, response) => {
      if (kept.has(commandUid)) return false;
      kept.set(commandUid, structuredClone(response));
      return true;
    },
    load: async (commandUid) => structuredClone(kept.get(commandUid)),
    markUndone: async (commandUid) => mark(commandUid, { undone: true }),
    markCarriedOut: async (commandUid) => mark(commandUid, { carriedOut: true }),
  };
  return { responses, kept };
};

/** Ports around an account, with everything that outlives one run of the function: responses, counts, and looks to come. */
export const createResponseWorld = (account: AccountPorts, now: () => number) => {
  const { responses, kept } = createMemoryResponses();
  const queue: RecheckRequest[] = [];
  const ports: ResponsePorts = {
    now,
    store: createMemoryWindowStore(),
    account,
    responses,
    checkLater: async (check, round) => {
      queue.push({ check, round });
    },
  };
  return { ports, kept, queue };
};
