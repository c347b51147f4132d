"""What the animators' desk shows, from every floor below."""
