/** The pinned version of ATT&CK for Enterprise: https://attack.mitre.org/versions/v19/. */
export const attackVersion = '19.1';

/** Tactic id -> name. Version 19 split Defense Evasion: TA0005 has a new name, and TA0112 is new. */
export const tactics = {
  TA0001: 'Initial Access',
  TA0002: 'Execution',
  TA0003: 'Persistence',
  TA0004: 'Privilege Escalation',
  TA0005: 'Stealth',
  TA0006: 'Credential Access',
  TA0007: 'Discovery',
  TA0008: 'Lateral Movement',
  TA0009: 'Collection',
  TA0010: 'Exfiltration',
  TA0011: 'Command and Control',
  TA0040: 'Impact',
  TA0042: 'Resource Development',
  TA0043: 'Reconnaissance',
  TA0112: 'Defense Impairment',
} as const;

export type TacticId = keyof typeof tactics;

type Technique = { readonly name: string; readonly tactics: readonly TacticId[] };

/** Technique id -> name and tactics; written so short since it is a part of the package. */
const table: Readonly<Record<string, readonly [name: string, ...tactics: TacticId[]]>> = {
  T1005: ['Data from Local System', 'TA0009'],
  T1016: ['System Network Configuration Discovery', 'TA0007'],
  T1020: ['Automated Exfiltration', 'TA0010'],
  T1021: ['Remote Services', 'TA0008'],
  'T1021.004': ['SSH', 'TA0008'],
  'T1021.007': ['Cloud Services', 'TA0008'],
  'T1021.008': ['Direct Cloud VM Connections', 'TA0008'],
  T1037: ['Boot or Logon Initialization Scripts', 'TA0003', 'TA0004'],
  T1040: ['Network Sniffing', 'TA0006', 'TA0007'],
  T1048: ['Exfiltration Over Alternative Protocol', 'TA0010'],
  T1053: ['Scheduled Task/Job', 'TA0002', 'TA0003', 'TA0004'],
  'T1053.007': ['Container Orchestration Job', 'TA0002', 'TA0003', 'TA0004'],
  T1059: ['Command and Scripting Interpreter', 'TA0002'],
  'T1059.004': ['Unix Shell', 'TA0002'],
  'T1059.009': ['Cloud API', 'TA0002'],
  T1069: ['Permission Groups Discovery', 'TA0007'],
  'T1069.003': ['Cloud Groups', 'TA0007'],
  T1070: ['Indicator Removal', 'TA0005'],
  T1074: ['Data Staged', 'TA0009'],
  'T1074.002': ['Remote Data Staging', 'TA0009'],
  T1078: ['Valid Accounts', 'TA0001', 'TA0003', 'TA0004', 'TA0005'],
  'T1078.001': ['Default Accounts', 'TA0001', 'TA0003', 'TA0004', 'TA0005'],
  'T1078.002': ['Domain Accounts', 'TA0001', 'TA0003', 'TA0004', 'TA0005'],
  'T1078.004': ['Cloud Accounts', 'TA0001', 'TA0003', 'TA0004', 'TA0005'],
  T1087: ['Account Discovery', 'TA0007'],
  'T1087.004': ['Cloud Account', 'TA0007'],
  T1098: ['Account Manipulation', 'TA0003', 'TA0004'],
  'T1098.001': ['Additional Cloud Credentials', 'TA0003', 'TA0004'],
  'T1098.003': ['Additional Cloud Roles', 'TA0003', 'TA0004'],
  'T1098.004': ['SSH Authorized Keys', 'TA0003', 'TA0004'],
  'T1098.005': ['Device Registration', 'TA0003', 'TA0004'],
  'T1098.006': ['Additional Container Cluster Roles', 'TA0003', 'TA0004'],
  T1105: ['Ingress Tool Transfer', 'TA0011'],
  T1110: ['Brute Force', 'TA0006'],
  'T1110.001': ['Password Guessing', 'TA0006'],
  'T1110.003': ['Password Spraying', 'TA0006'],
  'T1110.004': ['Credential Stuffing', 'TA0006'],
  T1119: ['Automated Collection', 'TA0009'],
  T1133: ['External Remote Services', 'TA0001', 'TA0003'],
  T1136: ['Create Account', 'TA0003'],
  'T1136.003': ['Cloud Account', 'TA0003'],
  T1190: ['Exploit Public-Facing Application', 'TA0001'],
  T1195: ['Supply Chain Compromise', 'TA0001'],
  'T1195.001': ['Compromise Software Dependencies and Development Tools', 'TA0001'],
  'T1195.002': ['Compromise Software Supply Chain', 'TA0001'],
  T1199: ['Trusted Relationship', 'TA0001'],
  T1201: ['Password Policy Discovery', 'TA0007'],
  T1204: ['User Execution', 'TA0002'],
  T1213: ['Data from Information Repositories', 'TA0009'],
  'T1213.003': ['Code Repositories', 'TA0009'],
  'T1213.006': ['Databases', 'TA0009'],
  T1484: ['Domain or Tenant Policy Modification', 'TA0004', 'TA0112'],
  'T1484.002': ['Trust Modification', 'TA0004', 'TA0112'],
  T1485: ['Data Destruction', 'TA0040'],
  'T1485.001': ['Lifecycle-Triggered Deletion', 'TA0040'],
  T1486: ['Data Encrypted for Impact', 'TA0040'],
  T1489: ['Service Stop', 'TA0040'],
  T1490: ['Inhibit System Recovery', 'TA0040'],
  T1491: ['Defacement', 'TA0040'],
  'T1491.002': ['External Defacement', 'TA0040'],
  T1496: ['Resource Hijacking', 'TA0040'],
  'T1496.001': ['Compute Hijacking', 'TA0040'],
  'T1496.002': ['Bandwidth Hijacking', 'TA0040'],
  'T1496.003': ['SMS Pumping', 'TA0040'],
  'T1496.004': ['Cloud Service Hijacking', 'TA0040'],
  T1498: ['Network Denial of Service', 'TA0040'],
  T1499: ['Endpoint Denial of Service', 'TA0040'],
  T1505: ['Server Software Component', 'TA0003'],
  T1518: ['Software Discovery', 'TA0007'],
  'T1518.001': ['Security Software Discovery', 'TA0007'],
  T1525: ['Implant Internal Image', 'TA0003'],
  T1526: ['Cloud Service Discovery', 'TA0007'],
  T1528: ['Steal Application Access Token', 'TA0006'],
  T1529: ['System Shutdown/Reboot', 'TA0040'],
  T1530: ['Data from Cloud Storage', 'TA0009'],
  T1531: ['Account Access Removal', 'TA0040'],
  T1534: ['Internal Spearphishing', 'TA0008'],
  T1535: ['Unused/Unsupported Cloud Regions', 'TA0005'],
  T1537: ['Transfer Data to Cloud Account', 'TA0010'],
  T1538: ['Cloud Service Dashboard', 'TA0007'],
  T1539: ['Steal Web Session Cookie', 'TA0006'],
  T1546: ['Event Triggered Execution', 'TA0003', 'TA0004'],
  T1548: ['Abuse Elevation Control Mechanism', 'TA0004'],
  'T1548.005': ['Temporary Elevated Cloud Access', 'TA0004'],
  T1550: ['Use Alternate Authentication Material', 'TA0008'],
  'T1550.001': ['Application Access Token', 'TA0008'],
  'T1550.004': ['Web Session Cookie', 'TA0008'],
  T1552: ['Unsecured Credentials', 'TA0006'],
  'T1552.001': ['Credentials In Files', 'TA0006'],
  'T1552.004': ['Private Keys', 'TA0006'],
  'T1552.005': ['Cloud Instance Metadata API', 'TA0006'],
  'T1552.007': ['Container API', 'TA0006'],
  T1555: ['Credentials from Password Stores', 'TA0006'],
  'T1555.006': ['Cloud Secrets Management Stores', 'TA0006'],
  T1556: ['Modify Authentication Process', 'TA0003', 'TA0112', 'TA0006'],
  'T1556.006': ['Multi-Factor Authentication', 'TA0003', 'TA0112', 'TA0006'],
  'T1556.009': ['Conditional Access Policies', 'TA0003', 'TA0112', 'TA0006'],
  T1557: ['Adversary-in-the-Middle', 'TA0006', 'TA0009'],
  T1565: ['Data Manipulation', 'TA0040'],
  'T1565.001': ['Stored Data Manipulation', 'TA0040'],
  'T1565.003': ['Runtime Data Manipulation', 'TA0040'],
  T1567: ['Exfiltration Over Web Service', 'TA0010'],
  'T1567.002': ['Exfiltration to Cloud Storage', 'TA0010'],
  T1572: ['Protocol Tunneling', 'TA0011'],
  T1574: ['Hijack Execution Flow', 'TA0002', 'TA0005'],
  T1578: ['Modify Cloud Compute Infrastructure', 'TA0112'],
  'T1578.001': ['Create Snapshot', 'TA0112'],
  'T1578.002': ['Create Cloud Instance', 'TA0112'],
  'T1578.003': ['Delete Cloud Instance', 'TA0112'],
  'T1578.004': ['Revert Cloud Instance', 'TA0112'],
  'T1578.005': ['Modify Cloud Compute Configurations', 'TA0112'],
  T1580: ['Cloud Infrastructure Discovery', 'TA0007'],
  T1583: ['Acquire Infrastructure', 'TA0042'],
  'T1583.001': ['Domains', 'TA0042'],
  'T1583.006': ['Web Services', 'TA0042'],
  T1584: ['Compromise Infrastructure', 'TA0042'],
  'T1584.001': ['Domains', 'TA0042'],
  T1599: ['Network Boundary Bridging', 'TA0112'],
  T1606: ['Forge Web Credentials', 'TA0006'],
  'T1606.002': ['SAML Tokens', 'TA0006'],
  T1608: ['Stage Capabilities', 'TA0042'],
  T1609: ['Container Administration Command', 'TA0002'],
  T1610: ['Deploy Container', 'TA0002'],
  T1613: ['Container and Resource Discovery', 'TA0007'],
  T1619: ['Cloud Storage Object Discovery', 'TA0007'],
  T1621: ['Multi-Factor Authentication Request Generation', 'TA0006'],
  T1648: ['Serverless Execution', 'TA0002'],
  T1651: ['Cloud Administration Command', 'TA0002'],
  T1654: ['Log Enumeration', 'TA0007'],
  T1657: ['Financial Theft', 'TA0040'],
  T1666: ['Modify Cloud Resource Hierarchy', 'TA0112'],
  T1671: ['Cloud Application Integration', 'TA0003'],
  T1685: ['Disable or Modify Tools', 'TA0112'],
  'T1685.001': ['Disable or Modify Windows Event Log', 'TA0112'],
  'T1685.002': ['Disable or Modify Cloud Log', 'TA0112'],
  'T1685.003': ['Modify or Spoof Tool UI', 'TA0112'],
  'T1685.004': ['Disable or Modify Linux Audit System Log', 'TA0112'],
  'T1685.005': ['Clear Windows Event Logs', 'TA0112'],
  'T1685.006': ['Clear Linux or Mac System Logs', 'TA0112'],
  T1686: ['Disable or Modify System Firewall', 'TA0112'],
  'T1686.001': ['Cloud Firewall', 'TA0112'],
  'T1686.002': ['Network Device Firewall', 'TA0112'],
  T1688: ['Safe Mode Boot', 'TA0112'],
  T1689: ['Downgrade Attack', 'TA0112'],
  T1690: ['Prevent Command History Logging', 'TA0112'],
};

