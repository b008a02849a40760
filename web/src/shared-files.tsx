import type { PageFile, SideName } from '../../src/sandbox/page.types.js';
import { bytesInWords } from '../../src/formatting/bytes-in-words.js';
import { texts } from './language-in-use.js';
import { fileAddress } from './page-api.js';

/** What the sandbox answers as a picture; anything else that calls itself one is a file. */
const pictures = /^image\/(?:png|jpeg|gif|webp|avif|bmp)$/;
const tallest = 260;

/** The files of a message: pictures are seen, sounds and films played, all others fetched. */
export function SharedFiles({
  side,
  files,
  isActive,
}: {
  readonly side: SideName;
  readonly files: readonly PageFile[];
  /** Whether they are in the order of the Tab key. */
  readonly isActive: boolean;
}) {
  return (
    <ul class="files">
      {files.map((file) => (
        <li key={file.id}>
          <Shown file={file} address={fileAddress(side, file.id)} tabIndex={isActive ? 0 : -1} />
        </li>
      ))}
    </ul>
  );
}

function Shown({
  file,
  address,
  tabIndex,
}: {
  readonly file: PageFile;
  readonly address: string;
  readonly tabIndex: number;
}) {
  const { name, mime, bytes, isVoice, size } = file;
  if (pictures.test(mime)) {
    // Its place is kept while it is on its way.
    const scale = size === undefined ? 1 : Math.min(1, tallest / size.height);
    const place = size === undefined ? {} : { width: size.width * scale, height: size.height * scale };
    return (
      <a href={address} target="_blank" rel="noreferrer" class="picture" tabIndex={tabIndex}>
        <img src={address} alt={name} title={name} loading="lazy" {...place} />
      </a>
    );
  }
  if (mime.startsWith('audio/')) {
    return (
      <figure>
        <figcaption>{isVoice === true ? `🎙️ ${texts.voiceMessage}` : name}</figcaption>
        <audio controls preload="metadata" src={address} aria-label={name} tabIndex={tabIndex} />
      </figure>
    );
  }
  if (mime.startsWith('video/'))
    return <video controls preload="metadata" src={address} aria-label={name} tabIndex={tabIndex} />;
  return (
    <a href={address} download={name} class="file" tabIndex={tabIndex}>
      <span aria-hidden="true">📎</span>
      <span>
        <span class="name">{name}</span> <span class="quiet">{bytesInWords(bytes)}</span>
      </span>
    </a>
  );
}
