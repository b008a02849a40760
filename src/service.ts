import 'reflect-metadata';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { AppModule, buildHouse, type House } from './app.module.js';
import type { Log } from './model/network-definition.js';
import { createLog } from './observability/log.js';
import { nestLog } from './observability/nest-log.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './persistence/embedded/embedded-postgres.js';
import { reachable } from './persistence/embedded/database-user.js';
import { chooseDataFolder, makeDataFolder } from './settings/data-folder.js';
import { type FolderLock, lockFolder } from './settings/folder-lock.js';
import { installationKey } from './settings/secret-key.js';
import type { Settings } from './settings/settings.types.js';
import { runs, thisPlace, thisProcess } from './workers/process-identity.js';

export interface RunningService {
  readonly adminUrl: string;
  readonly publicPort: number;
  /** Ends in order, within `delivery.stopWithinMs` and a second. Repeatable. */
  stop(): Promise<void>;
}

/** A port that the settings name is in use. */
export class PortTaken extends Error {}

/** Where the house keeps its things: its own database, made and started if need be, or the one of the settings. */
export interface Ground {
  readonly databaseUrl: string;
  readonly masterKey: Buffer;
  readonly lock: FolderLock | undefined;
  readonly embedded: EmbeddedPostgres | undefined;
}

/** `use`: `serve` takes the data folder for itself; `visit` works beside a service that runs on it. */
export async function prepareGround(settings: Settings, log: Log, use: 'serve' | 'visit'): Promise<Ground> {
  if (settings.database.url !== undefined) {
    const masterKey = await installationKey(settings.secretKey, undefined);
    return { databaseUrl: settings.database.url, masterKey, lock: undefined, embedded: undefined };
  }
  const folder = chooseDataFolder({ asked: settings.dataFolder, project: process.cwd(), reachable });
  await makeDataFolder(folder);
  const processes = { own: thisProcess, isAlive: runs, place: thisPlace() };
  const lock = use === 'serve' ? await lockFolder({ folder, processes }) : undefined;
  const masterKey = await installationKey(settings.secretKey, folder);
  const embedded = await startEmbeddedPostgres({
    folder: join(folder, 'postgres'),
    log: (fields, event) => {
      log.info(fields, event);
    },
  });
  return { databaseUrl: embedded.localUrl, masterKey, lock, embedded };
}

/** Starts the service and resolves when it listens. Networks and rooms are taken up from then on: see /health/ready. */
export async function startService(settings: Settings): Promise<RunningService> {
  const log = createLog(settings.log.level);
  for (const warning of settings.warnings) log.warn({}, warning);
  const ground = await prepareGround(settings, log, 'serve');
  const house = buildHouse({ settings, databaseUrl: ground.databaseUrl, masterKey: ground.masterKey, log });
  const undo: (() => Promise<void>)[] = [() => leaveGround(ground), () => house.database.close()];
  const unwind = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    await house.database.open();
    await house.database.migrate();
    await house.installation.recognise();
    undo.push(() => house.bridge.stop(settings.delivery.stopWithinMs));
    // Networks call back as soon as they are told that we are there.
    const { publicPort, adminUrl } = await listen(house, settings, log, undo);
    await house.announce(adminUrl);
    await house.bridge.start();
    await ground.lock?.announce(adminUrl);
    log.info({}, 'Crosstalk is at work');
    let stopping: Promise<void> | undefined;
    return { adminUrl, publicPort, stop: () => (stopping ??= unwind()) };
  } catch (error) {
    await unwind();
    throw error;
  }
}

async function listen(
  house: House,
  settings: Settings,
  log: Log,
  undo: (() => Promise<void>)[],
): Promise<{ publicPort: number; adminUrl: string }> {
  const { admin, public: open } = settings.listen;
  const app = await NestFactory.create(AppModule.of(house, admin), {
    logger: nestLog(log),
    abortOnError: false,
    // A browser keeps its connections for later: they would keep us from closing.
    forceCloseConnections: true,
  });
  undo.push(() => app.close());
  await named(app.listen(admin.port, admin.host), 'listen.admin.port', admin.port);
  undo.push(() => house.publicListener.close());
  const publicPort = await named(house.publicListener.listen(open.host, open.port), 'listen.public.port', open.port);
  const adminUrl = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  log.info({ adminUrl, publicPort }, 'listening');
  return { publicPort, adminUrl };
}

async function named<T>(listening: Promise<T>, setting: string, port: number): Promise<T> {
  try {
    return await listening;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new PortTaken(`${setting}: port ${String(port)} is in use. Stop what listens there, or set another port.`, {
      cause: error,
    });
  }
}

export async function leaveGround({ embedded, lock }: Ground): Promise<void> {
  await embedded?.stop();
  await lock?.release();
}
