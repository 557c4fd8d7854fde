"""From a sweep's table, one row a condition, to the tables that a page shows: one file a page, and what they share."""
