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

/** Technique id -> name and tactics, of those that leave traces in CloudTrail, and of all that succeed a retired one. */
export const techniques: Readonly<Record<string, Technique>> = {
  T1005: { name: 'Data from Local System', tactics: ['TA0009'] },
  T1016: { name: 'System Network Configuration Discovery', tactics: ['TA0007'] },
  T1020: { name: 'Automated Exfiltration', tactics: ['TA0010'] },
  T1021: { name: 'Remote Services', tactics: ['TA0008'] },
  'T1021.004': { name: 'SSH', tactics: ['TA0008'] },
  'T1021.007': { name: 'Cloud Services', tactics: ['TA0008'] },
  'T1021.008': { name: 'Direct Cloud VM Connections', tactics: ['TA0008'] },
  T1037: { name: 'Boot or Logon Initialization Scripts', tactics: ['TA0003', 'TA0004'] },
  T1040: { name: 'Network Sniffing', tactics: ['TA0006', 'TA0007'] },
  T1048: { name: 'Exfiltration Over Alternative Protocol', tactics: ['TA0010'] },
  T1053: { name: 'Scheduled Task/Job', tactics: ['TA0002', 'TA0003', 'TA0004'] },
  'T1053.007': { name: 'Container Orchestration Job', tactics: ['TA0002', 'TA0003', 'TA0004'] },
  T1059: { name: 'Command and Scripting Interpreter', tactics: ['TA0002'] },
  'T1059.004': { name: 'Unix Shell', tactics: ['TA0002'] },
  'T1059.009': { name: 'Cloud API', tactics: ['TA0002'] },
  T1069: { name: 'Permission Groups Discovery', tactics: ['TA0007'] },
  'T1069.003': { name: 'Cloud Groups', tactics: ['TA0007'] },
  T1070: { name: 'Indicator Removal', tactics: ['TA0005'] },
  T1074: { name: 'Data Staged', tactics: ['TA0009'] },
  'T1074.002': { name: 'Remote Data Staging', tactics: ['TA0009'] },
  T1078: { name: 'Valid Accounts', tactics: ['TA0001', 'TA0003', 'TA0004', 'TA0005'] },
  'T1078.001': { name: 'Default Accounts', tactics: ['TA0001', 'TA0003', 'TA0004', 'TA0005'] },
  'T1078.002': { name: 'Domain Accounts', tactics: ['TA0001', 'TA0003', 'TA0004', 'TA0005'] },
  'T1078.004': { name: 'Cloud Accounts', tactics: ['TA0001', 'TA0003', 'TA0004', 'TA0005'] },
  T1087: { name: 'Account Discovery', tactics: ['TA0007'] },
  'T1087.004': { name: 'Cloud Account', tactics: ['TA0007'] },
  T1098: { name: 'Account Manipulation', tactics: ['TA0003', 'TA0004'] },
  'T1098.001': { name: 'Additional Cloud Credentials', tactics: ['TA0003', 'TA0004'] },
  'T1098.003': { name: 'Additional Cloud Roles', tactics: ['TA0003', 'TA0004'] },
  'T1098.004': { name: 'SSH Authorized Keys', tactics: ['TA0003', 'TA0004'] },
  'T1098.005': { name: 'Device Registration', tactics: ['TA0003', 'TA0004'] },
  'T1098.006': { name: 'Additional Container Cluster Roles', tactics: ['TA0003', 'TA0004'] },
  T1105: { name: 'Ingress Tool Transfer', tactics: ['TA0011'] },
  T1110: { name: 'Brute Force', tactics: ['TA0006'] },
  'T1110.001': { name: 'Password Guessing', tactics: ['TA0006'] },
  'T1110.003': { name: 'Password Spraying', tactics: ['TA0006'] },
  'T1110.004': { name: 'Credential Stuffing', tactics: ['TA0006'] },
  T1119: { name: 'Automated Collection', tactics: ['TA0009'] },
  T1133: { name: 'External Remote Services', tactics: ['TA0001', 'TA0003'] },
  T1136: { name: 'Create Account', tactics: ['TA0003'] },
  'T1136.003': { name: 'Cloud Account', tactics: ['TA0003'] },
  T1190: { name: 'Exploit Public-Facing Application', tactics: ['TA0001'] },
  T1195: { name: 'Supply Chain Compromise', tactics: ['TA0001'] },
  'T1195.001': { name: 'Compromise Software Dependencies and Development Tools', tactics: ['TA0001'] },
  'T1195.002': { name: 'Compromise Software Supply Chain', tactics: ['TA0001'] },
  T1199: { name: 'Trusted Relationship', tactics: ['TA0001'] },
  T1201: { name: 'Password Policy Discovery', tactics: ['TA0007'] },
  T1204: { name: 'User Execution', tactics: ['TA0002'] },
  T1213: { name: 'Data from Information Repositories', tactics: ['TA0009'] },
  'T1213.003': { name: 'Code Repositories', tactics: ['TA0009'] },
  'T1213.006': { name: 'Databases', tactics: ['TA0009'] },
  T1484: { name: 'Domain or Tenant Policy Modification', tactics: ['TA0004', 'TA0112'] },
  'T1484.002': { name: 'Trust Modification', tactics: ['TA0004', 'TA0112'] },
  T1485: { name: 'Data Destruction', tactics: ['TA0040'] },
  'T1485.001': { name: 'Lifecycle-Triggered Deletion', tactics: ['TA0040'] },
  T1486: { name: 'Data Encrypted for Impact', tactics: ['TA0040'] },
  T1489: { name: 'Service Stop', tactics: ['TA0040'] },
  T1490: { name: 'Inhibit System Recovery', tactics: ['TA0040'] },
  T1491: { name: 'Defacement', tactics: ['TA0040'] },
  'T1491.002': { name: 'External Defacement', tactics: ['TA0040'] },
  T1496: { name: 'Resource Hijacking', tactics: ['TA0040'] },
  'T1496.001': { name: 'Compute Hijacking', tactics: ['TA0040'] },
  'T1496.002': { name: 'Bandwidth Hijacking', tactics: ['TA0040'] },
  'T1496.003': { name: 'SMS Pumping', tactics: ['TA0040'] },
  'T1496.004': { name: 'Cloud Service Hijacking', tactics: ['TA0040'] },
  T1498: { name: 'Network Denial of Service', tactics: ['TA0040'] },
  T1499: { name: 'Endpoint Denial of Service', tactics: ['TA0040'] },
  T1505: { name: 'Server Software Component', tactics: ['TA0003'] },
  T1518: { name: 'Software Discovery', tactics: ['TA0007'] },
  'T1518.001': { name: 'Security Software Discovery', tactics: ['TA0007'] },
  T1525: { name: 'Implant Internal Image', tactics: ['TA0003'] },
  T1526: { name: 'Cloud Service Discovery', tactics: ['TA0007'] },
  T1528: { name: 'Steal Application Access Token', tactics: ['TA0006'] },
  T1529: { name: 'System Shutdown/Reboot', tactics: ['TA0040'] },
  T1530: { name: 'Data from Cloud Storage', tactics: ['TA0009'] },
  T1531: { name: 'Account Access Removal', tactics: ['TA0040'] },
  T1534: { name: 'Internal Spearphishing', tactics: ['TA0008'] },
  T1535: { name: 'Unused/Unsupported Cloud Regions', tactics: ['TA0005'] },
  T1537: { name: 'Transfer Data to Cloud Account', tactics: ['TA0010'] },
  T1538: { name: 'Cloud Service Dashboard', tactics: ['TA0007'] },
  T1539: { name: 'Steal Web Session Cookie', tactics: ['TA0006'] },
  T1546: { name: 'Event Triggered Execution', tactics: ['TA0003', 'TA0004'] },
  T1548: { name: 'Abuse Elevation Control Mechanism', tactics: ['TA0004'] },
  'T1548.005': { name: 'Temporary Elevated Cloud Access', tactics: ['TA0004'] },
  T1550: { name: 'Use Alternate Authentication Material', tactics: ['TA0008'] },
  'T1550.001': { name: 'Application Access Token', tactics: ['TA0008'] },
  'T1550.004': { name: 'Web Session Cookie', tactics: ['TA0008'] },
  T1552: { name: 'Unsecured Credentials', tactics: ['TA0006'] },
  'T1552.001': { name: 'Credentials In Files', tactics: ['TA0006'] },
  'T1552.004': { name: 'Private Keys', tactics: ['TA0006'] },
  'T1552.005': { name: 'Cloud Instance Metadata API', tactics: ['TA0006'] },
  'T1552.007': { name: 'Container API', tactics: ['TA0006'] },
  T1555: { name: 'Credentials from Password Stores', tactics: ['TA0006'] },
  'T1555.006': { name: 'Cloud Secrets Management Stores', tactics: ['TA0006'] },
  T1556: { name: 'Modify Authentication Process', tactics: ['TA0003', 'TA0112', 'TA0006'] },
  'T1556.006': { name: 'Multi-Factor Authentication', tactics: ['TA0003', 'TA0112', 'TA0006'] },
  'T1556.009': { name: 'Conditional Access Policies', tactics: ['TA0003', 'TA0112', 'TA0006'] },
  T1557: { name: 'Adversary-in-the-Middle', tactics: ['TA0006', 'TA0009'] },
  T1565: { name: 'Data Manipulation', tactics: ['TA0040'] },
  'T1565.001': { name: 'Stored Data Manipulation', tactics: ['TA0040'] },
  'T1565.003': { name: 'Runtime Data Manipulation', tactics: ['TA0040'] },
  T1567: { name: 'Exfiltration Over Web Service', tactics: ['TA0010'] },
  'T1567.002': { name: 'Exfiltration to Cloud Storage', tactics: ['TA0010'] },
  T1572: { name: 'Protocol Tunneling', tactics: ['TA0011'] },
  T1574: { name: 'Hijack Execution Flow', tactics: ['TA0002', 'TA0005'] },
  T1578: { name: 'Modify Cloud Compute Infrastructure', tactics: ['TA0112'] },
  'T1578.001': { name: 'Create Snapshot', tactics: ['TA0112'] },
  'T1578.002': { name: 'Create Cloud Instance', tactics: ['TA0112'] },
  'T1578.003': { name: 'Delete Cloud Instance', tactics: ['TA0112'] },
  'T1578.004': { name: 'Revert Cloud Instance', tactics: ['TA0112'] },
  'T1578.005': { name: 'Modify Cloud Compute Configurations', tactics: ['TA0112'] },
  T1580: { name: 'Cloud Infrastructure Discovery', tactics: ['TA0007'] },
  T1583: { name: 'Acquire Infrastructure', tactics: ['TA0042'] },
  'T1583.001': { name: 'Domains', tactics: ['TA0042'] },
  'T1583.006': { name: 'Web Services', tactics: ['TA0042'] },
  T1584: { name: 'Compromise Infrastructure', tactics: ['TA0042'] },
  'T1584.001': { name: 'Domains', tactics: ['TA0042'] },
  T1599: { name: 'Network Boundary Bridging', tactics: ['TA0112'] },
  T1606: { name: 'Forge Web Credentials', tactics: ['TA0006'] },
  'T1606.002': { name: 'SAML Tokens', tactics: ['TA0006'] },
  T1608: { name: 'Stage Capabilities', tactics: ['TA0042'] },
  T1609: { name: 'Container Administration Command', tactics: ['TA0002'] },
  T1610: { name: 'Deploy Container', tactics: ['TA0002'] },
  T1613: { name: 'Container and Resource Discovery', tactics: ['TA0007'] },
  T1619: { name: 'Cloud Storage Object Discovery', tactics: ['TA0007'] },
  T1621: { name: 'Multi-Factor Authentication Request Generation', tactics: ['TA0006'] },
  T1648: { name: 'Serverless Execution', tactics: ['TA0002'] },
  T1651: { name: 'Cloud Administration Command', tactics: ['TA0002'] },
  T1654: { name: 'Log Enumeration', tactics: ['TA0007'] },
  T1657: { name: 'Financial Theft', tactics: ['TA0040'] },
  T1666: { name: 'Modify Cloud Resource Hierarchy', tactics: ['TA0112'] },
  T1671: { name: 'Cloud Application Integration', tactics: ['TA0003'] },
  T1685: { name: 'Disable or Modify Tools', tactics: ['TA0112'] },
  'T1685.001': { name: 'Disable or Modify Windows Event Log', tactics: ['TA0112'] },
  'T1685.002': { name: 'Disable or Modify Cloud Log', tactics: ['TA0112'] },
  'T1685.003': { name: 'Modify or Spoof Tool UI', tactics: ['TA0112'] },
  'T1685.004': { name: 'Disable or Modify Linux Audit System Log', tactics: ['TA0112'] },
  'T1685.005': { name: 'Clear Windows Event Logs', tactics: ['TA0112'] },
  'T1685.006': { name: 'Clear Linux or Mac System Logs', tactics: ['TA0112'] },
  T1686: { name: 'Disable or Modify System Firewall', tactics: ['TA0112'] },
  'T1686.001': { name: 'Cloud Firewall', tactics: ['TA0112'] },
  'T1686.002': { name: 'Network Device Firewall', tactics: ['TA0112'] },
  T1688: { name: 'Safe Mode Boot', tactics: ['TA0112'] },
  T1689: { name: 'Downgrade Attack', tactics: ['TA0112'] },
  T1690: { name: 'Prevent Command History Logging', tactics: ['TA0112'] },
};

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
