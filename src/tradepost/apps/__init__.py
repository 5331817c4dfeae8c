"""Apps and their app software: created by administrators, because the contract cannot."""
