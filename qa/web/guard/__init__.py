"""What stands between the network and the page: who may come in, where to, how often, how much."""
