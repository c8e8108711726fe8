-- Sixteen rules in SQL over a file of one document a line: (place of the document, code).
WITH raw AS (
    SELECT (row_number() OVER ()) - 1 AS place, json AS document
    FROM read_json_objects(?, format = 'newline_delimited')
),
head AS (
    SELECT place,
           document->>'entityType' AS entity_type,
           document->>'taxpayerIdentificationNumber' AS tin,
           document->'measurementSets' AS sets
    FROM raw
),
record AS (
    SELECT place, unnest(json_extract(sets, '$[*]')) AS record FROM head
),
keys AS (
    SELECT place,
           record->>'submissionMethod' AS method,
           record->>'cehrtId' AS cehrt,
           try_strptime(record->>'performanceStart', '%Y-%m-%d') AS starts,
           try_strptime(record->>'performanceEnd', '%Y-%m-%d') AS ends,
           json_type(record->'measurements') AS kind,
           record->'measurements' AS measurements
    FROM record
),
answer AS (
    SELECT place, measurement->>'measureId' AS id,
           json_type(measurement->'value') AS kind,
           measurement->>'value' AS text,
           CAST(measurement->'value'->>'numerator' AS DOUBLE) AS numerator,
           CAST(measurement->'value'->>'denominator' AS DOUBLE) AS denominator
    FROM (SELECT place, unnest(json_extract(measurements, '$[*]')) AS measurement FROM keys)
),
said AS (SELECT place, id FROM answer WHERE kind = 'BOOLEAN' AND text = 'true'),
whole AS (SELECT place FROM keys WHERE kind = 'ARRAY')
SELECT place, 'PIC-STR-01' FROM keys WHERE kind IS DISTINCT FROM 'ARRAY'
UNION SELECT place, 'PIC-IDN-01' FROM head
    WHERE entity_type NOT IN ('individual', 'group', 'virtualGroup', 'apm', 'subgroup')
UNION SELECT place, 'PIC-IDN-02' FROM head
    WHERE entity_type IN ('individual', 'group') AND NOT regexp_full_match(coalesce(tin, ''), '[0-9]{9}')
UNION SELECT place, 'PIC-STR-06' FROM keys
    WHERE coalesce(method, '') NOT IN ('registry', 'electronicHealthRecord')
UNION SELECT place, 'PIC-PER-01' FROM keys WHERE starts IS NULL OR ends IS NULL
UNION SELECT place, 'PIC-PER-03' FROM keys WHERE date_diff('day', starts, ends) + 1 < 180
UNION SELECT place, 'PIC-CEH-01' FROM keys WHERE cehrt IS NULL
UNION SELECT place, 'PIC-CEH-02' FROM keys WHERE length(cehrt) <> 15
UNION SELECT place, 'PIC-CEH-03' FROM keys
    WHERE length(cehrt) = 15 AND NOT regexp_full_match(cehrt, '2025C[0-9A-Z]{10}|[0-9A-Z]{2}15C[0-9A-Z]{10}')
UNION SELECT place, 'PIC-STR-03' FROM answer GROUP BY place, id HAVING count(*) > 1
UNION SELECT place, 'PIC-STR-04' FROM answer WHERE id NOT IN (SELECT id FROM known)
UNION SELECT place, 'PIC-STR-05' FROM answer
    WHERE id IN ('PI_EP_1', 'PI_PEA_1', 'PI_HIE_1', 'PI_HIE_4') AND kind <> 'OBJECT'
UNION SELECT whole.place, 'PIC-ATT-01'
    FROM whole LEFT JOIN said ON said.place = whole.place
        AND said.id IN ('PI_PPHI_1', 'PI_PPHI_2', 'PI_INFBLO_1', 'PI_ONCDIR_1')
    GROUP BY whole.place HAVING count(DISTINCT said.id) < 4
UNION SELECT place, 'PIC-MEA-01' FROM (
    SELECT whole.place, required.measure,
           bool_or(present.id IS NOT NULL OR said.id IS NOT NULL) AS is_met
    FROM whole CROSS JOIN required
        LEFT JOIN answer AS present
            ON present.place = whole.place AND present.id = required.measure
        LEFT JOIN said ON said.place = whole.place AND said.id = required.other
    GROUP BY whole.place, required.measure
) WHERE NOT is_met
UNION SELECT place, 'PIC-MEA-03' FROM answer WHERE numerator > denominator
UNION SELECT place, 'PIC-MEA-04' FROM answer WHERE numerator < 1
