"""What marks containers, networks and images as made by this project, for this user."""

import os

Filter = dict[str, str | list[str] | bool]

_LABEL = "stackgap.user"

OWN = {_LABEL: str(os.getuid())}
"""The labels of all that this user's commands make."""

OWN_FILTER: Filter = {"label": [f"{key}={value}" for key, value in OWN.items()]}
"""How the engine is asked for these alone."""

_IMAGE_LABEL = "stackgap.image-of"


def image_labels(name: str) -> dict[str, str]:
    """The labels of the image `name`. A container has those of its image too, so they are others
    than `OWN`: one that a person starts is no container of ours."""
    return {"stackgap.image": name, _IMAGE_LABEL: str(os.getuid())}


IMAGE_FILTER: Filter = {"label": f"{_IMAGE_LABEL}={os.getuid()}"}
"""How the engine is asked for this user's images."""
