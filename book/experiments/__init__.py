"""One file an experiment: functions that take a condition and return a record of plain measurements.

The report's experiment 1 is in ``single_example``; 2, 3 and 5, which take eigenvalues of the Jacobian at several
patterns, are in ``linear_region_and_beyond``; 4 is in ``basin_of_attraction``. The others are the book's own, under the
names of their notebooks. What they share is in ``setting``.
"""
