"""Members of ``auto`` that are no peers of their own: they cover what no single model does and are weighed by the ensemble."""

from fewrec.models.blend.members.attributes import AttributeConfig, Attributes, has_attributes
from fewrec.models.blend.members.exposure import Exposure, tells_more
from fewrec.models.blend.members.regression import FewShotRegression, FewShotRegressionConfig

__all__ = [
    "AttributeConfig",
    "Attributes",
    "Exposure",
    "FewShotRegression",
    "FewShotRegressionConfig",
    "has_attributes",
    "tells_more",
]
