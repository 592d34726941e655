"""Encoders of the Hugging Face kind."""
