"""Find Chromium, or install it: Debian's package where apt works, else Playwright's own."""

import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def found() -> str | None:
    """Give the path of a Chromium on this machine, Playwright's own included."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    return _playwrights_own()


def _playwrights_own() -> str | None:
    from pathlib import Path  # noqa: PLC0415  (only where no system browser was found)

    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (the same)

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _installed() -> bool:
    if shutil.which("apt-get"):
        steps = [["apt-get", "update", "-q"], ["apt-get", "install", "-y", "-q", "chromium"]]
    else:
        steps = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    return all(subprocess.run(step, check=False).returncode == 0 for step in steps)


if __name__ == "__main__":
    if not found() and not (_installed() and found()):
        sys.exit("Chromium is missing and could not be installed. Install it, then: make browser")
