import type { Inline } from '../model/rich-text.js';
import type { Location } from '../model/location.js';

/** Source: RFC 5870; parameters, the uncertainty among them, come behind. */
const geo = /^geo:(-?\d{1,3}(?:\.\d{1,20})?),(-?\d{1,3}(?:\.\d{1,20})?)(?:,-?[\d.]+)?(?:;.*)?$/i;

/** Pure: the point that a `geo:` address names; undefined where it names none on the earth. */
export function locationIn(address: string): Location | undefined {
  const [, latitude, longitude] = geo.exec(address.trim()) ?? [];
  return locationAt(latitude, longitude);
}

/** Pure: a point by its two numbers as text. */
export function locationAt(latitude: string | undefined, longitude: string | undefined): Location | undefined {
  if (latitude === undefined || longitude === undefined || latitude.trim() === '' || longitude.trim() === '') {
    return undefined;
  }
  const point = { latitude: Number(latitude), longitude: Number(longitude) };
  // What is no number is on no side of these.
  return Math.abs(point.latitude) <= 90 && Math.abs(point.longitude) <= 180 ? point : undefined;
}

/** Pure: its `geo:` address. */
export function geoAddress({ latitude, longitude }: Location): string {
  return `geo:${decimal(latitude)},${decimal(longitude)}`;
}

/** Pure: what people call it, else where it is. */
export function locationName({ latitude, longitude, name }: Location): string {
  return name ?? `${decimal(latitude)}, ${decimal(longitude)}`;
}

/** Pure: a link to a map, for where none is shown. */
export function mapLink(location: Location): Inline {
  const at = `mlat=${decimal(location.latitude)}&mlon=${decimal(location.longitude)}`;
  return {
    type: 'link',
    url: `https://www.openstreetmap.org/?${at}`,
    content: [{ type: 'text', text: `📍 ${locationName(location)}` }],
  };
}

/** Never as a power of ten; a ten-millionth of a degree is a centimetre. */
function decimal(degrees: number): string {
  return degrees
    .toFixed(7)
    .replace(/\.?0+$/, '')
    .replace(/^-0$/, '0');
}
