import type { Note, PageServiceState, RefusalKind, SideName, WayStep } from '../../src/sandbox/page.types.js';
import type { Language } from '../shared/language.js';

/** Every word of the page. */
export interface Texts {
  readonly title: string;
  readonly subtitle: string;
  /** What people call the networks, shortly. */
  readonly networks: Readonly<Record<SideName, string>>;
  readonly waitingForSandbox: string;
  readonly wrongAddress: string;
  readonly wrongAddressMore: string;
  readonly connecting: string;
  readonly lost: string;
  readonly lostMore: string;
  readonly locked: string;
  /** They run, and no service of the sandbox's own beside them. */
  readonly serversAlone: string;
  readonly service: Readonly<Record<PageServiceState, string>>;
  readonly way: {
    readonly title: string;
    readonly nothing: string;
    readonly steps: Readonly<Record<WayStep, string>>;
    readonly hints: Readonly<Record<WayStep, string>>;
    readonly waits: string;
    readonly total: (time: string) => string;
    readonly from: (author: string, network: string) => string;
  };
  readonly kill: {
    readonly button: string;
    readonly title: string;
    readonly invitation: string;
    readonly gone: (process: number) => string;
    readonly restarting: string;
    readonly back: (process: number, seconds: string) => string;
    readonly allThere: string;
    readonly counts: string;
    readonly written: string;
    readonly in: (network: string) => string;
    readonly copies: string;
    readonly waiting: string;
    readonly lost: string;
    readonly doubled: string;
    readonly refused: string;
  };
  readonly sides: string;
  readonly unseen: string;
  readonly members: (count: number) => string;
  readonly messagesOf: (network: string) => string;
  readonly newest: string;
  readonly nothingYet: string;
  readonly nothingMore: (here: string, there: string) => string;
  readonly nothingElsewhere: (here: string) => string;
  readonly inNetwork: (names: string, network: string) => string;
  readonly or: string;
  readonly and: string;
  readonly edited: string;
  /** Slack's mark of what an app posted. */
  readonly app: string;
  /** Slack's, on what one person alone is shown. */
  readonly onlyYou: string;
  readonly replies: (count: number) => string;
  readonly deleted: string;
  readonly replyTo: (name: string) => string;
  readonly unknownMessage: string;
  readonly onItsWay: (network: string) => string;
  readonly arrivedIn: (network: string) => string;
  readonly acts: { readonly of: (name: string) => string } & Readonly<
    Record<'react' | 'reply' | 'edit' | 'delete' | 'close', string>
  >;
  readonly reactWith: (emoji: string) => string;
  readonly reactedBy: (emoji: string, names: string) => string;
  readonly spoiler: string;
  readonly done: string;
  readonly open: string;
  readonly writeAs: string;
  readonly writeAsPerson: (name: string) => string;
  readonly messageAs: (name: string) => string;
  readonly attach: string;
  readonly poll: {
    /** What a poll is called that asks this. */
    readonly of: (question: string) => string;
    readonly ask: string;
    readonly askNow: string;
    readonly question: string;
    readonly option: (number: number) => string;
    readonly several: string;
    readonly upTo: (most: number) => string;
    readonly hidden: string;
    readonly vote: string;
    readonly change: string;
    readonly takeBack: string;
    readonly end: string;
    readonly votes: (count: number) => string;
    readonly voters: (count: number) => string;
    readonly over: string;
    readonly secret: string;
    readonly notSeen: string;
  };
  readonly thread: {
    readonly word: string;
    readonly begin: string;
    readonly title: string;
    readonly under: string;
    readonly replying: (name: string) => string;
    readonly goTo: (title: string) => string;
  };
  readonly voiceMessage: string;
  readonly send: string;
  readonly save: string;
  readonly replying: (name: string) => string;
  readonly editing: string;
  readonly cancel: string;
  readonly refusal: (kind: RefusalKind | 'away', network: string) => string;
  readonly note: (note: Note) => string;
  readonly moreNotes: (count: number) => string;
}

