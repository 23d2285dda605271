"""The Python door: all that the command line can do; ``segdb`` itself gives the names."""
