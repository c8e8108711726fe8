"""Lets `python -m picheck` do what `picheck` does."""

from picheck.cli.main import main

if __name__ == "__main__":
    main()
