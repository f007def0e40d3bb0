"""Forms and evaluations of other systems in, rubrics out."""
