// Loaded into the service before it starts (`node --import`): a conversion with a fault. What says UNCONVERTIBLE cannot be read.
import { register } from 'node:module';

const source = `
export async function load(url, context, next) {
  const loaded = await next(url, context);
  if (!url.endsWith('/pipeline/interpret.js')) return loaded;
  const text = String(loaded.source);
  const broken = text.replace(
    'return adapter.read(',
    "if (Buffer.from(body).includes('UNCONVERTIBLE')) throw new Error('a conversion has a fault'); return adapter.read(",
  );
  if (broken === text) throw new Error('the place of the fault was not found');
  return { ...loaded, source: broken };
}`;
register(`data:text/javascript,${encodeURIComponent(source)}`);
