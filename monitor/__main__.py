"""`python -m monitor` is `trialbell`, where the console script is not on the path."""

from monitor.cli.main import main

main()
