/** What was asked for makes no sense, whatever is held: exit code 2. */
export class WrongUse extends Error {}
