"""`python -m darkcsp` and the console script: the command line.

Nothing is imported before Ctrl-C can be answered with a line.
"""


def main() -> None:
    """Run the command line."""
    try:
        from darkcsp.cli.main import main as run

        run()
    except KeyboardInterrupt:
        import os
        import sys

        if sys.stderr is not None:
            sys.stderr.write("interrupted\n")
            sys.stderr.flush()
        os._exit(130)  # modules that are imported half do not always end in peace


if __name__ == "__main__":
    main()
