"""The harness measures known effects: what it should see is put into the servers on purpose.

A harness that fails here has no say in anything else.
"""
