"""What parsers share. All of it is part of what tells two ways of reading the same bytes apart."""
