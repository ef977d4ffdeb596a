"""How a library grows: building, opening, asking, memory, disk and recall at several sizes."""
