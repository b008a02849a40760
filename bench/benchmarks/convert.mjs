import { Child } from '../support/child.mjs';
import { atMost, reported } from '../support/figures.mjs';

const name = 'convert';

/** Each conversion over a text and over one that is ten times as long: linear where the time is at most twelve times as long. */
export async function convert({ sizes }) {
  const child = new Child('conversions.mjs');
  try {
    const rows = [];
    for (const conversion of await child.call('names')) {
      const { perSecond, ratio } = await child.call('measure', conversion, sizes.characters, sizes.conversions);
      rows.push(
        reported(name, `${conversion}: characters per second`, perSecond),
        atMost(name, `${conversion}: time for 10 times the text, by the time for the text`, 12, ratio),
      );
    }
    return rows;
  } finally {
    await child.close();
  }
}
