"""What every door asks a use case with: the words of the fields, their types, and the reader of what people type.

Each use case's own request is a frozen msgspec Struct beside its flow. JSON is decoded into it strictly; a form and a
command's options are read into it by ``read_request``, which takes text as people type it.
"""
