import {
  breakoutMode,
  breakoutStatus,
  callFlags,
  notificationLevel,
  participantType,
  permissionBits,
  recordingState,
  roomType,
  usualPermissions,
  valuesOf,
} from './talk.constants.js';

describe('talk.constants', () => {
  it.each([
    ['room types', roomType, [1, 2, 3, 4, 5, 6]],
    ['participant types', participantType, [1, 2, 3, 4, 5, 6]],
    ['permission bits', permissionBits, [0, 1, 2, 4, 8, 16, 32, 64, 128, 256]],
    ['call flags', callFlags, [0, 1, 2, 4, 8]],
    ['notification levels', notificationLevel, [0, 1, 2, 3]],
    ['recording states', recordingState, [0, 1, 2, 3, 4, 5]],
    ['breakout modes', breakoutMode, [0, 1, 2, 3]],
    ['breakout states', breakoutStatus, [0, 1, 2]],
  ])('%s have the numbers of Talk', (_, names, numbers) => {
    expect(valuesOf(names as Readonly<Record<string, number>>)).toEqual(numbers);
  });

  it('the usual permissions are sums of their bits', () => {
    const { custom, startCall, joinCall, ignoreLobby, audio, video, screen, chat } = permissionBits;
    const ordinary = startCall + joinCall + audio + video + screen + chat;
    expect(usualPermissions.participant).toBe(ordinary);
    expect(usualPermissions.moderator).toBe(ordinary + ignoreLobby);
    expect(usualPermissions.highestDefault).toBe(ordinary + ignoreLobby);
    expect(usualPermissions.highestCustom).toBe(ordinary + ignoreLobby + custom);
  });
});
