"""One file an experiment: functions that take a condition and return a record of plain measurements.

:func:`sigae.sweep` turns records into a table.
"""
