const before = (time, minutes) => new Date(Date.parse(time) - minutes * 60_000).toISOString();

/** What a dashboard asks: the path of each question, and how much was found. `newest` is the time of the newest flow. */
export const questions = {
  'last 100 drops': {
    path: () => '/api/v1/flows?verdict=DROPPED&limit=100',
    found: ({ flows }) => `${flows.length} flows`,
  },
  'drops by cause, last 10 minutes': {
    path: (newest) => `/api/v1/drops?since=${before(newest, 10)}`,
    found: ({ groups }) => `${groups.length} groups`,
  },
  'drops by cause, everything': {
    path: () => '/api/v1/drops',
    found: ({ groups }) => `${groups.length} groups`,
  },
  'edges of the last hour': {
    path: (newest) => `/api/v1/map?since=${before(newest, 60)}`,
    found: ({ edges }) => `${edges.length} edges`,
  },
  'edges, everything': {
    path: () => '/api/v1/map',
    found: ({ edges }) => `${edges.length} edges`,
  },
};
