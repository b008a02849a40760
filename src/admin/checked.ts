import { BadRequestException, type PipeTransform } from '@nestjs/common';
import { z } from 'zod';

/** What came, as the schema gives it; 400 with a sentence where it does not fit. */
export class Checked<T> implements PipeTransform<unknown, T> {
  constructor(private readonly schema: z.ZodType<T>) {}

  transform(given: unknown): T {
    // A call without a body asks for what is usual.
    const { success, data, error } = this.schema.safeParse(given ?? {});
    if (success) return data;
    const faults = error.issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': '));
    throw new BadRequestException(`${faults.join('; ')}.`);
  }
}
