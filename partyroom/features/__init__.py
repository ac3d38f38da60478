"""The product, one folder per room."""
