"""The command line. Data goes to stdout, words for people to stderr; each command's module says its exit codes."""
