"""The languages that programs are written in. Of raspir they know the IR alone."""
