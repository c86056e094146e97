/** The telephone: numbers, carriers, calls out. */
export const telephone = {
  telephone: {
    number: 'Number',
    numberHint: 'With + and the country code, such as +34 600 000 001.',
    choose: 'Please choose',
    save: 'Save',
    lines: {
      title: 'Phone numbers',
      text: 'Who calls one of these numbers reaches its agent. Calls that are going on are not touched when you change something here.',
      empty: 'No numbers yet. Add one that you have at a carrier, and say which agent answers it.',
      emptyNoCarrier:
        'To answer a telephone, Victoria needs a carrier. Below is what it takes to connect one.',
      emptyNoAgent: 'A number needs somebody who answers it. Make an agent first.',
      new: 'Add a number',
      editTitle: 'Number {{number}}',
      formText: 'The number must be yours at the carrier already.',
      agent: 'Answered by',
      carrier: 'Carrier',
      notConfigured: '{{carrier}} (not connected)',
      language: 'Language',
      agentsOwn: 'As the agent',
      label: 'Note (optional)',
      labelHint: 'For you and your colleagues, such as “Advertised in the newspaper”.',
      asleep: 'carrier not connected',
      archived: 'archived: takes no calls',
      nobody: 'nobody any more',
      taken: 'This number is in use already.',
      saved: '{{number}} was saved.',
      edit: 'Edit {{number}}',
      delete: 'Remove {{number}}',
      deleteTitle: 'Remove {{number}}?',
      deleteText:
        'Nobody answers calls to it from now on. At the carrier the number stays yours. Past calls stay in the history.',
      deleted: '{{number}} was removed.',
    },
    carriers: {
      title: 'Carriers',
      text: 'Carriers bring calls to this server and take them out. Their accounts are settings of the server, not of the console.',
      configured: 'connected',
      notConfigured: 'not connected',
      missing:
        'These settings of the server are missing. Put them into its environment (.env) and start it again:',
      webhook: 'Address for calls',
      status: 'Address for status changes',
      copyWebhook: 'Copy the address for calls to {{carrier}}',
      copyStatus: 'Copy the address for status changes to {{carrier}}',
      steps: {
        twilio:
          'In the Twilio console: Phone Numbers, your number, Voice, “A call comes in”: Webhook, HTTP POST.',
        telnyx:
          'In the Telnyx portal: Voice, Programmable Voice, your application: “Send a webhook to the URL”, API v2. Assign the number to this application.',
        other: 'Enter it at the carrier as the address that is told about incoming calls.',
      },
      statusStep: 'On the same page: “Call status changes”, HTTP POST.',
    },
    missing: {
      VICTORIA_PUBLIC_BASE_URL:
        'The address at which the carrier reaches this server, such as https://voice.example.com.',
      VICTORIA_TWILIO_ACCOUNT_SID: 'From the Twilio console’s first page; begins with AC.',
      VICTORIA_TWILIO_AUTH_TOKEN: 'From the Twilio console’s first page, beside the account SID.',
      VICTORIA_TELNYX_API_KEY: 'From the Telnyx portal: Account, Keys & Credentials, API keys.',
      VICTORIA_TELNYX_PUBLIC_KEY: 'From the Telnyx portal: Account, Keys & Credentials, Public key.',
      VICTORIA_TELNYX_CONNECTION_ID: 'From the Telnyx portal: the number of your Voice API application.',
    },
    refusals: {
      'unknown-agent': 'This agent does not exist, or not any more.',
      'agent-archived': 'This agent is archived and takes no calls.',
    },
    errors: {
      required: 'Please fill this in.',
      country: 'Begin with + and the country code, such as +34 for Spain.',
      signs: 'A number has digits only, and + at its beginning.',
      digits: 'With its country code a number has 7 to 15 digits.',
      tooLong: 'This is too long.',
      refused: 'The server refuses this: {{reason}}',
    },
  },
} as const
