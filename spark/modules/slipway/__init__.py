"""Compiled models, scored by numpy: what a Spark job of batch scoring carries beside its script."""
