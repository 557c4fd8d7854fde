"""What turns tables into pages: claims and verdicts, tables, plots, explorers, and how a notebook shows them."""
