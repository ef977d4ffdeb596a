"""Measurements that take minutes to hours; nothing of the program imports them."""
