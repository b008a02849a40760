import { networkName, userId } from '../../model/ids.js';
import type { NetworkDefinition } from '../../model/network-definition.js';
import { MatrixAdapter } from './matrix.adapter.js';
import { puppetRegistrationYaml, registrationYaml } from './matrix.registration.js';
import { type MatrixSettings, matrixSettings } from './matrix.settings.js';
import { matrixRoutes } from './matrix.routes.js';

export const matrixDefinition: NetworkDefinition<MatrixSettings, MatrixAdapter> = {
  network: networkName('matrix'),
  label: 'Matrix',
  settingsSchema: matrixSettings,
  commands: [
    {
      name: 'registration',
      summary: "Prints the file by which the account's homeserver knows Crosstalk.",
      run: registrationYaml,
    },
    {
      name: 'puppet-registration',
      summary:
        'Prints the second file, by which Crosstalk may mark as read for people of the homeserver what they have read elsewhere.',
      run: puppetRegistrationYaml,
    },
  ],
  userIdOf: userId,
  httpRoutes: (adapters) => matrixRoutes(adapters.map(({ source }) => source)),
  create: (context) => new MatrixAdapter(context),
};
