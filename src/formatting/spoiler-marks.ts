/** Pure: what stands before and behind what is hidden elsewhere, where a network hides nothing: readers see where it begins and ends. */
export function spoilerMarks({ reason }: { readonly reason?: string }): readonly [before: string, behind: string] {
  return [`[spoiler${reason === undefined ? '' : `: ${reason}`}] `, ' [/spoiler]'];
}
