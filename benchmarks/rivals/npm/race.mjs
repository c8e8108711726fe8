/**
 * What every rival of npm does: read documents one a line, warm up, check each, and say what was
 * found and how many seconds of processor time that took, the start of the process not counted.
 *
 *     node --single-threaded ajv.mjs DOCUMENTS.ndjson RULES.json
 *
 * On one thread, as the others are: V8 otherwise compiles and collects garbage on threads whose
 * time counts too, and on a busy machine a lap may be over before they have got anywhere.
 */
import { readFileSync } from "node:fs";

/** Seconds of processor time, long enough for V8 to compile what is called often. */
const WARM_UP = 1;
/** The fastest counts. */
const LAPS = 3;

/** Race a rival: `engine` takes the rules and returns a function from a line to codes. */
export async function race(engine) {
  const [documents, rules] = process.argv.slice(2).map((path) => readFileSync(path, "utf8"));
  const check = engine(JSON.parse(rules));
  const lines = documents.trimEnd().split("\n");
  const warm = processorTime() + WARM_UP;
  for (let turn = 0; processorTime() < warm; turn++) await check(lines[turn % lines.length]);
  let seconds = Infinity;
  let found;
  for (let lap = 0; lap < LAPS; lap++) {
    const start = processorTime();
    found = [];
    for (const line of lines) found.push(await check(line));
    seconds = Math.min(seconds, processorTime() - start);
  }
  console.log(JSON.stringify({ seconds, found }));
}

function processorTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Whether a text is a day of the calendar; `Date` alone takes 30 February for 2 March. */
export const isDay = (text) =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(text).toJSON()?.startsWith(text) === true;

/** How many days a period lasts, both ends counted; NaN where an end is no day. */
export const daysFrom = (start, end) =>
  isDay(start) && isDay(end) ? (Date.parse(end) - Date.parse(start)) / 86_400_000 + 1 : NaN;
