"""What is said: quotes of the sources, or an honest "not in this source"."""
