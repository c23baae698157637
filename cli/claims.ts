/**
 * Who scans which parcel: a counter for each of the parcels that are open at a time, in memory that all threads see.
 * Whoever is free takes the next, so that no thread waits for another that has the larger files.
 */
export type Claims = Int32Array<SharedArrayBuffer>;

/** More parcels than that are never open at a time. */
const places = 1_024;

export const createClaims = (): Claims => new Int32Array(new SharedArrayBuffer(4 * places)).fill(-1);

/** Opens a parcel to all. */
export const offer = (claims: Claims, parcel: number): void => {
  Atomics.store(claims, parcel % places, parcel);
};

/** Takes a parcel; false where another did. */
export const claim = (claims: Claims, parcel: number): boolean =>
  Atomics.compareExchange(claims, parcel % places, parcel, -1) === parcel;
