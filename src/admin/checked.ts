import { BadRequestException, type PipeTransform } from '@nestjs/common';
import { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** What came, as the schema gives it; 400 with a sentence where it does not fit. */
export class Checked<T> implements PipeTransform<unknown, T> {
  /** `what`: the name of what is checked, where it is a single value. */
  constructor(
    private readonly schema: z.ZodType<T>,
    private readonly what?: string,
  ) {}

  transform(given: unknown): T {
    // A call without a body asks for what is usual.
    const { success, data, error } = this.schema.safeParse(given ?? {});
    if (success) return data;
    const faults = error.issues.flatMap(nearest).map(({ path, message }) => {
      const where = [...(this.what === undefined ? [] : [this.what]), ...path].join('.');
      return where === '' ? message : `${where}: ${message}`;
    });
    throw new BadRequestException(`${faults.join('; ')}.`);
  }
}

/** Of a choice, what is wrong with the one that was meant; the choice's own words where that cannot be told. */
function nearest(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const meant = issue.errors.filter((issues) => !issues.some(isOfAnother));
  return meant.length === 1 ? (meant[0] ?? []) : [issue];
}

/** A key that it does not have: another choice may have been meant. */
function isOfAnother({ code }: Issue): boolean {
  return code === 'unrecognized_keys';
}