const english: Texts = {
  title: 'Crosstalk',
  subtitle: 'sandbox',
  networks: { talk: 'Talk', matrix: 'Matrix', slack: 'Slack' },
  waitingForSandbox: 'Waiting for the sandbox …',
  wrongAddress: 'This address is not, or no longer, the sandbox’s.',
  wrongAddressMore: 'Every start has an address of its own: open the one that the sandbox printed.',
  connecting: 'connecting',
  lost: 'sandbox does not answer',
  lostMore: 'Is it still running? This page keeps asking.',
  locked: 'wrong address',
  serversAlone: 'sandbox is running',
  service: {
    starting: 'service is starting',
    ready: 'service is running',
    gone: 'service is gone',
    restarting: 'service is restarting',
  },
  way: {
    title: 'Way of the last message',
    nothing: 'Write something in any room: its ways into both others are shown here, with times.',
    steps: { seen: 'seen', stored: 'stored', routed: 'routed', sent: 'sent', shown: 'shown' },
    hints: {
      seen: 'Its own server shows it.',
      stored: 'The service has it in its database.',
      routed: 'Its deliveries are in the lanes of the other rooms: the same commit.',
      sent: 'The request with it has reached that server.',
      shown: 'That server shows it.',
    },
    waits: 'waits',
    total: (time) => `${time} in all`,
    from: (author, network) => `${author}, ${network}`,
  },
  kill: {
    button: 'kill -9 now',
    title: 'Break it',
    invitation: 'Kills the service’s process. Go on writing meanwhile.',
    gone: (process) => `Process ${String(process)} is gone. What you write now waits.`,
    restarting: 'The next one is starting. What was written waits.',
    back: (process, seconds) => `Process ${String(process)} was killed; ${seconds} later the next one was ready.`,
    allThere: 'Everything has arrived in both other rooms, once.',
    counts: 'Messages and their copies, by what the three servers show',
    written: 'said',
    in: (network) => `in ${network}`,
    copies: 'copies',
    waiting: 'on their way',
    lost: 'lost',
    doubled: 'doubled',
    refused: 'It is not running: there is nothing to kill.',
  },
  sides: 'Side',
  unseen: 'new',
  members: (count) => (count === 1 ? '1 member' : `${String(count)} members`),
  messagesOf: (network) => `Messages, ${network}`,
  newest: 'Newest ↓',
  nothingYet: 'Nothing said yet.',
  nothingMore: (here, there) => `Write as ${here}. Who will see it: ${there}.`,
  nothingElsewhere: (here) => `Write as ${here}. Your own Crosstalk takes it to wherever it links this room.`,
  inNetwork: (names, network) => `${names} in ${network}`,
  or: 'or',
  and: 'and',
  edited: 'edited',
  app: 'App',
  onlyYou: 'Only visible to you',
  replies: (count) => (count === 1 ? '1 reply' : `${String(count)} replies`),
  deleted: 'Message deleted',
  replyTo: (name) => `Reply to ${name}`,
  unknownMessage: 'An earlier message',
  onItsWay: (network) => `on its way to ${network}`,
  arrivedIn: (network) => `arrived in ${network}`,
  acts: {
    of: (name) => `Actions, message of ${name}`,
    react: 'React',
    reply: 'Reply',
    edit: 'Edit',
    delete: 'Delete',
    close: 'Close',
  },
  reactWith: (emoji) => `React with ${emoji}`,
  reactedBy: (emoji, names) => `${emoji} by ${names}`,
  spoiler: 'Hidden: show it',
  done: 'Done',
  open: 'Open',
  writeAs: 'Write as',
  writeAsPerson: (name) => `Write as ${name}`,
  messageAs: (name) => `Message as ${name}`,
  attach: 'Attach files',
  poll: {
    of: (question) => `Poll: ${question}`,
    ask: 'Ask in a poll',
    askNow: 'Ask',
    question: 'Question',
    option: (number) => `Answer ${String(number)}`,
    several: 'Several answers',
    upTo: (most) => `Up to ${String(most)} answers`,
    hidden: 'Results at the end only',
    vote: 'Vote',
    change: 'Change my vote',
    takeBack: 'Take my vote back',
    end: 'End the poll',
    votes: (count) => (count === 1 ? '1 vote' : `${String(count)} votes`),
    voters: (count) => (count === 1 ? '1 person voted' : `${String(count)} people voted`),
    over: 'The poll is over',
    secret: 'Results are shown when the poll is over',
    notSeen: 'Vote to see the results',
  },
  thread: {
    word: 'Thread',
    begin: 'Begin a thread',
    title: 'Title of the thread',
    under: 'Reply in thread',
    replying: (name) => `Thread of ${name}`,
    goTo: (title) => `Thread ${title}: to its first message`,
  },
  voiceMessage: 'Voice message',
  send: 'Send',
  save: 'Save',
  replying: (name) => `Reply to ${name}`,
  editing: 'Edit message',
  cancel: 'Cancel',
  refusal: (kind, network) => {
    switch (kind) {
      case 'empty':
        return 'There is nothing to send.';
      case 'tooLong':
        return `${network} takes no message of that length.`;
      case 'gone':
        return 'What this is about is gone.';
      case 'refused':
        return `${network} does not allow that.`;
      case 'wrong':
        return 'The sandbox did not understand that.';
      case 'away':
        return 'The sandbox does not answer. Your text is kept here.';
    }
  },
  note: (note) => {
    switch (note.what) {
      case 'created':
        return `${note.actor} made the room`;
      case 'joined':
        return `${note.actor} joined`;
      case 'left':
        return `${note.actor} left`;
      case 'pictured':
        return `${note.actor} changed the room’s picture`;
      case 'cleared':
        return `${note.actor} cleared the history`;
      case 'added':
        return `${note.actor} added ${note.target}`;
      case 'removed':
        return `${note.actor} removed ${note.target}`;
      case 'invited':
        return `${note.actor} invited ${note.target}`;
      case 'promoted':
        return `${note.actor} made ${note.target} a moderator`;
      case 'renamed':
        return `${note.actor} named the room ${note.to}`;
      case 'described':
        return `${note.actor} set the topic: ${note.to}`;
      case 'other':
        return note.words;
    }
  },
  moreNotes: (count) => `and ${String(count)} more`,
};

