"""The Promoting Interoperability rule pack: rules as formulas, years as data."""
