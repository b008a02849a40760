import { z } from 'zod';

/** The fields of answers and requests. A field of an answer that is absent or strange is read as nothing: it breaks no answer. */

export const text = z.string().catch('');
export const whole = z.int().catch(0);
export const flag = z.boolean().catch(false);
export const texts = z.array(z.string()).catch([]);
export const wholes = z.array(z.int()).catch([]);
export const maybeText = z.string().nullish().catch(undefined);
export const maybeWhole = z.int().nullish().catch(undefined);
export const maybeFlag = z.boolean().optional().catch(undefined);

/** What answers nothing that is worth reading. */
export const nothing = z.unknown().transform(() => null);

/** Bytes, as they came. */
export const bytes = z.instanceof(Buffer);

/** A map of PHP, which writes an empty one as `[]`. */
export function mapOf<Value extends z.ZodType>(value: Value): z.ZodType<Readonly<Record<string, z.output<Value>>>> {
  return z
    .union([z.array(z.unknown()).length(0), z.record(z.string(), value)])
    .transform((map): Readonly<Record<string, z.output<Value>>> => (Array.isArray(map) ? {} : map));
}

/** In a request: 0 or 1. */
export const zeroOrOne = z.literal([0, 1]);
export const id = z.int().nonnegative();
export const seconds = z.int().nonnegative();
export const permissionSum = z.int().min(0).max(511);
export const flagSum = z.int().min(0).max(15);
/** A file that is sent. */
export const file = z.object({ name: z.string(), mime: z.string(), bytes });
