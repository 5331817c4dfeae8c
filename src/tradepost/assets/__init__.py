"""Assets: artifacts and images, uploaded or fetched, checked by their content, stored once."""
