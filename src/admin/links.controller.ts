import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { type Change, LinkChanges } from '../links/link-changes.js';
import { type LinkStatus, StatusRepository } from '../persistence/status.repository.js';
import {
  linkBody,
  linkName,
  type LinkBody,
  listQuery,
  type ListQuery,
  resumeBody,
  type ResumeBody,
  unlinkQuery,
  type UnlinkQuery,
} from './api.schemas.js';
import { Checked } from './checked.js';
import { roomChoice, wishOf } from './link-words.js';

const checkedName = new Checked(linkName, 'the name of the link');

/** The verbs of links, as the command line has them. */
@Controller('api/links')
export class LinksController {
  constructor(
    private readonly status: StatusRepository,
    private readonly changes: LinkChanges,
  ) {}

  @Get()
  list(@Query(new Checked(listQuery)) { all }: ListQuery): Promise<LinkStatus[]> {
    return this.status.links(all === 'true' ? 'all' : 'not ended');
  }

  @Put(':name')
  link(
    @Param('name', checkedName) name: string,
    @Body(new Checked(linkBody)) body: LinkBody,
  ): ReturnType<LinkChanges['link']> {
    return this.changes.link(wishOf(name, body));
  }

  @Delete(':name')
  async unlink(
    @Param('name', checkedName) name: string,
    @Query(new Checked(unlinkQuery)) query: UnlinkQuery,
  ): Promise<{ change: Change }> {
    return { change: await this.changes.unlink(name, roomChoice(query)) };
  }

  @Post(':name/relink')
  @HttpCode(200)
  async relink(@Param('name', checkedName) name: string): Promise<{ change: Change }> {
    return { change: await this.changes.relink(name) };
  }

  @Post(':name/pause')
  @HttpCode(200)
  async pause(@Param('name', checkedName) name: string): Promise<{ change: Change }> {
    return { change: await this.changes.pause(name) };
  }

  @Post(':name/resume')
  @HttpCode(200)
  async resume(
    @Param('name', checkedName) name: string,
    @Body(new Checked(resumeBody)) { from }: ResumeBody,
  ): Promise<{ change: Change }> {
    return { change: await this.changes.resume(name, from) };
  }
}
