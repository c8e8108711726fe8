"""Who may leave the category out."""

from picheck_pi.families import offer_rules

picheck_register_rules = offer_rules(__name__)
