"""Pictures of programs: what they compute on an input, drawn. Of raspir they know the IR alone."""
