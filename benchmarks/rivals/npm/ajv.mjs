/** Sixteen rules as one JSON Schema for ajv; what the standard lacks are ajv's own keywords. */
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import uniqueItemProperties from "ajv-keywords/dist/keywords/uniqueItemProperties.js";

import { daysFrom, race } from "./race.mjs";

/** Build a function from a line to the codes that failed. */
function engine({ terms, schemaRules }) {
  const ajv = new Ajv({ allErrors: true, $data: true, strict: false });
  addFormats(ajv, ["date"]);
  uniqueItemProperties(ajv);
  ajv.addKeyword({
    keyword: "minimumDays",
    schemaType: "number",
    validate: (least, { performanceStart, performanceEnd }) =>
      !(daysFrom(performanceStart, performanceEnd) < least),
  });
  const rules = [...schemaRules, ...comparisons(terms)];
  const validate = ajv.compile({ allOf: rules.map(([, schema]) => schema) });
  return (line) => {
    if (validate(JSON.parse(line))) return [];
    const codes = validate.errors.map(({ schemaPath }) => rules[schemaPath.split("/")[2]][0]);
    return [...new Set(codes)];
  };
}

/** The rules that compare one value with another, for which other engines need a language. */
function comparisons({ minimumDays }) {
  const counts = { properties: { numerator: { maximum: { $data: "1/denominator" } } } };
  const ofMeasurement = { properties: { value: { if: { type: "object" }, then: counts } } };
  return [
    ["PIC-PER-03", ofEachSet({ minimumDays })],
    ["PIC-STR-03", ofMeasurements({ uniqueItemProperties: ["measureId"] })],
    ["PIC-MEA-03", ofMeasurements({ items: ofMeasurement })],
  ];
}

const ofEachSet = (schema) => ({ properties: { measurementSets: { items: schema } } });
const ofMeasurements = (schema) => ofEachSet({ properties: { measurements: schema } });

await race(engine);
