"""The form of a large library that is mapped into memory instead of read."""
