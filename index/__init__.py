"""How passages are found: encoder, dense and lexical search, fusion, the library on disk."""
