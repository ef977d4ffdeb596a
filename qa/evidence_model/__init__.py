"""The evidence model: a cross-encoder that reads a question and a sentence together."""
