import type { Control, Deed, Framework } from './framework.ts';
import { type AnyRule, hasConditions, type Rule } from './rule.ts';
import { type Complaint, noSuchFile, whatThereIs } from './rule-references.ts';
import { renderPath } from './schema-issue.ts';

/** Name of the framework -> the framework. */
export type Frameworks = ReadonlyMap<string, Framework>;

/** A rule, and the service that its folder is named after. */
export type PlacedRule = { readonly rule: AnyRule; readonly service: string };

/** Framework -> controls that a rule serves: those it names, and those whose `servedBy` is true of it. A signal reports nothing, and serves no more than it names. */
export const controlsOf = (placed: PlacedRule, frameworks: Frameworks): AnyRule['compliance'] => {
  const { compliance, signal } = placed.rule;
  if (signal) return compliance;
  const served = [...frameworks].map(([name, { controls }]) => {
    const ids = Object.entries(controls).filter(([id, control]) => isServed(name, id, control, placed, frameworks));
    return [name, ids.map(([id]) => id)] as const;
  });
  return { ...compliance, ...Object.fromEntries(served.filter(([, ids]) => ids.length > 0)) };
};

/** One step along `sameAs` and no further: what a broken framework says may go round in circles. */
const isServed = (
  framework: string,
  id: string,
  control: Control,
  placed: PlacedRule,
  frameworks: Frameworks,
): boolean => {
  if (isServedItself(framework, id, control, placed)) return true;
  const { sameAs } = control;
  const same = sameAs && controlIn(frameworks, sameAs);
  return sameAs !== undefined && same !== undefined && isServedItself(sameAs.framework, sameAs.control, same, placed);
};

const isServedItself = (framework: string, id: string, control: Control, placed: PlacedRule): boolean => {
  const { compliance } = placed.rule;
  return (Object.hasOwn(compliance, framework) && compliance[framework]?.includes(id)) || holds(control, placed);
};

/** The control that `sameAs` names. */
export const controlIn = (
  frameworks: Frameworks,
  { framework, control }: NonNullable<Control['sameAs']>,
): Control | undefined => {
  const controls = frameworks.get(framework)?.controls;
  return controls !== undefined && Object.hasOwn(controls, control) ? controls[control] : undefined;
};

const does: Readonly<Record<Deed, (rule: AnyRule) => boolean>> = {
  reports: () => true,
  correlates: ({ correlation }) => correlation !== undefined,
  learns: ({ correlation }) => correlation?.type === 'new_value' || correlation?.type === 'spike',
  responds: ({ respond }) => respond.remediate.length > 0,
};

const holds = ({ servedBy = {}, events = {} }: Control, { rule, service }: PlacedRule): boolean =>
  servedBy.does?.some((deed) => does[deed](rule)) ||
  (servedBy.itsEvents && hasConditions(rule) && isOnlyAbout(events, rule)) ||
  servedBy.attack?.some((id) => rule.attack.some((own) => own === id || own.startsWith(`${id}.`))) ||
  servedBy.services?.includes(service) ||
  servedBy.tags?.some((tag) => rule.tags.includes(tag)) ||
  servedBy.rules?.includes(rule.id) ||
  false;

/** Whether a rule is about these events and no others. */
const isOnlyAbout = (events: NonNullable<Rule['events']>, { events: own }: Rule): boolean =>
  own !== undefined &&
  Object.entries(own).every(([source, names]) => {
    const among = Object.hasOwn(events, source) ? events[source] : undefined;
    if (among === undefined || names === '*') return false;
    return among === '*' || names.every((name) => among.includes(name));
  });

/** What a rule names that no framework has. A folder without frameworks leaves it to authors what they name. */
export const complainOfCompliance = (
  { compliance }: AnyRule,
  frameworks: Frameworks,
  files: ReadonlySet<string>,
): readonly Complaint[] =>
  Object.entries(files.size === 0 ? {} : compliance).flatMap(([name, ids]): readonly Complaint[] => {
    const framework = frameworks.get(name);
    if (framework === undefined) {
      return [{ path: `compliance.${name}`, message: noSuchFile('frameworks', name, files) }];
    }
    const known = new Set(Object.keys(framework.controls));
    return ids.flatMap((id, index) => {
      const path = `compliance.${name}[${index}]`;
      if (!known.has(id)) {
        return [{ path, message: `rules/frameworks/${name}.json has no control "${id}"${whatThereIs(id, known)}` }];
      }
      if (framework.controls[id]?.leftOut === undefined) return [];
      return [{ path, message: `rules/frameworks/${name}.json says of "${id}" that no rule serves it` }];
    });
  });

/** What a framework names that is not there: rules, tags, folders, or the control of another framework. */
export const complainOfFramework = (
  { controls }: Framework,
  placed: readonly PlacedRule[],
  frameworks: Frameworks,
): readonly Complaint[] => {
  const known = {
    rules: new Set(placed.map(({ rule }) => rule.id)),
    tags: new Set(placed.flatMap(({ rule }) => rule.tags)),
    services: new Set(placed.map(({ service }) => service)),
  };
  return Object.entries(controls).flatMap(([id, { servedBy = {}, sameAs }]) => {
    const unknown = (['rules', 'tags', 'services'] as const).flatMap((kind) =>
      (servedBy[kind] ?? []).flatMap((name, index) =>
        known[kind].has(name)
          ? []
          : [
              {
                path: renderPath(['controls', id, 'servedBy', kind, index]),
                message: `there is no ${nouns[kind]} "${name}"${whatThereIs(name, known[kind])}`,
              },
            ],
      ),
    );
    const same = sameAs && controlIn(frameworks, sameAs);
    if (sameAs === undefined || (same !== undefined && same.sameAs === undefined)) return unknown;
    const message =
      same === undefined
        ? `there is no control "${sameAs.control}" in rules/frameworks/${sameAs.framework}.json`
        : 'names a control that is itself the same as another; name that one';
    return [...unknown, { path: renderPath(['controls', id, 'sameAs']), message }];
  });
};

const nouns = { rules: 'rule', tags: 'tag', services: 'folder' } as const;
