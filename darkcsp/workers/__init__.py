"""Worker processes that open, time or run a model, controlled over pipes.

`process` is the side that asks, `serving` the side of the worker. The latter needs only NumPy, so that another
interpreter with other libraries can be a worker. The caller decides what a worker opens: packages above have modules
that end in `serve(...)`, and name them in a `Job`.
"""
