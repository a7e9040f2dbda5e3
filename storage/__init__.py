"""Everything that is kept: tables, encryption, transactions, queries. Knows no conversation."""
