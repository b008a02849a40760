/** A point on the earth, in degrees of WGS 84. */
export interface Location {
  readonly latitude: number;
  readonly longitude: number;
  /** What its sender calls it; absent: nothing. */
  readonly name?: string;
}
