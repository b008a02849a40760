/** Plain data, with marks in place of what each server chooses itself; see `marks.ts`. */
export type Template = null | boolean | number | string | readonly Template[] | { readonly [key: string]: Template };

/** A question to the server and what a real one answered. */
export interface RecordedStep {
  readonly says: string;
  /** Who is logged in; absent is nobody. */
  readonly as?: string;
  /** The browser whose cookies are sent and kept. */
  readonly browser?: string;
  /** Asked of the second server. */
  readonly at?: 'peer';
  /** Method and path; `~` is the front of Talk's API. */
  readonly ask: string;
  /** Without the header that OCS asks for. */
  readonly plain?: true;
  readonly query?: { readonly [key: string]: Template };
  readonly headers?: { readonly [key: string]: string };
  readonly send?: Template;
  /** A body that is no JSON, as base64. */
  readonly bytes?: string;
  /** Somebody speaks while the answer is waited for. */
  readonly meanwhile?: { readonly as: string; readonly message: string };
  readonly status: number;
  /** The headers of the answer that Talk sets; null is any value. */
  readonly answers?: { readonly [key: string]: Template };
  /** What the envelope carries, or the whole body where there is no envelope. Absent: any. */
  readonly data?: Template;
}

export interface Recorded {
  readonly recording: string;
  readonly about: string;
  readonly server: string;
  readonly steps: readonly RecordedStep[];
  /** What the bot was sent meanwhile. */
  readonly webhooks?: readonly Template[];
}
