"""Lets programs and apps written for Narvi run unchanged: `import narvi` finds what stands in this folder.

Nothing here is installed under the name `narvi`, which belongs to Narvi's author: it is found only in a process that
has asked for it, by `install()` or by ``python -m narvi_desktop.compat program.py …``, and in worker processes of apps,
where an installed Narvi comes first.
"""

from .finder import install

__all__ = ["install"]
