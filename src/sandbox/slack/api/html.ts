import type { SandboxAnswer } from '../../http-server.js';

const look = `
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:46rem;margin:0 auto;padding:1rem}
textarea{box-sizing:border-box;width:100%;font:14px/1.4 ui-monospace,monospace}
button,select{margin:.4rem 0;padding:.35rem .9rem;font:inherit}
dl{display:grid;grid-template-columns:minmax(9rem,auto) 1fr;gap:.2rem 1rem}
dd{margin:0}
code{overflow-wrap:anywhere}
.fault{color:#b5352d;white-space:pre-wrap}
@media(prefers-color-scheme:dark){.fault{color:#f0827a}}
@media(max-width:480px){dl{grid-template-columns:1fr}dd{margin-bottom:.4rem}}`;

/** Pure: a page of the server's own. */
export function page(status: number, title: string, html: string): SandboxAnswer {
  const body = `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${escaped(title)}</title><link rel="icon" href="data:,">
<style>${look}</style><body>${html}</body></html>`;
  return { status, headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }, body };
}

/** Pure: sends the browser on after a form. */
export function seeOther(location: string): SandboxAnswer {
  return { status: 303, headers: { location } };
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
