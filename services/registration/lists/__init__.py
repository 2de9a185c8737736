"""Lists that people sign: which columns a funder asks for, who stands on them, and how they become a PDF."""
