import { chooseDataFolder } from './data-folder.js';
import { SettingsFaults } from './settings-faults.js';

const everywhere = (): boolean => true;

describe('chooseDataFolder', () => {
  test('what CROSSTALK_DATA names', () => {
    expect(chooseDataFolder({ asked: '/srv/crosstalk', project: '/home/anna/crosstalk', reachable: everywhere })).toBe(
      '/srv/crosstalk',
    );
  });

  test('else ./data of the project', () => {
    expect(chooseDataFolder({ asked: undefined, project: '/home/anna/crosstalk', reachable: everywhere })).toBe(
      '/home/anna/crosstalk/data',
    );
  });

  test('else, where the database cannot reach that, a folder of its own for each project', () => {
    const reachable = (folder: string): boolean => !folder.startsWith('/root');
    expect(chooseDataFolder({ asked: undefined, project: '/root/crosstalk', reachable })).toBe(
      '/var/lib/crosstalk/d272d4a7c935ab18',
    );
    expect(chooseDataFolder({ asked: undefined, project: '/root/other', reachable })).not.toBe(
      '/var/lib/crosstalk/d272d4a7c935ab18',
    );
  });

  test('a named folder out of reach is a fault, not a reason to go elsewhere', () => {
    const choose = (): string => chooseDataFolder({ asked: '/root/data', project: '/srv', reachable: () => false });
    expect(choose).toThrow(SettingsFaults);
    expect(choose).toThrow("CROSSTALK_DATA: names /root/data, which the database's user cannot reach");
  });
});
