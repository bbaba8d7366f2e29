"""The columnar evaluator: a batch of subjects against all items, same meaning as the scalar one.

Truth is kept as two bit planes an expression (known true, known false), numbers as exact scaled integers,
or as floats with an error bound where a division makes that necessary; a row whose outcome lies within the
bound is handed to the scalar evaluator. So both evaluators agree to the fen by construction.
"""

from babashi.rules.columnar.columns import Batch, Column, ColumnError, Table, batch_of_subjects
from babashi.rules.columnar.match import Amounts, Matcher, Verdicts

__all__ = ["Amounts", "Batch", "Column", "ColumnError", "Matcher", "Table", "Verdicts", "batch_of_subjects"]