/** Technique id -> name and tactics, of those that leave traces in CloudTrail, and of all that succeed a retired one. */
export const techniques: Readonly<Record<string, Technique>> = Object.fromEntries(
  Object.entries(table).map(([id, [name, ...serves]]) => [id, { name, tactics: serves }]),
);

/** Technique id of an earlier version -> the one that replaced it. */
export const retired: Readonly<Record<string, string>> = {
  'T1070.001': 'T1685.005',
  'T1070.002': 'T1685.006',
  T1522: 'T1552.005',
  T1527: 'T1550.001',
  T1536: 'T1578.004',
  T1562: 'T1685',
  'T1562.001': 'T1685',
  'T1562.002': 'T1685.001',
  'T1562.003': 'T1690',
  'T1562.004': 'T1686',
  'T1562.006': 'T1685',
  'T1562.007': 'T1686.001',
  'T1562.008': 'T1685.002',
  'T1562.009': 'T1688',
  'T1562.010': 'T1689',
  'T1562.011': 'T1685.003',
  'T1562.012': 'T1685.004',
  'T1562.013': 'T1686.002',
};

type Named = { readonly uid: string; readonly name: string };

/** OCSF's attack object: https://schema.ocsf.io/1.9.0/objects/attack. */
export type Attack = {
  readonly version: string;
  readonly tactic?: Named;
  readonly technique: Named;
  readonly sub_technique?: Named;
};

const techniqueOf = (id: string): Technique => {
  const technique = Object.hasOwn(techniques, id) ? techniques[id] : undefined;
  if (technique === undefined) throw new TypeError(`"${id}" is not a technique of ATT&CK ${attackVersion} known here`);
  return technique;
};

/**
 * The OCSF attack object of a technique or sub-technique. The tactic is named where there is only one: which of its
 * four purposes a use of `T1078.004` serves, the rule does not know.
 */
export const attackOf = (id: string): Attack => {
  const technique = techniqueOf(id);
  const parent = id.split('.')[0] as string;
  const [tactic, ...others] = technique.tactics;
  const named = { uid: id, name: technique.name };
  return {
    version: attackVersion,
    ...(tactic === undefined || others.length > 0 ? {} : { tactic: { uid: tactic, name: tactics[tactic] } }),
    ...(parent === id
      ? { technique: named }
      : { technique: { uid: parent, name: techniqueOf(parent).name }, sub_technique: named }),
  };
};
