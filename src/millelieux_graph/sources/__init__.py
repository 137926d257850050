"""Where quads come from: RDF files, folders and standard input, and the files that we ship.

This room opens files and turns bytes into quads or into a sentence about what is wrong with them.
It holds no store and judges no content.
"""
