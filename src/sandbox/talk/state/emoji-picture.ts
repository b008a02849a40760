const sizePixels = 512;

/** An SVG with the emoji on one colour, six hexadecimal digits. */
export function emojiPicture(emoji: string, background: string): Buffer {
  const middle = sizePixels / 2;
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${sizePixels}" height="${sizePixels}">`,
    `<rect width="100%" height="100%" fill="#${background}"/>`,
    `<text x="${middle}" y="${middle}" font-size="${middle}" text-anchor="middle" dominant-baseline="central">${emoji}</text>`,
    '</svg>',
  ];
  return Buffer.from(svg.join(''), 'utf8');
}
