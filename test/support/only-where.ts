/** `it`, for what not every machine can show. Where this one cannot, the spec is skipped and the run says so, and `why`. */
export function onlyWhere(isSo: boolean, why: string): jest.It {
  if (isSo) return it;
  console.warn(`SKIPPED: ${why}`);
  return it.skip;
}
