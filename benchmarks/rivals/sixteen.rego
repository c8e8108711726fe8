# Sixteen rules in Rego; `data.terms` holds the year's terms.
package sixteen

found contains "PIC-STR-01" if not is_array(object.get(input, "measurementSets", null))
found contains "PIC-STR-01" if {
	some record in input.measurementSets
	not is_array(object.get(record, "measurements", null))
}
found contains "PIC-IDN-01" if not input.entityType in data.terms.entityTypes
found contains "PIC-IDN-02" if {
	input.entityType in {"individual", "group"}
	not regex.match("^[0-9]{9}$", object.get(input, "taxpayerIdentificationNumber", ""))
}
found contains "PIC-STR-06" if {
	some record in input.measurementSets
	not object.get(record, "submissionMethod", "") in data.terms.methods
}
# Not time.parse_ns: for 30 February it ends the evaluation in OPA and in Regorus.
day(text) := ns if {
	regex.match("^[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", text)
	[year, month, date] := [to_number(trim_left(part, "0")) | some part in split(text, "-")]
	ns := time.add_date(0, year - 1970, month - 1, date - 1)
	time.date(ns) == [year, month, date]
}
found contains "PIC-PER-01" if {
	some record in input.measurementSets
	some key in ["performanceStart", "performanceEnd"]
	not day(object.get(record, key, ""))
}
found contains "PIC-PER-03" if {
	some record in input.measurementSets
	days := ((day(record.performanceEnd) - day(record.performanceStart)) / 86400000000000) + 1
	days < data.terms.minimumDays
}
found contains "PIC-CEH-01" if {
	some record in input.measurementSets
	not record.cehrtId
}
found contains "PIC-CEH-02" if {
	some record in input.measurementSets
	count(record.cehrtId) != 15
}
found contains "PIC-CEH-03" if {
	some record in input.measurementSets
	count(record.cehrtId) == 15
	not regex.match(data.terms.cehrt, record.cehrtId)
}
found contains "PIC-STR-03" if {
	some record in input.measurementSets
	ids := [m.measureId | some m in record.measurements]
	count(ids) != count({id | some id in ids})
}
found contains "PIC-STR-04" if {
	some record in input.measurementSets
	some m in record.measurements
	not data.terms.known[m.measureId]
}
found contains "PIC-STR-05" if {
	some record in input.measurementSets
	some m in record.measurements
	m.measureId in data.terms.rates
	not is_object(m.value)
}
found contains "PIC-ATT-01" if {
	some record in input.measurementSets
	is_array(record.measurements)
	said := {m.measureId | some m in record.measurements; m.value == true}
	some statement in data.terms.statements
	not said[statement]
}
found contains "PIC-MEA-01" if {
	some record in input.measurementSets
	is_array(record.measurements)
	there := {m.measureId | some m in record.measurements}
	said := {m.measureId | some m in record.measurements; m.value == true}
	some measure, others in data.terms.required
	not there[measure]
	every other in others { not said[other] }
}
found contains "PIC-MEA-03" if {
	some record in input.measurementSets
	some m in record.measurements
	m.value.numerator > m.value.denominator
}
found contains "PIC-MEA-04" if {
	some record in input.measurementSets
	some m in record.measurements
	m.value.numerator < 1
}
