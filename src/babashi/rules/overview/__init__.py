"""All explanations of one subject at once: thousands of policies in the time of a page.

Build an :class:`Outline` of the items once and keep it; ``Overview(outline, subject, parameters, as_of)``
answers for one subject. Needs NumPy, so it is not imported with :mod:`babashi.rules`.
"""

from babashi.rules.overview.answer import Explanation, Overview
from babashi.rules.overview.outline import Condition, Outline

__all__ = ["Condition", "Explanation", "Outline", "Overview"]
