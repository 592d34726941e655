"""One module a command or pair of commands; heavy imports stand inside the functions, so that ``fewrec --help`` is quick."""
