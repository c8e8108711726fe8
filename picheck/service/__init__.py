"""The page and the API: audits for people and programs that have a browser or HTTP."""
