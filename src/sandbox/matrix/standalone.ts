import { MatrixSandbox } from './matrix-sandbox.js';
import type { AppserviceRegistration } from './registration.js';

/** Starts the sandbox homeserver alone, without people or rooms. Port 0 takes a free one. */
export async function runMatrixSandbox(options: {
  readonly port: number;
  readonly registration?: AppserviceRegistration;
}): Promise<MatrixSandbox> {
  const { port, registration } = options;
  const sandbox = new MatrixSandbox(registration === undefined ? {} : { registration });
  await sandbox.start(port);
  return sandbox;
}
