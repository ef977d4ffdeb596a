"""Training of the evidence model: data, sampling, the loop, and the test on held-out articles."""
