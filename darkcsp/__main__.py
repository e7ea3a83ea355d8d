"""`python -m darkcsp`: the command line."""

from darkcsp.cli.main import main

if __name__ == "__main__":
    main()
