"""Which process runs which tests where several do: those of a file run in one, where what they share is made once."""

from xdist.scheduler import LoadFileScheduling

# These have UMAP compiled, which takes 15 seconds in every process that does.
WITH_UMAP = ("test_projection.py", "test_out_of_sample.py", "test_projection_job.py")


class ByFile(LoadFileScheduling):
    """The tests of a file together, and those with UMAP."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return "with UMAP" if file.endswith(WITH_UMAP) else file
