from collections import defaultdict

from picheck.api import CheckResults, SetView, fail, related, rule


@rule("PIC-STR-03", "measure-repeated")
def measure_repeated(measurement_set: SetView) -> CheckResults:
    """A measure is answered more than once in one set.

    What it checks:
    That every measureId is in a measurement set once, also where both answers are the same.

    Why it matters:
    The API refuses a set that answers one measure twice. If it did not, it would be open which of
    the answers was meant.

    How to fix:
    Keep the answer that the practice can prove and remove the others.
    """
    measurements = measurement_set.record.measurements
    if len(measurement_set.values) == len(measurements):
        return None
    pointers = defaultdict(list)
    for index, measurement in enumerate(measurements):
        pointers[measurement.measure_id].append(f"/measurements/{index}")
    return [
        fail(
            found[1],
            "{measure} is in this measurement set {actual} times; {expected} is allowed",
            measure=measure_id,
            expected=1,
            actual=len(found),
            key=measure_id,
            measures=(measure_id,),
            related=[related(pointer, "the same measureId") for pointer in found[:1] + found[2:]],
            remediation="keep one answer to {measure} and remove the others",
        )
        for measure_id, found in pointers.items()
        if len(found) > 1
    ]
