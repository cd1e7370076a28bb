"""The HTTP models as msgspec structs: made from pydantic's own schemas, so that the limits agree.

Faults across fields are in no schema, and so are not looked for.
"""

from typing import Annotated, Any, Literal

import msgspec
from pydantic import BaseModel


def struct_of(model: type[BaseModel]) -> type[msgspec.Struct]:
    """A struct of the model's fields, with the limits of its JSON Schema."""
    schema = model.model_json_schema()
    fields = [(name, _type_of(rules)) for name, rules in schema["properties"].items()]
    return msgspec.defstruct(model.__name__, fields, forbid_unknown_fields=True)


def _type_of(rules: dict[str, Any]) -> Any:
    if "enum" in rules:
        return Literal[tuple(rules["enum"])]
    if rules["type"] == "array":
        limits = {"min_length": rules.get("minItems"), "max_length": rules.get("maxItems")}
        return Annotated[list[_type_of(rules["items"])], msgspec.Meta(**limits)]  # type: ignore[misc]
    number = {"number": float, "integer": int}[rules["type"]]
    limits = {"ge": rules.get("minimum"), "le": rules.get("maximum")}
    return Annotated[number, msgspec.Meta(**limits)]
