/**
 * Sixteen rules as a Spectral ruleset.
 *
 * Spectral's own functions wherever they say it, and short functions where they do not; its
 * `schema` is avoided, for it compiles the schema again for every document.
 */
import core from "@stoplight/spectral-core";
import functions from "@stoplight/spectral-functions";
import parsers from "@stoplight/spectral-parsers";

import { daysFrom, isDay, race } from "./race.mjs";

const { defined, enumeration, length, pattern } = functions;
const SETS = "$.measurementSets[*]";
const ANSWERS = `${SETS}.measurements`;
const VALUES = `${ANSWERS}[*].value`;

/** Build a function from a line to the codes that failed. */
function engine({ terms, codes }) {
  const spectral = new core.Spectral();
  spectral.setRuleset({ rules: ruleset(terms) });
  return async (line) => {
    const results = await spectral.run(new core.Document(line, parsers.Json));
    const other = results.find(({ code }) => !codes.includes(code));
    if (other) throw new Error(`Spectral itself says ${other.code}: ${other.message}`);
    return [...new Set(results.map(({ code }) => code))];
  };
}

function ruleset(terms) {
  const known = Object.keys(terms.known);
  const days = ["performanceStart", "performanceEnd"];
  return {
    "PIC-STR-01": { given: "$", then: says("must have its form", hasForm) },
    "PIC-STR-03": { given: ANSWERS, then: says("must not repeat a measure", isWithoutRepeats) },
    "PIC-STR-04": {
      given: `${ANSWERS}[*].measureId`,
      then: { function: enumeration, functionOptions: { values: known } },
    },
    "PIC-STR-05": { given: `${ANSWERS}[*]`, then: says("must count", isCounted(terms)) },
    "PIC-STR-06": { given: SETS, then: oneOf("submissionMethod", terms.methods) },
    "PIC-IDN-01": { given: "$", then: oneOf("entityType", terms.entityTypes) },
    "PIC-IDN-02": { given: "$", then: says("must have a TIN of nine digits", hasTin) },
    "PIC-PER-01": {
      given: SETS,
      then: days.map((field) => ({ field, ...says("must be a day", isDay) })),
    },
    "PIC-PER-03": { given: SETS, then: says("is too short", lasts(terms)) },
    "PIC-CEH-01": { given: SETS, then: { field: "cehrtId", function: defined } },
    "PIC-CEH-02": {
      given: `${SETS}.cehrtId`,
      then: { function: length, functionOptions: { min: 15, max: 15 } },
    },
    "PIC-CEH-03": {
      given: `${SETS}.cehrtId`,
      then: { function: pattern, functionOptions: { match: `^(?!.{15}$)|${terms.cehrt}` } },
    },
    "PIC-ATT-01": { given: ANSWERS, then: says("must attest", attests(terms)) },
    "PIC-MEA-01": { given: ANSWERS, then: says("must have each measure", hasRequired(terms)) },
    "PIC-MEA-03": { given: VALUES, then: says("must not exceed its denominator", isPart) },
    "PIC-MEA-04": { given: VALUES, then: says("must be at least 1", isPositive) },
  };
}

/** A `then` that reports `message` where `holds` does not hold. */
const says = (message, holds) => ({
  function: (value) => (holds(value) ? undefined : [{ message }]),
});

const oneOf = (field, values) => [
  { field, function: defined },
  { field, function: enumeration, functionOptions: { values } },
];

const hasForm = ({ entityType, performanceYear, measurementSets }) =>
  entityType !== undefined &&
  performanceYear !== undefined &&
  Array.isArray(measurementSets) &&
  measurementSets.every(
    ({ category, measurements }) =>
      category !== undefined &&
      Array.isArray(measurements) &&
      measurements.every(({ measureId, value }) => measureId !== undefined && value !== undefined),
  );

const hasTin = ({ entityType, taxpayerIdentificationNumber: tin = "" }) =>
  !["individual", "group"].includes(entityType) || /^[0-9]{9}$/.test(tin);

const lasts =
  ({ minimumDays }) =>
  ({ performanceStart: start, performanceEnd: end }) =>
    !(daysFrom(start, end) < minimumDays);

const isWithoutRepeats = (answers) =>
  new Set(answers.map(({ measureId }) => measureId)).size === answers.length;

const isCounted =
  ({ rates }) =>
  ({ measureId, value }) =>
    !rates.includes(measureId) || typeof value === "object";

const saidYes = (answers) =>
  new Set(answers.filter(({ value }) => value === true).map(({ measureId }) => measureId));

const attests =
  ({ statements }) =>
  (answers) => {
    const said = saidYes(answers);
    return statements.every((statement) => said.has(statement));
  };

const hasRequired =
  ({ required }) =>
  (answers) => {
    const there = new Set(answers.map(({ measureId }) => measureId));
    const said = saidYes(answers);
    return Object.entries(required).every(
      ([measure, others]) => there.has(measure) || others.some((other) => said.has(other)),
    );
  };

const isPart = ({ numerator, denominator }) => !(numerator > denominator);
const isPositive = ({ numerator }) => !(numerator < 1);

await race(engine);
