"""Models that rank: protocols and registry, the taste model, the classics, the blend behind ``auto``, stacking.

Import from the modules: this file imports nothing, so that one model costs no other.
"""
