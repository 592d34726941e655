"""Language models, an optional wing: network loading, encoders, decoders, rankers, distillation. Registered through entry points.

Nothing outside this package imports it; ``pip install 'fewrec[llm]'`` brings what it needs.
"""
