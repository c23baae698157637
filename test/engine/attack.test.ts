import { describe, expect, it } from 'vitest';
import { attackOf, attackVersion, retired, tactics, techniques } from '../../engine/attack.ts';

describe('the ATT&CK tables', () => {
  it('are those of version 19, which has no Defense Evasion', () => {
    expect(attackVersion).toMatch(/^19\./);
    expect(tactics.TA0005).toBe('Stealth');
    expect(tactics.TA0112).toBe('Defense Impairment');
    expect(Object.values(tactics)).not.toContain('Defense Evasion');
    expect(Object.keys(tactics)).toHaveLength(15);
  });

  it('name every technique, and give it at least one tactic', () => {
    for (const [id, technique] of Object.entries(techniques)) {
      expect(id).toMatch(/^T\d{4}(\.\d{3})?$/);
      expect(technique.name).not.toBe('');
      expect(technique.tactics.length).toBeGreaterThan(0);
      expect(new Set(technique.tactics).size).toBe(technique.tactics.length);
    }
  });

  it('have the technique of every sub-technique', () => {
    for (const id of Object.keys(techniques)) expect(techniques).toHaveProperty([id.slice(0, 5)]);
  });

  it('are in order, so that a technique is found and not entered twice', () => {
    const ids = Object.keys(techniques);
    expect(ids).toEqual([...ids].sort());
  });

  it('lead from a retired technique to one that is not retired', () => {
    for (const [id, successor] of Object.entries(retired)) {
      expect(techniques).not.toHaveProperty([id]);
      expect(techniques).toHaveProperty([successor]);
    }
  });

  it.each([
    ['T1562', 'T1685'],
    ['T1562.001', 'T1685'],
    ['T1562.007', 'T1686.001'],
    ['T1562.008', 'T1685.002'],
  ])('replace %s by %s', (id, successor) => {
    expect(retired[id]).toBe(successor);
  });

  it.each([
    ['T1685.002', ['TA0112'], 'stopping a trail impairs the defence'],
    ['T1578.002', ['TA0112'], 'so does a change of the compute infrastructure'],
    ['T1535', ['TA0005'], 'an unused region hides'],
    ['T1548.005', ['TA0004'], 'temporary elevation is no longer evasion'],
    ['T1556.006', ['TA0003', 'TA0112', 'TA0006'], 'a removed MFA device serves three purposes'],
  ])('place %s in %j: %s', (id, placed) => {
    expect(techniques[id]?.tactics).toEqual(placed);
  });
});

describe('the OCSF attack object', () => {
  it('of a sub-technique has its technique too', () => {
    expect(attackOf('T1685.002')).toEqual({
      version: '19.1',
      tactic: { uid: 'TA0112', name: 'Defense Impairment' },
      technique: { uid: 'T1685', name: 'Disable or Modify Tools' },
      sub_technique: { uid: 'T1685.002', name: 'Disable or Modify Cloud Log' },
    });
  });

  it('of a technique has no sub-technique', () => {
    expect(attackOf('T1530')).toEqual({
      version: '19.1',
      tactic: { uid: 'TA0009', name: 'Collection' },
      technique: { uid: 'T1530', name: 'Data from Cloud Storage' },
    });
  });

  it('names no tactic where the technique serves several', () => {
    expect(attackOf('T1078.004')).toEqual({
      version: '19.1',
      technique: { uid: 'T1078', name: 'Valid Accounts' },
      sub_technique: { uid: 'T1078.004', name: 'Cloud Accounts' },
    });
  });

  it('exists for every technique in the table', () => {
    for (const id of Object.keys(techniques)) {
      const { technique, sub_technique } = attackOf(id);
      expect(sub_technique?.uid ?? technique.uid).toBe(id);
    }
  });

  it.each(['T1562.008', 'T9999', 'T1685.999', 'constructor', ''])('is refused for %j', (id) => {
    expect(() => attackOf(id)).toThrow(TypeError);
  });
});
