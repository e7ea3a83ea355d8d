"""A model opened, timed or run in a process of its own, asked over pipes.

`process` is the asking side. `serving` is the worker's; it needs NumPy alone, so that another interpreter with other
libraries can be a worker. What a worker opens is its caller's business: rooms above have modules that end in
`serve(...)`, and name them in a `Job`.
"""
