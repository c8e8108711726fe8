"""The frozen records that every other room hands on."""
