import { Habits, Whose, type Habit } from './habits.js';
import { company } from './prediction.js';

const PLACES = 1 << 16;
/** Slots of templates, each with scores of its own. */
const CONTEXTS = 1 << 12;
/** Written numbers below are guesses. */
const GUESSES = 2;
/** What a guess that is right gets, and what part of a score goes with each: so it is of the last 32 or so. */
const REWARD = 32;
const FADES = 5;
/** An endpoint has a habit where guesses by it are right half of the time. */
const HABITUAL = (REWARD << FADES) / 2;

/**
 * Guesses a number twice: by what it last was with the source of a flow, and with its destination, each at the
 * same subject; where an end was not seen before, its habit is the guess. In each context the guess is asked
 * first that was right more often, so that nearly always a 0 is written. Who writes and who reads sees the same
 * numbers in the same order. No objects: every flow has several; and one is used for column after column.
 */
export class Guesses {
  /** What was seen last, plus one; 0 for nothing. */
  readonly #source = new Uint32Array(PLACES);
  readonly #destination = new Uint32Array(PLACES);
  readonly #scores = new Scores();
  /** Of the next number: where to look, what was found there, and how right such guesses were. */
  #atSource = 0;
  #atDestination = 0;
  #bySource = 0;
  #byDestination = 0;
  #context = 0;

  #habits = new Habits();
  #known = 0;

  /** Forgets what was seen, for another column, in which the first `known` of the habits may be asked. */
  begin(habits: Habits, known: number): this {
    this.#source.fill(0);
    this.#destination.fill(0);
    this.#scores.clear();
    this.#habits = habits;
    this.#known = known;
    return this;
  }

  /** What the next number goes with: whoever writes and reads must name the same. */
  among(source: number, destination: number, subject: number, context: number): this {
    this.#atSource = company(source, subject, 1) & (PLACES - 1);
    this.#atDestination = company(destination, subject, 2) & (PLACES - 1);
    this.#bySource = this.#source[this.#atSource] ?? 0;
    if (this.#bySource === 0) this.#bySource = this.#habits.find(subject + Whose.source, source, this.#known);
    this.#byDestination = this.#destination[this.#atDestination] ?? 0;
    if (this.#byDestination === 0)
      this.#byDestination = this.#habits.find(subject + Whose.destination, destination, this.#known);
    this.#context = context;
    return this;
  }

  /** What to write instead of the value: 0 or 1 for the guess that is right, else the value plus two. */
  write(value: number): number {
    const told = value + 1;
    let written = value + GUESSES;
    if (this.#first === told) written = 0;
    else if (this.#second === told) written = 1;
    this.#learn(told);
    return written;
  }

  read(written: number): number {
    const told = written === 0 ? this.#first : written === 1 ? this.#second : written - GUESSES + 1;
    this.#learn(told);
    return told - 1;
  }

  get #first(): number {
    return this.#scores.isSourceFirst(this.#context) ? this.#bySource : this.#byDestination;
  }

  get #second(): number {
    return this.#scores.isSourceFirst(this.#context) ? this.#byDestination : this.#bySource;
  }

  #learn(told: number): void {
    this.#scores.see(this.#context, this.#bySource, this.#byDestination, told);
    this.#source[this.#atSource] = told;
    this.#destination[this.#atDestination] = told;
  }

  /** For the learner, before the value is written: what was guessed of it, and which ends have shown no habit yet. */
  teach(learner: HabitLearner, value: number, source: number, destination: number, subject: number): void {
    learner.scores.see(this.#context, this.#bySource, this.#byDestination, value + 1);
    if (this.#bySource === 0) learner.offer(subject, Whose.source, source, value, this.#context);
    if (this.#byDestination === 0)
      learner.offer(subject, Whose.destination, destination, value, this.#context);
  }
}

/** How often guesses were right of late, by context. */
class Scores {
  readonly #source = new Uint16Array(CONTEXTS);
  readonly #destination = new Uint16Array(CONTEXTS);

  clear(): void {
    this.#source.fill(0);
    this.#destination.fill(0);
  }

  isSourceFirst(context: number): boolean {
    const at = context & (CONTEXTS - 1);
    return (this.#source[at] ?? 0) >= (this.#destination[at] ?? 0);
  }

  /** Only what was guessed counts. */
  see(context: number, bySource: number, byDestination: number, told: number): void {
    const at = context & (CONTEXTS - 1);
    if (bySource !== 0) fade(this.#source, at, bySource === told);
    if (byDestination !== 0) fade(this.#destination, at, byDestination === told);
  }

  /** Whether it is mostly this end that tells. */
  isHabitual(context: number, whose: number): boolean {
    const at = context & (CONTEXTS - 1);
    const source = this.#source[at] ?? 0;
    const destination = this.#destination[at] ?? 0;
    return whose === Whose.source
      ? source >= HABITUAL && source >= destination
      : destination >= HABITUAL && destination >= source;
  }
}

function fade(scores: Uint16Array, at: number, isRight: boolean): void {
  const score = scores[at] ?? 0;
  scores[at] = score - (score >> FADES) + (isRight ? REWARD : 0);
}

/** Finds the habits of endpoints while segments are written: what was seen first, where that mostly stays. */
export class HabitLearner {
  /** Like those of guesses, over all segments of the generation. */
  readonly scores = new Scores();
  #offers: Habit[] = [];

  constructor(private readonly habits: Habits) {}

  offer(subject: number, whose: number, endpoint: number, value: number, context: number): void {
    if (this.scores.isHabitual(context, whose))
      this.#offers.push({ subject: subject + whose, endpoint, value });
  }

  /** Those that a segment brings along, sorted; from now on they are known. */
  takeNew(): Habit[] {
    const found = this.#offers
      .slice(0, this.habits.room)
      .sort((a, b) => a.subject - b.subject || a.endpoint - b.endpoint);
    this.#offers = [];
    for (const habit of found) this.habits.add(habit);
    return found;
  }
}
