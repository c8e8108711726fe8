"""The statements that the year requires, and the tasks behind them."""

from picheck_pi.families import offer_rules

picheck_register_rules = offer_rules(__name__)
