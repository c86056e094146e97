/** The simulator: a call from the browser. */
export const talk = {
  talk: {
    title: 'Talk',
    chooseAgent: 'Agent',
    start: 'Talk',
    startAgain: 'Talk again',
    hangUp: 'Hang up',
    mute: 'Mute microphone',
    unmute: 'Unmute microphone',
    muted: 'Your microphone is muted: the agent hears silence.',
    duration: 'Length of the call',
    noAgents: 'There is no agent to talk to yet.',
    createAgent: 'Create an agent',
    invitation: 'Press Talk and speak as you would on the telephone. You can interrupt at any moment.',
    youHungUp: 'You hung up.',
    seeInHistory: 'See it in the history',
    draftText:
      'You talk to the agent as it stands in the form. Nothing is saved or published; the call is in the history, marked as a draft.',
    dock: 'Talk',
    enlarge: 'Show the call at large',
    fold: 'Fold up',
    open: 'Talk here',
    broken: 'Call broken off',
    onTheLine: 'On the line:',
    typeOnly: 'Type only',
    typeInstead: 'Type instead',
    onlyTyping: 'Without a microphone: you write, the agent speaks.',
    write: 'Write to the agent',
    writeHint: 'Or write …',
    send: 'Send',
    offlineTitle: 'The network is gone',
    offlineText: 'The call goes on if it comes back within seconds.',
    draftOf: '{{name}} (draft)',
    draftWaits: 'Hang up first: then you can test the draft of {{name}}.',
    answerTook: 'Last answer',
    record: 'The call as it happens',
    conversation: 'Conversation',
    events: 'Events',
    latency: 'Answer latency',
    latencyEmpty: 'After the first answer you will see here where every millisecond went.',
    lastAnswer: 'Last answer',
    medianOf_one: 'Median of {{count}} answer',
    medianOf_other: 'Median of {{count}} answers',
    waveform: 'Loudness of both sides: the caller above the line, the agent below it',
  },
  state: {
    connecting: 'Connecting',
    listening: 'Listening',
    thinking: 'Thinking',
    speaking: 'Speaking',
    held: 'Paused for you',
    ended: 'Call ended',
    stalled: 'No sound arrives from you',
  },
  microphone: {
    label: 'Microphone',
    browsersChoice: 'The browser’s choice',
    remembered: 'The one of last time',
    gone: 'The one you chose is not connected: the browser’s choice stands in.',
    check: 'Check the level',
    verdicts: {
      opening: 'The browser is asked for the microphone.',
      waiting: 'Say something. Nothing of it leaves this page.',
      silent: 'Nothing is heard yet. Is the microphone switched off, or is another one the right one?',
      heard: 'You can be heard.',
    },
  },
  microphoneHelp: {
    'microphone-refused': {
      chrome:
        'Press the symbol to the left of the address, switch Microphone on, and press Talk again. If it is not listed there: browser settings › Privacy and security › Site settings › Microphone.',
      firefox:
        'Press the crossed-out microphone to the left of the address, remove “Blocked”, and press Talk again: Firefox then asks once more.',
      safari:
        'In the menu Safari › Settings › Websites › Microphone, set this page to Allow. Load the page again and press Talk.',
      android:
        'Press the symbol to the left of the address, then Permissions, and allow the microphone. If it is not listed there: Android’s Settings › Apps › your browser › Permissions. Then press Talk again.',
      ios: 'In Safari, press the page menu beside the address, then Website Settings › Microphone › Allow. In other browsers: Settings › Apps › your browser › Microphone. Then load the page again.',
    },
    'microphone-missing': {
      chrome:
        'Connect one, or choose another one here. If one is connected, see that the system’s sound settings list it, and press Talk again.',
      firefox:
        'Connect one and press Talk again. When Firefox asks, its question lists all the microphones that it sees.',
      safari: 'Connect one, or choose one under System Settings › Sound › Input, and press Talk again.',
      android: 'Unplug and reconnect your headset, or go on without it, and press Talk again.',
      ios: 'Disconnect Bluetooth headsets without a microphone, and press Talk again.',
    },
    'microphone-busy': {
      chrome:
        'Another program may hold it, a video meeting for instance. Close that program or choose another microphone here, and press Talk again. If it stays so, start the browser again.',
      firefox:
        'Another program or another browser may hold it. Close it and press Talk again. If it stays so, start Firefox again.',
      safari: 'Another page may hold it. Close other pages that use the microphone, and press Talk again.',
      android: 'A telephone call or another app holds it. End it and press Talk again.',
      ios: 'A telephone call, FaceTime or Siri holds it. End it and press Talk again.',
    },
  },
  readiness: {
    preparing: '{{engine}} is being prepared',
    preparingProgress: '{{engine}} is being prepared: {{percent}} %',
    unavailable: '{{engine}} is not available',
    meanwhile: 'You can talk already; until then another engine does the work, less well.',
    wait: 'Nothing else can do its work for this agent: please wait until it is ready.',
    kinds: {
      vad: 'Voice detection',
      stt: 'Speech recognition',
      llm: 'Language model',
      tts: 'Speech',
    },
  },
  callErrors: {
    'microphone-refused': {
      title: 'The microphone is blocked',
      text: 'Allow it for this page: press the symbol to the left of the address, set Microphone to Allow, and press Talk again.',
    },
    'microphone-refused-by-system': {
      title: 'The system keeps the microphone from the browser',
      text: 'Windows: Settings › Privacy & security › Microphone. macOS: System Settings › Privacy & Security › Microphone. Allow it for this browser, start the browser again, and press Talk again.',
    },
    'microphone-missing': {
      title: 'There is no microphone',
      text: 'Connect one, or choose one in the sound settings of your system, and press Talk again.',
    },
    'microphone-busy': {
      title: 'The microphone cannot be opened',
      text: 'Another program may be using it. Close that program and press Talk again.',
    },
    'microphone-insecure': {
      title: 'The browser hides the microphone from this address',
      text: 'Browsers allow the microphone only on https addresses and on this very machine (localhost). Open the console through one of these.',
    },
    'microphone-lost': {
      title: 'The microphone is gone',
      text: 'It was unplugged or taken away, so the call has ended. Connect it and press Talk again.',
    },
    'audio-unsupported': {
      title: 'This browser cannot carry the call’s sound',
      text: 'Use a current version of Firefox, Chrome, Edge or Safari.',
    },
    'agent-archived': {
      title: 'This agent is archived',
      text: 'Archived agents take no calls. Bring it back from the archive, or choose another one.',
    },
    'unknown-engine': {
      title: 'The agent names an engine that the server has not',
      text: 'Choose another one in the agent’s engines.',
    },
    'too-much': {
      title: 'The server refused the sound',
      text: 'It came faster than speech. Press Talk again.',
    },
    busy: {
      title: 'All lines are busy',
      text: 'The server takes no more calls at the moment. Try again shortly.',
    },
    restarting: { title: 'The server is restarting', text: 'Try again in a moment.' },
    'not-ready': {
      title: 'The agent cannot answer yet',
      text: 'One of its engines is not ready. Below it says which one and why.',
    },
    draining: { title: 'The server is restarting', text: 'Try again in a moment.' },
    'connection-lost': {
      title: 'The connection was lost',
      text: 'What was said until then is in the history. Check the network and press Talk again.',
    },
    offline: {
      title: 'You are offline',
      text: 'The network went away, and the call with it. Once it is back, press Talk again.',
    },
    'not-connected': {
      title: 'The line could not be opened',
      text: 'The server answers, but not on the call’s own connection. A proxy between must let WebSockets through.',
    },
    'ticket-missing': {
      title: 'The call was not admitted',
      text: 'The opening took too long. Press Talk again.',
    },
    'ticket-invalid': {
      title: 'The call was not admitted',
      text: 'Its ticket had expired. Press Talk again.',
    },
    'unexpected-message': {
      title: 'The server did not understand the console',
      text: 'They are of different versions, most likely. Load this page again.',
    },
    'bad-message': {
      title: 'The console did not understand the server',
      text: 'They are of different versions, most likely. Load this page again.',
    },
    'bad-audio': { title: 'The server refused the sound', text: 'Load this page again.' },
    'bad-json': { title: 'The server did not understand the console', text: 'Load this page again.' },
    'too-large': { title: 'The server refused the sound', text: 'Load this page again.' },
    'internal-error': {
      title: 'The server made a mistake',
      text: 'The call had to end. The details are in the server’s log.',
    },
    'not-found': { title: 'This agent is gone', text: 'It was deleted meanwhile. Choose another one.' },
    unreachable: {
      title: 'The server does not answer',
      text: 'Is it running? Check the network and try again.',
    },
    unexpected: {
      title: 'The call could not begin',
      text: 'Press Talk again; if it stays so, look into the server’s log.',
    },
  },
} as const
