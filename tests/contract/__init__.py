"""The served document and answers, held against the contract."""
