interface Setting {
  variable: string;
  flag: string;
  /** The default; empty is none. */
  value: string;
  describe: string;
  /** May be given more than once; in the environment with commas between. */
  isList?: true;
}

/** Every setting, as the environment and the flags of `flowatlas serve` have it. */
export const settings: readonly Setting[] = [
  {
    variable: 'FLOWATLAS_LISTEN',
    flag: 'listen',
    value: '127.0.0.1:8787',
    describe: 'address and port; port 0 takes a free one',
  },
  {
    variable: 'FLOWATLAS_ORIGIN',
    flag: 'origin',
    value: '',
    describe:
      'also take pages of this origin for the server’s own, and its host for a name of the server, such as https://flows.example.com; can be repeated',
    isList: true,
  },
  { variable: 'FLOWATLAS_DATA', flag: 'data', value: './data', describe: 'folder of the database' },
  {
    variable: 'FLOWATLAS_LOG',
    flag: 'log',
    value: 'warn',
    describe: 'least important message that is logged: error, warn, log or debug',
  },
  {
    variable: 'FLOWATLAS_FOLLOW',
    flag: 'follow',
    value: '',
    describe: 'file, folder or glob of logs to read as they are written; can be repeated',
    isList: true,
  },
  {
    variable: 'FLOWATLAS_FOLLOW_FROM',
    flag: 'follow-from',
    value: 'start',
    describe: 'start or end: what of the files that are there when something is followed for the first time',
  },
  {
    variable: 'FLOWATLAS_DROP_FOLDER',
    flag: 'drop-folder',
    value: '',
    describe: 'folder whose files are stored and then moved to done or failed inside of it',
  },
  {
    variable: 'FLOWATLAS_KEEP_FOR',
    flag: 'keep-for',
    value: '',
    describe: 'remove flows that are older, such as 36h, 7d or 2w; else all are kept',
  },
  {
    variable: 'FLOWATLAS_KEEP_DROPS_FOR',
    flag: 'keep-drops-for',
    value: '',
    describe: 'keep a row of each dropped flow for longer than the flows, such as 30d',
  },
  {
    variable: 'FLOWATLAS_KEEP_SUMS_FOR',
    flag: 'keep-sums-for',
    value: '',
    describe: 'keep the sums by hour of who spoke with whom for longer than the flows, such as 52w',
  },
  {
    variable: 'FLOWATLAS_KEEP_MINUTES_FOR',
    flag: 'keep-minutes-for',
    value: '',
    describe: 'keep sums by minute of flows that were removed, such as 30d; else there are none',
  },
  {
    variable: 'FLOWATLAS_KEEP_BYTES',
    flag: 'keep-bytes',
    value: '',
    describe: 'remove the oldest flows when the database is larger, such as 500MB or 20GiB',
  },
  {
    variable: 'FLOWATLAS_DIGEST_WEBHOOK',
    flag: 'digest-webhook',
    value: '',
    describe: 'URL to which the digest of the ledger is posted, as Slack takes it',
  },
  {
    variable: 'FLOWATLAS_DIGEST_EVERY',
    flag: 'digest-every',
    value: '24h',
    describe: 'how often the digest is posted, such as 1h or 24h; it tells what came since the last one',
  },
  {
    variable: 'FLOWATLAS_ROUTE',
    flag: 'route',
    value: '',
    describe:
      'a route that paths are counted under, such as "/users/{id}" or "GET /files/*"; can be repeated, others are learned',
    isList: true,
  },
  {
    variable: 'FLOWATLAS_REDACT_HTTP_URLQUERY',
    flag: 'redact-http-urlquery',
    value: 'false',
    describe: 'take query and fragment out of URLs: true or false',
  },
  {
    variable: 'FLOWATLAS_REDACT_HTTP_URLPARAMS',
    flag: 'redact-http-urlparams',
    value: '',
    describe: 'take the values of these parameters out of URLs: names, * or /RE2/, comma-separated',
  },
  {
    variable: 'FLOWATLAS_REDACT_HTTP_USERINFO',
    flag: 'redact-http-userinfo',
    value: 'false',
    describe: 'take user and password out of URLs: true or false',
  },
  {
    variable: 'FLOWATLAS_REDACT_HTTP_HEADERS_ALLOW',
    flag: 'redact-http-headers-allow',
    value: '',
    describe: 'take the values of all headers but these: names, * or /RE2/, comma-separated',
  },
  {
    variable: 'FLOWATLAS_REDACT_HTTP_HEADERS_DENY',
    flag: 'redact-http-headers-deny',
    value: '',
    describe: 'take the values of these headers: names, * or /RE2/, comma-separated',
  },
  {
    variable: 'FLOWATLAS_REDACT_KAFKA_APIKEY',
    flag: 'redact-kafka-apikey',
    value: 'false',
    describe: 'take the API key of Kafka messages: true or false',
  },
  {
    variable: 'FLOWATLAS_REDACT_PATTERN',
    flag: 'redact-pattern',
    value: '',
    describe:
      'take what this regular expression (RE2) matches out of L7 messages but DNS, and out of summaries',
  },
  {
    variable: 'FLOWATLAS_UPLOAD_MAX_OPEN',
    flag: 'upload-max-open',
    value: '256',
    describe: 'uploads at the same time; beyond, 503',
  },
  {
    variable: 'FLOWATLAS_UPLOAD_IDLE',
    flag: 'upload-idle',
    value: '15m',
    describe: 'an upload of which nothing comes for this long is ended, with 408',
  },
  {
    variable: 'FLOWATLAS_UPLOAD_MAX_DECODED',
    flag: 'upload-max-decoded',
    value: '32GiB',
    describe: 'decoded size of one compressed upload; beyond, 413',
  },
  {
    variable: 'FLOWATLAS_UPLOAD_MAX_RATIO',
    flag: 'upload-max-ratio',
    value: '250',
    describe: 'decoded size of an upload, as a multiple of the compressed size; beyond, 413',
  },
];
