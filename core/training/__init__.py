"""How static-26 is made: data in, a model folder out. Reached by the command line only."""
