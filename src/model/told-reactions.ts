/**
 * A reaction that a room has no emoji for may be said there in words: in a message of its own, which is a part of the message that it is
 * about, and deleted with that. Their parts are numbered from here.
 */
export const firstToldPart = 2000;
