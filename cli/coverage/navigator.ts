import type { CoverageReport, Covered } from '../../engine/coverage-report.ts';

/**
 * A layer of the ATT&CK Navigator, format 4.5: the score of a technique is the number of rules that name it or one of its
 * sub-techniques. https://github.com/mitre-attack/attack-navigator/blob/master/layers/LAYERFORMATv4_5.md
 */
export const navigatorLayer = ({ attack, rules }: CoverageReport): object => {
  const all = attack.tactics.flatMap(({ techniques }) => techniques);
  const techniques = [...new Map(all.map((technique) => [technique.id, technique])).values()];
  return {
    name: 'Trailwire',
    description: `Techniques that ${rules} rules of Trailwire find in AWS CloudTrail; the score is the number of rules`,
    domain: 'enterprise-attack',
    versions: { attack: attack.version.split('.', 1)[0], layer: '4.5' },
    filters: { platforms: ['IaaS', 'Identity Provider', 'SaaS', 'Containers'] },
    techniques: techniques.map(renderTechnique),
    gradient: {
      colors: ['#ffffffff', '#8ec843ff'],
      minValue: 0,
      maxValue: Math.max(1, ...techniques.map((technique) => technique.rules.length)),
    },
    legendItems: [{ label: 'no rule; the comment says why', color: '#ffffff' }],
    showTacticRowBackground: false,
    selectTechniquesAcrossTactics: true,
    selectSubtechniquesWithParent: false,
  };
};

const renderTechnique = ({ id, rules, why }: Covered): object => ({
  techniqueID: id,
  score: rules.length,
  comment: why ?? rules.join(', '),
  enabled: true,
  showSubtechniques: true,
});
