from picheck.api import CheckResults, SourceIssues, fail, rule


@rule("PIC-STR-11", "json-key-repeated", structural=True)
def json_key_repeated(source_issues: SourceIssues) -> CheckResults:
    """An object repeats a key, or a number is not one that JSON has.

    What it checks:
    The text of the document before it is decoded: that no object holds one key twice, and that it
    holds no NaN, no Infinity and no number that is too large to be read.

    Why it matters:
    Programs disagree about which of two equal keys counts, so what CMS scores may not be what was
    checked here. NaN and Infinity are not JSON at all; the API refuses them.

    How to fix:
    Remove the key that is not meant, or put the real number in. A rate whose denominator is zero
    often turns into NaN: send the two counts instead.
    """
    message = "the key {issue.key!r} is in this object already, in line {issue.first[0]}"
    remedy = "keep one of them"
    repeated = [
        fail(i.pointer, message, from_root=True, issue=i, key=i.key, remediation=remedy)
        for i in source_issues.repeated_keys
    ]
    message = "{actual} is not a number that JSON has"
    remedy = "put the real number in, or remove the answer"
    numbers = [
        fail(i.pointer, message, from_root=True, actual=i.token, remediation=remedy)
        for i in source_issues.non_finite_numbers
    ]
    return repeated + numbers
