"""The steps that bring a history to the newest tables; run by `picheck history upgrade`."""
