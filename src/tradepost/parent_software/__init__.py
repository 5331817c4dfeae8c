"""Parent software: the products that apps are made for, and their releases."""
