"""The Python side: the equations in every backend, and the stacks that serve them."""
