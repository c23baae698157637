import { CloudTrailClient, ListPublicKeysCommand } from '@aws-sdk/client-cloudtrail';

/** The DER of an RSA key in PKCS#1, as CloudTrail gives it out. */
export type PublicKey = { readonly fingerprint: string; readonly der: Uint8Array };

/**
 * The keys with which CloudTrail signed digests of a region since a time; the private half of each is in use for months.
 * https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListPublicKeys.html
 */
export const listPublicKeys = async (region: string, since: Date): Promise<readonly PublicKey[]> => {
  const client = new CloudTrailClient({ region });
  const keys: PublicKey[] = [];
  let next: string | undefined;
  do {
    const { PublicKeyList = [], NextToken } = await client.send(
      new ListPublicKeysCommand({ StartTime: since, NextToken: next }),
    );
    for (const { Fingerprint: fingerprint, Value: der } of PublicKeyList)
      if (fingerprint !== undefined && der !== undefined) keys.push({ fingerprint, der });
    next = NextToken;
  } while (next !== undefined);
  return keys;
};
