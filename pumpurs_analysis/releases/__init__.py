"""Everything shown of one Dataset, protected together, and the recipe behind it.

Comes in: a Dataset. Goes out: a `Release`, which pages, slides and files ask for figures. All of
them show the same numbers because they ask the same Release (docs/decisions/0013-one-release.md).
"""

from pumpurs_analysis.releases.recipes import Recipe, code_version
from pumpurs_analysis.releases.release import NotInRelease, Release, make_release

__all__ = ["NotInRelease", "Recipe", "Release", "code_version", "make_release"]
