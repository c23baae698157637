import type { Control, Deed, Framework } from './framework.ts';
import { type AnyRule, hasConditions, type Rule } from './rule.ts';
import { type Complaint, noSuchFile, whatThereIs } from './rule-references.ts';
import { renderPath } from './schema-issue.ts';

/** Name of the framework -> the framework. */
export type Frameworks = ReadonlyMap<string, Framework>;

/** A rule, and the service that its folder is named after. */
export type PlacedRule = { readonly rule: AnyRule; readonly service: string };

/**
 * Tells of a rule which controls it serves, framework -> controls: those it names, and those whose `servedBy` is true of
 * it. A signal reports nothing, and serves no more than it names.
 */
export const compileControls = (frameworks: Frameworks): ((placed: PlacedRule) => AnyRule['compliance']) => {
  const compiled = [...frameworks].map(
    ([name, { controls }]) =>
      [
        name,
        Object.entries(controls).map(([id, control]) => ({ id, ways: waysToServe(name, id, control, frameworks) })),
      ] as const,
  );
  return ({ rule, service }) => {
    if (rule.signal) return rule.compliance;
    // A rule with a sub-technique has the technique above it too.
    const attack = new Set(rule.attack.flatMap((id) => [id, id.split('.', 1)[0] ?? id]));
    const served = compiled.map(([name, controls]) => {
      const serving = controls.filter(({ ways }) => ways.some((way) => isServed(way, { rule, service, attack })));
      return [name, serving.map(({ id }) => id)] as const;
    });
    return { ...rule.compliance, ...Object.fromEntries(served.filter(([, ids]) => ids.length > 0)) };
  };
};

type Way = { readonly framework: string; readonly id: string; readonly control: Control };
type Candidate = PlacedRule & { readonly attack: ReadonlySet<string> };

/** A control itself and the one that it is the same as; no further, as what a broken framework says may go round in circles. */
const waysToServe = (framework: string, id: string, control: Control, frameworks: Frameworks): readonly Way[] => {
  const { sameAs } = control;
  const same = sameAs && controlIn(frameworks, sameAs);
  return [
    { framework, id, control },
    ...(sameAs === undefined || same === undefined
      ? []
      : [{ framework: sameAs.framework, id: sameAs.control, control: same }]),
  ];
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

const isServed = ({ framework, id, control }: Way, { rule, service, attack }: Candidate): boolean => {
  const { compliance } = rule;
  if (Object.hasOwn(compliance, framework) && compliance[framework]?.includes(id)) return true;
  const { servedBy, events } = control;
  if (servedBy === undefined) return false;
  return (
    servedBy.does?.some((deed) => does[deed](rule)) ||
    servedBy.attack?.some((technique) => attack.has(technique)) ||
    servedBy.services?.includes(service) ||
    servedBy.tags?.some((tag) => rule.tags.includes(tag)) ||
    servedBy.rules?.includes(rule.id) ||
    (servedBy.itsEvents && events !== undefined && hasConditions(rule) && isOnlyAbout(events, rule)) ||
    false
  );
};

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
