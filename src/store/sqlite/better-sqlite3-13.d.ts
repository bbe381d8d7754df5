/** The same interface as that of 12, as far as it is used here. */
declare module 'better-sqlite3-13' {
  export { default } from 'better-sqlite3';
}
