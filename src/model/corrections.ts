/** A correction says what an edit could not change any more; its parts are numbered from here. */
export const firstCorrection = 1000;
