"""Every case of ACME's rules, in every year it holds."""

from picheck.testing import run_cases

test_cases = run_cases("picheck_acme")
