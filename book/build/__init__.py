"""Tools that turn the notebooks into the book: derive, execute, rerun, and the pages made from what they found."""
