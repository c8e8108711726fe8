"""The shape of the document and of its measurement sets."""

from picheck_pi.families import offer_rules

picheck_register_rules = offer_rules(__name__)
