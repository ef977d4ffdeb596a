"""What may be quoted: documents, their sentences, references and passages."""
