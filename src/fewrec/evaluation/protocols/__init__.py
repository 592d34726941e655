"""The questions that an evaluation can ask, one file each."""
