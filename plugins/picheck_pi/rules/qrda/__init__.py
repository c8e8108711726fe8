"""Files that came as QRDA III: what CMS's converter refuses, alters or passes over."""

from picheck_pi.families import offer_rules

picheck_register_rules = offer_rules(__name__)
