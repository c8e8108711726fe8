"""Required measures, their counts, exclusions and substitutes."""

from picheck_pi.families import offer_rules

picheck_register_rules = offer_rules(__name__)
