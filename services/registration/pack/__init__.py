"""What a funder gets as proof: tables, a record of attendance and the signed lists, in one archive with checksums."""
