"""The service: a live recommender behind HTTP. ``fewrec serve`` starts it; :class:`Client` calls it. Needs the extra ``serve``."""

from fewrec.serving.client import Client, ServiceError

__all__ = ["Client", "ServiceError"]
