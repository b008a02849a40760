const raised = new Map(pairs('0123456789+-=()abcdefghijklmnoprstuvwxyz', '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ'));
const lowered = new Map(pairs('0123456789+-=()aehijklmnoprstuvx', '₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ'));

/**
 * Pure: a text as it stands above or below its line, where nothing but text can be shown: `10²` is not `102`. What has no such
 * characters is marked as formulas are typed.
 */
export function standing(where: 'above' | 'below', text: string): string {
  const shown = [...text].map((sign) => (where === 'above' ? raised : lowered).get(sign));
  if (shown.every((sign) => sign !== undefined)) return shown.join('');
  return `${where === 'above' ? '^' : '_'}${[...text].length === 1 ? text : `(${text})`}`;
}

function pairs(plain: string, shown: string): readonly (readonly [string, string])[] {
  const all = [...shown];
  return [...plain].map((sign, index) => [sign, all[index] ?? sign]);
}
