import { createHash } from 'node:crypto';

/** An SVG with the first letter of the id on the colour that belongs to it. */
export function letterPicture(id: string, sizePixels: number): Buffer {
  const colour = createHash('sha256').update(id).digest('hex').slice(0, 6);
  const letter = /[\p{L}\p{N}]/u.exec(id)?.[0].toUpperCase() ?? '?';
  const middle = sizePixels / 2;
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${sizePixels}" height="${sizePixels}">`,
    `<rect width="100%" height="100%" fill="#${colour}"/>`,
    `<text x="${middle}" y="${middle}" font-size="${middle}" fill="#fff" text-anchor="middle" dominant-baseline="central">${letter}</text>`,
    '</svg>',
  ];
  return Buffer.from(svg.join(''), 'utf8');
}
