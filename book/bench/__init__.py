"""How long training takes, beside the report's loop and its peers; and the limit beside another implementation."""
