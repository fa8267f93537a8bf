"""The language of *Thinking Like Transformers* (Weiss, Goldberg, Yahav, 2021): parser, interpreter and library."""
