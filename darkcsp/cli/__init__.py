"""The command line: only options and printing, one file per command."""
