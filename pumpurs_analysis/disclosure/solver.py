"""Linear programs for HiGHS, kept warm: the next question starts where the last one ended."""

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

_COLUMNWISE = int(highspy.MatrixFormat.kColwise)
_MINIMISE = int(highspy.ObjSense.kMinimize)
_ANSWERED = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kSolutionLimit)
_FEASIBLE = int(highspy.SolutionStatus.kSolutionStatusFeasible)
Floats = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Limits:
    """Least and greatest values of columns or rows."""

    low: Floats
    high: Floats


class _Silent(highspy.Highs):  # type: ignore[misc]  # highspy ships no types
    """The solver without its words on the screen: it greets while it is being made."""

    def enableCallbacks(self) -> None:  # noqa: N802  (highspy's name)
        self.setOptionValue("output_flag", False)  # noqa: FBT003  (highspy's way)
        super().enableCallbacks()


class Program:
    """Least cost of columns within limits, rows within limits."""

    def __init__(
        self, matrix: csc_array, columns: Limits, rows: Limits, *, is_whole: bool = False
    ) -> None:
        self.size = matrix.shape[1]
        self.columns = np.arange(self.size, dtype=np.int32)
        self.solver = _Silent()
        for option, value in (
            ("threads", 1),
            ("random_seed", 1),
            ("mip_max_improving_sols", 1),
            ("mip_max_nodes", 2000),
            ("presolve", "on" if is_whole else "off"),
        ):
            self.solver.setOptionValue(option, value)
        rows_count, size = matrix.shape
        self.solver.passModel(
            size, rows_count, matrix.nnz, _COLUMNWISE, _MINIMISE, 0.0, np.zeros(size),
            columns.low, columns.high, rows.low, rows.high,
            matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32),
            matrix.data.astype(np.float64), np.full(size, int(is_whole), dtype=np.int32),
        )  # fmt: skip

    def price(self, cost: Floats) -> None:
        """Set what each column costs."""
        self.solver.changeColsCost(self.size, self.columns, cost)

    def limit(self, limits: Limits) -> None:
        """Set the limits of every column."""
        self.solver.changeColsBounds(self.size, self.columns, limits.low, limits.high)

    def least(self) -> Floats | None:
        """Give the cheapest columns; None where the limits leave none, or no end of them."""
        self.solver.run()
        is_answered = self.solver.getModelStatus() in _ANSWERED
        if not is_answered or self.solver.getInfo().primal_solution_status != _FEASIBLE:
            return None
        return np.asarray(self.solver.getSolution().col_value)

    def weights(self) -> Floats:
        """Give the weight of each row in the proof that the last answer is the least one."""
        return np.asarray(self.solver.getSolution().row_dual)
