import { Controller, Get, Header, NotFoundException, Param, StreamableFile } from '@nestjs/common';
import { type PageFile, PageFiles } from './page-files.js';

/** The operator's page: empty until it has a token to ask the API with. */
@Controller()
export class PageController {
  constructor(private readonly files: PageFiles) {}

  @Get()
  @Header('cache-control', 'no-cache')
  page(): StreamableFile {
    return streamed(this.files.page, 'The page is not built: `npm run build` makes it.');
  }

  /** Their names change with what is in them. */
  @Get('assets/:name')
  @Header('cache-control', 'public, max-age=31536000, immutable')
  asset(@Param('name') name: string): StreamableFile {
    return streamed(this.files.asset(name), 'There is nothing here.');
  }
}

function streamed(file: PageFile | undefined, otherwise: string): StreamableFile {
  if (file === undefined) throw new NotFoundException(otherwise);
  return new StreamableFile(file.bytes, { type: file.type, length: file.bytes.length });
}
