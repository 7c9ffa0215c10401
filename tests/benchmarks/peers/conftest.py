"""The peers' pages are no tests, and their libraries are installed for the benchmark alone."""

collect_ignore_glob = ["*.py"]
