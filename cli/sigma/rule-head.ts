import { retired, techniques } from '../../engine/attack.ts';
import { kebabOf } from './kebab.ts';
import { Refusal } from './refusal.ts';
import type { SigmaCorrelation, SigmaRule } from './sigma-document.ts';

const attackTag = /^attack\.(?:(t\d{4}(?:\.\d{3})?)|(?:[gs]\d{4})|(.*))$/i;

/** What a Sigma rule says of itself, as a rule of ours says it. Nobody has read it here yet: it is `experimental`. */
export const headOf = (
  id: string,
  sigma: SigmaRule | SigmaCorrelation,
  note: (text: string) => void,
): Readonly<Record<string, unknown>> => {
  if (sigma.status === 'deprecated' || sigma.status === 'unsupported') {
    throw new Refusal(`its status is "${sigma.status}"`);
  }
  const { attack, tags } = readTags(sigma.tags, note);
  const references = sigma.references.filter((reference) => {
    const isHttps = URL.canParse(reference) && new URL(reference).protocol === 'https:';
    if (!isHttps) note(`left out: the reference "${reference}" is not an https address`);
    return isHttps;
  });
  return {
    id,
    title: sigma.title.slice(0, 120),
    description: [sigma.description?.trim(), originOf(sigma)].filter(Boolean).join('\n'),
    ...(sigma.level === undefined ? {} : { severity: sigma.level }),
    status: 'experimental',
    ...(tags.length === 0 ? {} : { tags }),
    ...(attack.length === 0 ? {} : { attack }),
    ...(references.length === 0 ? {} : { references }),
    ...(sigma.falsepositives.length === 0 ? {} : { falsePositives: sigma.falsepositives }),
  };
};

/** Licences of rules ask for the author's name. */
const originOf = ({ id, author }: SigmaRule | SigmaCorrelation): string =>
  `From the Sigma rule${id === undefined ? '' : ` ${id}`}${author === undefined ? '' : ` by ${author}`}.`;

const readTags = (written: readonly string[], note: (text: string) => void) => {
  const attack = new Set<string>();
  const tags = new Set<string>();
  for (const tag of written) {
    const ofAttack = attackTag.exec(tag);
    if (ofAttack === null) {
      const name = kebabOf(tag);
      if (name !== '') tags.add(name);
      continue;
    }
    // Tactics follow from techniques; groups and software have no place in a rule.
    const id = ofAttack[1]?.toUpperCase();
    if (id === undefined) continue;
    const successor = retired[id];
    if (successor !== undefined) note(`ATT&CK ${id} is now ${successor}`);
    if (Object.hasOwn(techniques, successor ?? id)) attack.add(successor ?? id);
    else note(`left out: ATT&CK ${id} is not known here as a technique that CloudTrail shows`);
  }
  return { attack: [...attack], tags: [...tags] };
};
