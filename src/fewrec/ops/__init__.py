"""Numerics that several stages share: rank metrics, top-k selection, logistic calibration, explanation by leaving examples out."""
