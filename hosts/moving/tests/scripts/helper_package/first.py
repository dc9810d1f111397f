name = "first of " + __package__
