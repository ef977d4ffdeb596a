"""The chat's page: what is shown, in which shape; nothing here decides what is answered."""