const german: Texts = {
  title: 'Crosstalk',
  subtitle: 'Sandbox',
  networks: { talk: 'Talk', matrix: 'Matrix', slack: 'Slack' },
  waitingForSandbox: 'Warten auf die Sandbox …',
  wrongAddress: 'Diese Adresse gehört nicht oder nicht mehr zur Sandbox.',
  wrongAddressMore: 'Jeder Start hat eine eigene Adresse: Öffne die, die die Sandbox ausgegeben hat.',
  connecting: 'verbinden',
  lost: 'Sandbox antwortet nicht',
  lostMore: 'Läuft sie noch? Diese Seite fragt weiter.',
  locked: 'falsche Adresse',
  serversAlone: 'Sandbox läuft',
  service: {
    starting: 'Dienst startet',
    ready: 'Dienst läuft',
    gone: 'Dienst ist weg',
    restarting: 'Dienst startet neu',
  },
  way: {
    title: 'Weg der letzten Nachricht',
    nothing: 'Schreib etwas in einem der Räume: Hier stehen dann die Wege in die beiden anderen, mit Zeiten.',
    steps: { seen: 'gesehen', stored: 'abgelegt', routed: 'zugeteilt', sent: 'gesendet', shown: 'gezeigt' },
    hints: {
      seen: 'Ihr eigener Server zeigt sie.',
      stored: 'Der Dienst hat sie in seiner Datenbank.',
      routed: 'Ihre Zustellungen stehen in den Spuren der anderen Räume: derselbe Commit.',
      sent: 'Die Anfrage mit ihr hat diesen Server erreicht.',
      shown: 'Dieser Server zeigt sie.',
    },
    waits: 'wartet',
    total: (time) => `${time} insgesamt`,
    from: (author, network) => `${author}, ${network}`,
  },
  kill: {
    button: 'kill -9 jetzt',
    title: 'Kaputt machen',
    invitation: 'Beendet den Prozess des Dienstes hart. Schreib währenddessen weiter.',
    gone: (process) => `Prozess ${String(process)} ist weg. Was du jetzt schreibst, wartet.`,
    restarting: 'Der nächste startet. Was geschrieben wurde, wartet.',
    back: (process, seconds) => `Prozess ${String(process)} wurde beendet; ${seconds} später war der nächste bereit.`,
    allThere: 'Alles ist in beiden anderen Räumen angekommen, genau einmal.',
    counts: 'Nachrichten und ihre Kopien, nach dem, was die drei Server zeigen',
    written: 'gesagt',
    in: (network) => `in ${network}`,
    copies: 'Kopien',
    waiting: 'unterwegs',
    lost: 'verloren',
    doubled: 'doppelt',
    refused: 'Er läuft nicht: Es gibt nichts zu beenden.',
  },
  sides: 'Seite',
  unseen: 'neu',
  members: (count) => (count === 1 ? '1 Mitglied' : `${String(count)} Mitglieder`),
  messagesOf: (network) => `Nachrichten, ${network}`,
  newest: 'Neueste ↓',
  nothingYet: 'Noch wurde nichts gesagt.',
  nothingMore: (here, there) => `Schreib als ${here}. Wer es sieht: ${there}.`,
  nothingElsewhere: (here) =>
    `Schreib als ${here}. Dein eigenes Crosstalk bringt es dorthin, womit es den Raum verbindet.`,
  inNetwork: (names, network) => `${names} in ${network}`,
  or: 'oder',
  and: 'und',
  edited: 'bearbeitet',
  app: 'App',
  onlyYou: 'Nur für dich sichtbar',
  replies: (count) => (count === 1 ? '1 Antwort' : `${String(count)} Antworten`),
  deleted: 'Nachricht gelöscht',
  replyTo: (name) => `Antwort an ${name}`,
  unknownMessage: 'Eine frühere Nachricht',
  onItsWay: (network) => `unterwegs nach ${network}`,
  arrivedIn: (network) => `in ${network} angekommen`,
  acts: {
    of: (name) => `Aktionen, Nachricht von ${name}`,
    react: 'Reagieren',
    reply: 'Antworten',
    edit: 'Bearbeiten',
    delete: 'Löschen',
    close: 'Schließen',
  },
  reactWith: (emoji) => `Mit ${emoji} reagieren`,
  reactedBy: (emoji, names) => `${emoji} von ${names}`,
  spoiler: 'Verdeckt: zeigen',
  done: 'Erledigt',
  open: 'Offen',
  writeAs: 'Schreiben als',
  writeAsPerson: (name) => `Als ${name} schreiben`,
  messageAs: (name) => `Nachricht als ${name}`,
  attach: 'Dateien anhängen',
  poll: {
    of: (question) => `Umfrage: ${question}`,
    ask: 'Umfrage erstellen',
    askNow: 'Fragen',
    question: 'Frage',
    option: (number) => `Antwort ${String(number)}`,
    several: 'Mehrere Antworten',
    upTo: (most) => `Bis zu ${String(most)} Antworten`,
    hidden: 'Ergebnis erst am Ende',
    vote: 'Abstimmen',
    change: 'Stimme ändern',
    takeBack: 'Stimme zurücknehmen',
    end: 'Umfrage beenden',
    votes: (count) => (count === 1 ? '1 Stimme' : `${String(count)} Stimmen`),
    voters: (count) => (count === 1 ? '1 Person hat abgestimmt' : `${String(count)} Personen haben abgestimmt`),
    over: 'Die Umfrage ist beendet',
    secret: 'Das Ergebnis steht hier, wenn die Umfrage beendet ist',
    notSeen: 'Wer abstimmt, sieht das Ergebnis',
  },
  thread: {
    word: 'Thread',
    begin: 'Thread beginnen',
    title: 'Titel des Threads',
    under: 'Im Thread antworten',
    replying: (name) => `Thread von ${name}`,
    goTo: (title) => `Thread ${title}: zur ersten Nachricht`,
  },
  voiceMessage: 'Sprachnachricht',
  send: 'Senden',
  save: 'Speichern',
  replying: (name) => `Antwort an ${name}`,
  editing: 'Nachricht bearbeiten',
  cancel: 'Abbrechen',
  refusal: (kind, network) => {
    switch (kind) {
      case 'empty':
        return 'Es gibt nichts zu senden.';
      case 'tooLong':
        return `${network} nimmt keine so lange Nachricht an.`;
      case 'gone':
        return 'Worum es geht, ist nicht mehr da.';
      case 'refused':
        return `${network} erlaubt das nicht.`;
      case 'wrong':
        return 'Die Sandbox hat das nicht verstanden.';
      case 'away':
        return 'Die Sandbox antwortet nicht. Dein Text bleibt hier stehen.';
    }
  },
  note: (note) => {
    switch (note.what) {
      case 'created':
        return `${note.actor} hat den Raum angelegt`;
      case 'joined':
        return `${note.actor} ist beigetreten`;
      case 'left':
        return `${note.actor} ist gegangen`;
      case 'pictured':
        return `${note.actor} hat das Bild des Raums geändert`;
      case 'cleared':
        return `${note.actor} hat den Verlauf gelöscht`;
      case 'added':
        return `${note.actor} hat ${note.target} hinzugefügt`;
      case 'removed':
        return `${note.actor} hat ${note.target} entfernt`;
      case 'invited':
        return `${note.actor} hat ${note.target} eingeladen`;
      case 'promoted':
        return `${note.actor} hat ${note.target} zum Moderator gemacht`;
      case 'renamed':
        return `${note.actor} hat den Raum ${note.to} genannt`;
      case 'described':
        return `${note.actor} hat das Thema gesetzt: ${note.to}`;
      case 'other':
        return note.words;
    }
  },
  moreNotes: (count) => `und ${String(count)} weitere`,
};

export const textsIn: Readonly<Record<Language, Texts>> = { en: english, de: german };
