"""The command line: options and printing only, one file per command."""
